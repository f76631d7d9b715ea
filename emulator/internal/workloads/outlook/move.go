package outlook

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const (
	mail       edm.Name = "microsoft.graph.message"
	mailFolder edm.Name = "microsoft.graph.mailFolder"
	user       edm.Name = "microsoft.graph.user"
	group      edm.Name = "microsoft.graph.group"
)

// move takes a message to another folder of its mailbox, where it has another id (B-3.92).
func move(c *workload.Call) (workload.Result, error) { return into(c, "messages", newID(c)) }

// newID makes the id that an item has in another folder.
func newID(c *workload.Call) string {
	return workload.ExchangeID(workload.ExchangeItem, c.Tx.NewGUID(), "")
}

// moveFolder takes a folder into another one; its id stays (B-3.91).
func moveFolder(c *workload.Call) (workload.Result, error) { return into(c, "childFolders", "") }

func into(c *workload.Call, nav, id string) (workload.Result, error) {
	if !c.Self.Exists || c.Self.Ref == workload.NoRef {
		return c.Next()
	}
	to, err := destination(c)
	if err != nil {
		return workload.Result{}, err
	}
	if isRoot(&to) && nav == "childFolders" {
		to, nav = *to.Home.Owner, "mailFolders"
	}
	n, err := moved(c, &to, nav, id, nil)
	return workload.Result{Status: 201, One: &workload.Entity{Node: n}}, err
}

// destination is the folder that the body names, of the mailbox that Self lies in.
func destination(c *workload.Call) (workload.Node, error) {
	raw, _ := c.Body.Get("DestinationId")
	key, _ := raw.Text()
	box, err := mailbox(c)
	if err != nil {
		return workload.Node{}, err
	}
	return c.System.Named(c, &box, "mailFolders", key)
}

// mailbox is the user that Self belongs to.
func mailbox(c *workload.Call) (workload.Node, error) {
	of, _ := c.Model.Type(user)
	for ref := c.Self.Ref; ; {
		from, nav, key, ok := c.Tx.Owner(ref)
		if !ok || from == 0 && nav != "users" {
			return workload.Node{}, grapherr.NotSupported()
		}
		if from == 0 {
			e, _ := c.Tx.Get(ref)
			return workload.Node{Ref: ref, Type: of, Object: e.Object, Exists: true, Home: workload.Home{Key: key}}, nil
		}
		ref = from
	}
}

// maxTranslated is how many ids one request may translate (B-3.91).
const maxTranslated = 1000

// translate gives ids in another format (B-3.91).
func translate(c *workload.Call) (workload.Result, error) {
	text := func(name string) string {
		raw, _ := c.Body.Get(name)
		s, _ := raw.Text()
		return s
	}
	from, to := text("SourceIdType"), text("TargetIdType")
	ids, _ := c.Body.Get("InputIds")
	var out []value.Raw
	for raw := range ids.Elements() {
		if len(out) == maxTranslated {
			return workload.Result{}, grapherr.BadRequest("The parameter 'inputIds' holds more than %d ids.", maxTranslated)
		}
		id, _ := raw.Text()
		one := value.Members{{Name: "sourceId", Value: raw}}
		if got, ok := translated(c, id, from, to); ok {
			one.Set("targetId", value.String(got))
		} else {
			one.Set("errorDetails", value.Members{{Name: "code", Value: `"ErrorItemNotFound"`},
				{Name: "message", Value: value.String(fmt.Sprintf("'%s' is no id of the mailbox in the format %s.", id, from))}}.Object())
		}
		out = append(out, one.Object())
	}
	return workload.Result{Value: value.Array(out...), Of: edm.Ref{Name: "microsoft.graph.convertIdResult", Many: true}, HasOf: true}, nil
}

// ewsID makes an id of Graph one of Exchange Web Services, in plain base64.
var ewsID = strings.NewReplacer("-", "/", "_", "+")

// translated gives one id of an item of the mailbox in a format; false for an id that
// is none in the format it is said to have.
func translated(c *workload.Call, id, from, to string) (string, bool) {
	switch from {
	case "entryId", "immutableEntryId":
		raw, err := base64.URLEncoding.DecodeString(id)
		if id = string(raw); err != nil {
			return "", false
		}
	case "ewsId":
		id = strings.NewReplacer("/", "-", "+", "_").Replace(id)
	}
	ref, fixed := workload.ReadImmutableID(id)
	if fixed != strings.Contains(strings.ToLower(from), "immutable") {
		return "", false
	}
	ref, ok := itemOf(c, id, ref)
	if !ok {
		return "", false
	}
	if _, _, id, ok = c.Tx.Owner(ref); strings.Contains(strings.ToLower(to), "immutable") {
		id = workload.ImmutableID(ref)
	}
	switch to {
	case "entryId", "immutableEntryId":
		id = base64.URLEncoding.EncodeToString([]byte(id))
	case "ewsId":
		id = ewsID.Replace(id)
	}
	return id, ok
}

// itemOf finds an item of the mailbox by its id, or by its number where an immutable id
// names it.
func itemOf(c *workload.Call, id string, ref store.Ref) (store.Ref, bool) {
	for _, nav := range [...]string{"messages", "events", "contacts", "mailFolders"} {
		in := &c.Self
		if nav == "events" { // they lie in the calendar
			own, err := c.System.Member(c, in, "calendar", "")
			if err != nil {
				continue
			}
			in = &own
		}
		if ref == 0 {
			if n, err := c.System.Member(c, in, nav, id); err == nil && n.Exists && n.Ref > 0 {
				return n.Ref, true
			}
		} else if n, err := c.System.Member(c, in, nav, workload.ImmutableID(ref)); err == nil && n.Exists {
			return n.Ref, true
		}
	}
	return 0, false
}
