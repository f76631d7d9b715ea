package outlook

import (
	"iter"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const (
	person  edm.Name = "microsoft.graph.person"
	profile edm.Name = "microsoft.graph.profile"
)

// ofUser are the members that a person has from the user.
var ofUser = [...]string{"id", "displayName", "givenName", "surname", "companyName", "department", "jobTitle", "officeLocation", "userPrincipalName"}

// people lists whom a user works with: those of the tenant's files, and without any the
// other users of the tenant (C-9.8).
func people(s workload.Scope, owner *workload.Node, after store.Ref) iter.Seq[workload.Item] {
	return func(yield func(workload.Item) bool) {
		if owner.Ref == workload.NoRef {
			return
		}
		if s.Tx.Count(owner.Ref, "people") > 0 {
			for ref := range s.Tx.Members(owner.Ref, "people", after) {
				if !yield(workload.Item{At: ref, Ref: ref}) {
					return
				}
			}
			return
		}
		for ref, e := range s.Tx.Entities(0, "users", after, nil) {
			if ref != owner.Ref && !yield(asPerson(s, ref, e.Object.Members())) {
				return
			}
		}
	}
}

// asPerson shows a user of the tenant as a person.
func asPerson(s workload.Scope, at store.Ref, u value.Members) workload.Item {
	var m value.Members
	for _, name := range ofUser {
		if v, ok := u.Get(name); ok {
			m.Set(name, v)
		}
	}
	m.Set("isFavorite", "false")
	m.Set("personType", `{"class":"Person","subclass":"OrganizationUser"}`)
	address := addressOf(u)
	m.Set("imAddress", value.String("sip:"+address))
	m.Set("scoredEmailAddresses", value.Array(value.Members{{Name: "address", Value: value.String(address)}, {Name: "relevanceScore", Value: "1"},
		{Name: "selectionLikelihood", Value: `"notSpecified"`}}.Object()))
	var phones []value.Raw
	business, _ := u.Get("businessPhones")
	for n := range business.Elements() {
		phones = append(phones, value.Members{{Name: "type", Value: `"business"`}, {Name: "number", Value: n}}.Object())
	}
	if n, ok := u.Get("mobilePhone"); ok && !n.IsNull() {
		phones = append(phones, value.Members{{Name: "type", Value: `"mobile"`}, {Name: "number", Value: n}}.Object())
	}
	m.Set("phones", value.Array(phones...))
	return workload.Item{At: at, Ref: workload.NoRef, Object: s.Shapes.Object(string(person), m)}
}

// findPerson finds one of them by id.
func findPerson(s workload.Scope, owner *workload.Node, key string) (workload.Item, bool) {
	if owner.Ref == workload.NoRef {
		return workload.Item{}, false
	}
	if ref, ok := s.Tx.Find(owner.Ref, "people", key); ok {
		return workload.Item{At: ref, Ref: ref}, true
	}
	ref, ok := s.Tx.Find(0, "users", key)
	if !ok || ref == owner.Ref || s.Tx.Count(owner.Ref, "people") > 0 {
		return workload.Item{}, false
	}
	e, _ := s.Tx.Get(ref)
	return asPerson(s, ref, e.Object.Members()), true
}

// ownProfile is there before anything is written to it (C-9.9).
func ownProfile(s workload.Scope, owner *workload.Node, _ string) (workload.Item, bool) {
	if owner.Ref == workload.NoRef {
		return workload.Item{}, false
	}
	if ref, ok := s.Tx.One(owner.Ref, "profile"); ok {
		return workload.Item{Ref: ref}, true
	}
	return workload.Item{Ref: workload.NoRef, Object: s.Shapes.Object(string(profile), value.Members{{Name: "id", Value: value.String(owner.Text("id"))}})}, true
}
