package outlook

import (
	"iter"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const (
	contact       edm.Name = "microsoft.graph.contact"
	contactFolder edm.Name = "microsoft.graph.contactFolder"
)

// contactsFolder is the default contact folder of every mailbox. Lists do not show it
// (B-13.186); its contacts are those of the user.
var contactsFolder = value.Members{{Name: "id", Value: value.String(folderID("contacts"))}, {Name: "displayName", Value: `"Contacts"`},
	{Name: "parentFolderId", Value: value.String(rootID)}}

// findContactFolder finds the default contact folder by its well-known name or its id.
func findContactFolder(s workload.Scope, owner *workload.Node, key string) (workload.Item, bool) {
	id := contactsFolder.Text("id")
	if owner.Ref == workload.NoRef || !strings.EqualFold(key, "contacts") && key != id {
		return workload.Item{}, false
	}
	if ref, ok := s.Tx.Find(owner.Ref, "contactFolders", id); ok {
		return workload.Item{At: ref, Ref: ref}, true
	}
	nav, _ := owner.Type.Navigation("contactFolders")
	return workload.Item{At: owner.Ref, Ref: workload.NoRef, Home: &workload.Home{Owner: owner, Nav: nav, Key: id},
		Object: s.Shapes.Object(string(contactFolder), contactsFolder)}, true
}

// keeper is where the contacts of a folder are stored: the default folder shows those of
// its user.
func keeper(folder *workload.Node) *workload.Node {
	if owner := folder.Home.Owner; owner != nil && owner.Type.Is(user) && folder.Text("id") == contactsFolder.Text("id") {
		return owner
	}
	return folder
}

// contactsIn lists the contacts of a folder.
func contactsIn(s workload.Scope, folder *workload.Node, after store.Ref) iter.Seq[workload.Item] {
	from := keeper(folder)
	return func(yield func(workload.Item) bool) {
		if from.Ref == workload.NoRef {
			return
		}
		for ref := range s.Tx.Members(from.Ref, "contacts", after) {
			if !yield(workload.Item{At: ref, Ref: ref}) {
				return
			}
		}
	}
}

// contactIn finds a contact of a folder.
func contactIn(s workload.Scope, folder *workload.Node, key string) (workload.Item, bool) {
	from := keeper(folder)
	if from.Ref == workload.NoRef {
		return workload.Item{}, false
	}
	ref, ok := s.Tx.Find(from.Ref, "contacts", key)
	return workload.Item{At: ref, Ref: ref}, ok
}

// newContact stores a contact with the names that the service derives (B-13.185).
func newContact(c *workload.Call) (workload.Result, error) {
	if c.Self.Type.Is(contactFolder) {
		if from := keeper(&c.Self); from.Type.Is(user) {
			c.Self = *from
			c.Nav, _ = from.Type.Navigation("contacts")
		}
	}
	body := c.Body.Clone()
	parent := c.Self.Text("id")
	if c.Self.Type.Is(user) {
		parent = contactsFolder.Text("id")
	}
	body.Set("parentFolderId", value.String(parent))
	c.Body = namedContact(body, body)
	return c.Next()
}

// updateContact derives the names again when a part of them changes (B-13.185).
func updateContact(c *workload.Call) (workload.Result, error) {
	for _, part := range nameParts {
		if _, ok := c.Body.Get(part); ok {
			c.Body = namedContact(c.Body.Clone(), value.Merge(c.Self.Object.Members(), c.Body))
			break
		}
	}
	return c.Next()
}

// nameParts make the displayName of a contact, in this order.
var nameParts = [...]string{"givenName", "middleName", "surname"}

// namedContact adds to a body the displayName and fileAs that follow from the parts of the
// name, unless the body gives them.
func namedContact(body, all value.Members) value.Members {
	var display []string
	for _, part := range nameParts {
		if s := all.Text(part); s != "" {
			display = append(display, s)
		}
	}
	if len(display) == 0 {
		return body
	}
	file := strings.Join(display, " ")
	body.SetMissing("displayName", value.String(file))
	if surname, given := all.Text("surname"), all.Text("givenName"); surname != "" && given != "" {
		file = surname + ", " + given
	}
	body.SetMissing("fileAs", value.String(file))
	return body
}

// contacts holds the rules and views of contacts and their folders.
func contacts() ([]workload.Rule, []workload.View) {
	return []workload.Rule{
			{Type: contact, Verb: bind.Create, Do: newContact},
			{Type: contact, Verb: bind.Update, Do: updateContact},
		}, []workload.View{
			{Type: user, Nav: "contactFolders", Find: findContactFolder, Beside: true},
			{Type: contactFolder, Nav: "contacts", Members: contactsIn, Find: contactIn},
		}
}
