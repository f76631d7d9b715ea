package workload

import "github.com/graph-emulator/graph-emulator/emulator/internal/store"

// TenantID is the id of the tenant, which is that of its organization; empty where it
// has none.
func TenantID(tx *store.Reader) string {
	for ref := range tx.Members(0, "organization", 0) {
		_, _, id, _ := tx.Owner(ref)
		return id
	}
	return ""
}

// Expire is what a deleted item is woken for when its time is up: it is then gone for good.
const Expire = "expire"

// Deleted reports whether the object with an id lies among the deleted items of the tenant.
func Deleted(tx *store.Reader, id string) bool {
	directory, ok := tx.One(0, "directory")
	if !ok || tx.Count(directory, "deletedItems") == 0 {
		return false
	}
	_, ok = tx.Find(directory, "deletedItems", id)
	return ok
}
