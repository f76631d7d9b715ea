package outlook

import (
	"encoding/base64"
	"iter"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// wellKnown are the folders of every mailbox (B-3.10). They are found before they are
// stored; the first write puts them in their place, and lists and deltas then show them.
var wellKnown = []struct{ name, title string }{
	{"inbox", "Inbox"}, {"drafts", "Drafts"}, {"sentitems", "Sent Items"}, {"deleteditems", "Deleted Items"}, {"archive", "Archive"},
	{"junkemail", "Junk Email"}, {"outbox", "Outbox"}, {"conversationhistory", "Conversation History"},
	{"msgfolderroot", "Top of Information Store"}, {"clutter", "Clutter"}, {"conflicts", "Conflicts"}, {"localfailures", "Local Failures"},
	{"recoverableitemsdeletions", "Deletions"}, {"scheduled", "Scheduled"}, {"searchfolders", "Search Folders"},
	{"serverfailures", "Server Failures"}, {"syncissues", "Sync Issues"},
}

// folderID is the id of a well-known folder, the same in every mailbox.
func folderID(name string) string {
	return "AAMk" + base64.RawURLEncoding.EncodeToString([]byte("folder "+name))
}

// folder finds a folder of the mailbox, wherever it lies, by its id or by the name that
// every mailbox knows it by.
func folder(s workload.Scope, owner *workload.Node, key string) (workload.Item, bool) {
	if owner.Ref == workload.NoRef {
		return workload.Item{}, false
	}
	i := slices.IndexFunc(wellKnown, func(f struct{ name, title string }) bool {
		return strings.EqualFold(f.name, key) || folderID(f.name) == key
	})
	if i >= 0 {
		key = folderID(wellKnown[i].name)
	}
	if ref, ok := s.Tx.Find(owner.Ref, "mailFolders", key); ok {
		return workload.Item{At: ref, Ref: ref}, true
	}
	if i < 0 { // one inside another
		for f := range below(s.Tx, owner.Ref, "mailFolders") {
			if _, _, id, ok := s.Tx.Owner(f); ok && id == key {
				return workload.Item{At: f, Ref: f}, true
			}
		}
		return workload.Item{}, false
	}
	nav, _ := owner.Type.Navigation("mailFolders")
	return workload.Item{At: owner.Ref, Ref: workload.NoRef, Home: &workload.Home{Owner: owner, Nav: nav, Key: key},
		Object: s.Shapes.Object(string(mailFolder), value.Members{{Name: "id", Value: value.String(key)}, {Name: "displayName", Value: value.String(wellKnown[i].title)}})}, true
}

// messages lists what a mailbox holds, whatever folder it lies in.
func messages(s workload.Scope, owner *workload.Node, after store.Ref) iter.Seq[workload.Item] {
	return func(yield func(workload.Item) bool) {
		if owner.Ref == workload.NoRef {
			return
		}
		lists := []iter.Seq[store.Ref]{s.Tx.Members(owner.Ref, "messages", after)}
		for f := range below(s.Tx, owner.Ref, "mailFolders") {
			if s.Tx.Count(f, "messages") > 0 {
				lists = append(lists, s.Tx.Members(f, "messages", after))
			}
		}
		all := lists[0]
		if len(lists) > 1 {
			all = workload.Rising(lists...)
		}
		for ref := range all {
			if !yield(workload.Item{At: ref, Ref: ref}) {
				return
			}
		}
	}
}

// message finds one of a mailbox by its id.
func message(s workload.Scope, owner *workload.Node, key string) (workload.Item, bool) {
	if owner.Ref == workload.NoRef {
		return workload.Item{}, false
	}
	if ref, ok := s.Tx.Find(owner.Ref, "messages", key); ok {
		return workload.Item{At: ref, Ref: ref}, true
	}
	for f := range below(s.Tx, owner.Ref, "mailFolders") {
		if ref, ok := s.Tx.Find(f, "messages", key); ok {
			return workload.Item{At: ref, Ref: ref}, true
		}
	}
	return workload.Item{}, false
}

// below walks folders and the folders in them.
func below(tx *store.Tx, owner store.Ref, nav string) iter.Seq[store.Ref] {
	return func(yield func(store.Ref) bool) {
		for f := range tx.Members(owner, nav, 0) {
			if !yield(f) {
				return
			}
			for inner := range below(tx, f, "childFolders") {
				if !yield(inner) {
					return
				}
			}
		}
	}
}
