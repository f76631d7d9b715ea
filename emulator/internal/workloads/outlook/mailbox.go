package outlook

import (
	"iter"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// root is the folder that holds the others. It lies nowhere: its folders are those of
// the mailbox.
const root = "msgfolderroot"

// listed is how many of the well-known folders stand in lists, the first.
const listed = 8

// wellKnownFolder is a folder of every mailbox.
type wellKnownFolder struct{ name, title, id string }

// wellKnown are the folders of every mailbox (B-3.10). Those that lists show are its
// built-in entities; the others are found before they are stored, and stored by the first write.
var wellKnown = func() []wellKnownFolder {
	all := []wellKnownFolder{
		{name: "archive", title: "Archive"}, {name: "conversationhistory", title: "Conversation History"}, {name: "deleteditems", title: "Deleted Items"},
		{name: "drafts", title: "Drafts"}, {name: "inbox", title: "Inbox"}, {name: "junkemail", title: "Junk Email"}, {name: "outbox", title: "Outbox"},
		{name: "sentitems", title: "Sent Items"}, {name: root, title: "Top of Information Store"}, {name: "clutter", title: "Clutter"},
		{name: "conflicts", title: "Conflicts"}, {name: "localfailures", title: "Local Failures"}, {name: "recoverableitemsdeletions", title: "Deletions"},
		{name: "scheduled", title: "Scheduled"}, {name: "searchfolders", title: "Search Folders"}, {name: "serverfailures", title: "Server Failures"},
		{name: "syncissues", title: "Sync Issues"},
	}
	for i := range all {
		all[i].id = folderID(all[i].name)
	}
	return all
}()

// rootID is the id of the root folder.
var rootID = folderID(root)

// folderID is the id of a well-known folder, the same in every mailbox.
func folderID(name string) string {
	return workload.ExchangeID(workload.ExchangeFolder, value.NamedGUID("folder "+name), "")
}

// known are the members of a well-known folder.
func known(i int) value.Members {
	f := wellKnown[i]
	m := value.Members{{Name: "id", Value: value.String(f.id)}, {Name: "displayName", Value: value.String(f.title)},
		{Name: "isHidden", Value: value.Bool(i >= listed && f.name != root)}}
	if f.name != root {
		m.Set("parentFolderId", value.String(rootID))
	}
	return m
}

// folders are the built-in entities of a mailbox.
func folders() (out []value.Members) {
	for i := range listed {
		out = append(out, known(i))
	}
	return out
}

// isRoot reports whether a folder is the one that holds the others.
func isRoot(n *workload.Node) bool {
	return n.Type.Is(mailFolder) && n.Text("id") == rootID && n.Home.Owner != nil && n.Home.Owner.Type.Is(user)
}

// childFolders lists the folders in a folder.
func childFolders(s workload.Scope, owner *workload.Node, after store.Ref) iter.Seq[workload.Item] {
	from, nav := owner, "childFolders"
	if isRoot(owner) {
		from, nav = owner.Home.Owner, "mailFolders"
	}
	return func(yield func(workload.Item) bool) {
		if from.Ref == workload.NoRef {
			return
		}
		for ref := range s.Tx.Members(from.Ref, nav, after) {
			if !yield(workload.Item{At: ref, Ref: ref}) {
				return
			}
		}
	}
}

// childFolder finds one of them.
func childFolder(s workload.Scope, owner *workload.Node, key string) (workload.Item, bool) {
	if isRoot(owner) {
		return folder(s, owner.Home.Owner, key)
	}
	if owner.Ref == workload.NoRef {
		return workload.Item{}, false
	}
	ref, ok := s.Tx.Find(owner.Ref, "childFolders", key)
	return workload.Item{At: ref, Ref: ref}, ok
}

// newFolder says where a folder lies, and refuses a name that is taken (B-12.16).
func newFolder(c *workload.Call) (workload.Result, error) {
	if isRoot(&c.Self) {
		c.Self = *c.Self.Home.Owner
		c.Nav, _ = c.Self.Type.Navigation("mailFolders")
	}
	body := c.Body.Clone()
	parent := c.Self.Text("id")
	if c.Self.Type.Is(user) {
		parent = rootID
	}
	switch _, given := body.Get("id"); {
	case c.Loading() && !given && c.Self.Type.Is(user):
		for i := range wellKnown { // a file means the folder that every mailbox has
			if wellKnown[i].title == body.Text("displayName") {
				body.Set("id", value.String(wellKnown[i].id))
			}
		}
	case !c.Loading() && c.Self.Ref != workload.NoRef && named(c.Tx, c.Self.Ref, c.Nav.Name, body.Text("displayName")):
		return workload.Result{}, &grapherr.Error{Status: 409, Code: "ErrorFolderExists", Message: "A folder with the specified name already exists."}
	}
	if _, given := body.Get("parentFolderId"); !given || !c.Loading() {
		body.Set("parentFolderId", value.String(parent))
	}
	c.Body = body
	return c.Next()
}

// named reports whether one of the folders in a folder has a name. There are few of them.
func named(tx *store.Reader, owner store.Ref, nav, name string) bool {
	for _, e := range tx.Entities(owner, nav, 0, nil) {
		raw, _ := e.Object.Get("displayName")
		if is, _ := raw.Text(); strings.EqualFold(is, name) {
			return true
		}
	}
	return false
}

// readFolder counts what lies in a folder (B-12.16) and how large it is (R-X1).
func readFolder(c *workload.Call) (workload.Result, error) {
	res, err := c.Next()
	if err != nil || res.One == nil {
		return res, err
	}
	folders, items, unread, size := 0, 0, 0, 0
	switch n := &res.One.Node; {
	case isRoot(n) && n.Home.Owner.Ref > 0:
		folders = c.Tx.Count(n.Home.Owner.Ref, "mailFolders")
	case n.Ref > 0:
		folders, items = c.Tx.Count(n.Ref, "childFolders"), c.Tx.Count(n.Ref, "messages")
		for ref, e := range c.Tx.Entities(n.Ref, "messages", 0, nil) {
			size += e.Object.Size()
			for _, file := range c.Tx.Entities(ref, "attachments", 0, nil) {
				size += file.Object.Size()
			}
			if read, _ := e.Object.Get("isRead"); read == "false" {
				unread++
			}
		}
	}
	res.One.Show(value.Member{Name: "childFolderCount", Value: number(folders)}, value.Member{Name: "totalItemCount", Value: number(items)},
		value.Member{Name: "unreadItemCount", Value: number(unread)}, value.Member{Name: "sizeInBytes", Value: number(size)})
	return res, nil
}

// dropFolder keeps the folders that every mailbox has (B-12.16).
func dropFolder(c *workload.Call) (workload.Result, error) {
	for i := range wellKnown {
		if c.Self.Exists && c.Self.Text("id") == wellKnown[i].id {
			return workload.Result{}, &grapherr.Error{Status: 403, Code: "ErrorDeleteDistinguishedFolder", Message: "Distinguished folders cannot be deleted."}
		}
	}
	return c.Next()
}

// folder finds a folder of the mailbox, wherever it lies, by its id or by the name that
// every mailbox knows it by.
func folder(s workload.Scope, owner *workload.Node, key string) (workload.Item, bool) {
	if owner.Ref == workload.NoRef {
		return workload.Item{}, false
	}
	i := slices.IndexFunc(wellKnown, func(f wellKnownFolder) bool {
		return strings.EqualFold(f.name, key) || f.id == key
	})
	if i >= 0 {
		key = wellKnown[i].id
	}
	if ref, ok := s.Tx.Find(owner.Ref, "mailFolders", key); ok {
		return workload.Item{At: ref, Ref: ref}, true
	}
	if i >= 0 { // a file may have it under another id
		for f := range s.Tx.Members(owner.Ref, "mailFolders", 0) {
			if e, _ := s.Tx.Get(f); e.Object.Members().Text("displayName") == wellKnown[i].title {
				return workload.Item{At: f, Ref: f}, true
			}
		}
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
		Object: s.Shapes.Object(string(mailFolder), known(i))}, true
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
func below(tx *store.Reader, owner store.Ref, nav string) iter.Seq[store.Ref] {
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
