package files

import (
	"encoding/base64"
	"iter"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sharepoint"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const shared edm.Name = "microsoft.graph.sharedDriveItem"

// share is what a sharing token leads to.
type share struct {
	item workload.Node // not there: the address is that of something else
	link store.Ref     // the permission that the token is the link of; 0: it is the address of the item itself
	ids  sharepoint.IDs
	site store.Ref // the site that it lies in, where that is known and stored
	kind string    // aList, aRow or aPage where there is no item
}

// What an address can name beside an item.
const (
	aList = "list"
	aRow  = "list item"
	aPage = "page"
)

// shareOf finds what a token is the encoded address of: a link, or an item (B-14.142).
func shareOf(s workload.Scope, token string) (share, bool) {
	address, ok := readToken(token)
	if !ok {
		return share{}, false
	}
	plain, _, _ := strings.Cut(address, "?")
	for _, url := range [...]string{address, plain} {
		if sh, ok := linked(s, tokenOf(url)); ok {
			return sh, true
		}
	}
	return located(s, address)
}

// readToken is the address in a token.
func readToken(token string) (string, bool) {
	text, ok := strings.CutPrefix(token, "u!")
	if !ok {
		return "", false
	}
	text = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(text, "="))
	raw, err := base64.RawURLEncoding.DecodeString(text)
	return string(raw), err == nil
}

// linked finds the link with a token. One of an item that lies in a recycle bin is dead.
func linked(s workload.Scope, token string) (share, bool) {
	for ref := range s.Tx.Lookup(workload.IndexOf(permission, "shareId"), token) {
		e, _ := s.Tx.Get(ref)
		from, nav, _, ok := s.Tx.Owner(ref)
		if is := text(e.Object, "shareId"); !ok || nav != permissions || is != token { // the index folds cases
			continue
		}
		d, live := driveAbove(s.Tx, from)
		item, is := s.Tx.Get(from)
		if !live || !is {
			continue
		}
		of, _ := s.Tx.Get(d)
		ids, _ := sharepoint.ReadDrive(text(of.Object, "id"))
		return share{item: entityNode(s, from, item), link: ref, ids: ids}, true
	}
	return share{}, false
}

// entityNode is a stored entity as a node without a place.
func entityNode(s workload.Scope, ref store.Ref, e store.Entity) workload.Node {
	t, _ := s.Model.Type(edm.Name(e.Object.Type()))
	return workload.Node{Ref: ref, At: ref, Type: t, Object: e.Object, Seq: e.Seq, Exists: true}
}

// shareByToken finds what a token leads to. Where permissions are checked, the caller has to be
// among those that the link is for (B-14.142, B-14.143).
func shareByToken(s workload.Scope, _ *workload.Node, token string) (workload.Item, bool) {
	sh, ok := shareOf(s, token)
	if !ok || s.Caller.Enforced && sh.item.Exists && accessBy(s.Tx, s.Switches, &s.Caller, &sh) == mayNot {
		return workload.Item{}, false
	}
	m := value.Texts("id", token)
	if sh.item.Exists {
		m.Set("name", value.String(sh.item.Text("name")))
	}
	if o, ok := ownerOf(s.Tx, s.Switches, sh.ids.Drive()); ok && o.ref > 0 {
		kind := "user"
		if _, is := o.group(); is {
			kind = "group"
		}
		if o.of.Type() != string(site) {
			m.Set("owner", value.Members{{Name: kind, Value: identityOf(o.of, "email")}}.Object())
		}
	}
	return workload.Item{At: 1, Ref: workload.NoRef, Object: s.Shapes.Object(string(shared), m)}, true
}

// sharedItem finds the item of a share.
func sharedItem(s workload.Scope, n *workload.Node, _ string) (workload.Item, bool) {
	if n.Ref > 0 { // of a tenant file
		ref, ok := s.Tx.One(n.Ref, "driveItem")
		return workload.Item{At: ref, Ref: ref}, ok
	}
	sh, ok := shareOf(s, n.Text("id"))
	if !ok || !sh.item.Exists {
		return workload.Item{}, false
	}
	it := workload.Item{At: 1, Ref: sh.item.Ref, Object: sh.item.Object}
	if it.Ref == workload.NoRef {
		home := sh.item.Home
		it.Home = &home
	}
	return it, true
}

// refuseItem says why a share has no item (B-14.143).
func refuseItem(s workload.Scope, n *workload.Node) error {
	sh, ok := shareOf(s, n.Text("id"))
	if !ok {
		return nil
	}
	why := ""
	switch sh.kind {
	case aList:
		why = "Share url does not point to a drive item or no permission to access it"
	case aRow:
		why = "Only a File or a Folder in a DocumentLibrary can be accessed as a DriveItem."
	case aPage:
		why = "Site Pages cannot be accessed as a drive item"
	default:
		return nil
	}
	return &grapherr.Error{Status: 400, Code: "invalidRequest", Message: why}
}

// refuseRow says why a share has no list item (B-14.143).
func refuseRow(s workload.Scope, n *workload.Node) error {
	if sh, ok := shareOf(s, n.Text("id")); ok && sh.kind == aList {
		return &grapherr.Error{Status: 400, Code: "invalidRequest", Message: "Share url does not point to a list item or no permission to access it"}
	}
	return nil
}

// sharedItems lists what lies in a shared folder.
func sharedItems(s workload.Scope, n *workload.Node, after store.Ref) iter.Seq[workload.Item] {
	return func(yield func(workload.Item) bool) {
		sh, ok := shareOf(s, n.Text("id"))
		if !ok || sh.item.Ref <= 0 {
			return
		}
		for ref := range s.Tx.Members(sh.item.Ref, children, after) {
			if !yield(workload.Item{At: ref, Ref: ref}) {
				return
			}
		}
	}
}

// sharedItemByID finds an item that lies in a shared folder, however deep, or is shared itself.
func sharedItemByID(s workload.Scope, n *workload.Node, id string) (workload.Item, bool) {
	sh, ok := shareOf(s, n.Text("id"))
	if !ok || sh.item.Ref <= 0 {
		return workload.Item{}, false
	}
	for ref := range s.Tx.Lookup(workload.IndexOf(driveItem, "id"), id) {
		if e, _ := s.Tx.Get(ref); text(e.Object, "id") != id {
			continue
		}
		for at := ref; ; {
			if at == sh.item.Ref {
				return workload.Item{At: ref, Ref: ref}, true
			}
			from, nav, _, ok := s.Tx.Owner(at)
			if !ok || nav != children {
				break
			}
			at = from
		}
	}
	return workload.Item{}, false
}

// linkOfShare finds the permission that a token is the link of.
func linkOfShare(s workload.Scope, n *workload.Node, _ string) (workload.Item, bool) {
	sh, ok := shareOf(s, n.Text("id"))
	return workload.Item{At: 1, Ref: sh.link}, ok && sh.link > 0
}

// siteOfShare finds the site that a share lies in.
func siteOfShare(s workload.Scope, n *workload.Node, _ string) (workload.Item, bool) {
	sh, ok := shareOf(s, n.Text("id"))
	switch {
	case ok && sh.site > 0:
		return workload.Item{At: 1, Ref: sh.site}, true
	case !ok || sh.ids.Collection == "":
		return workload.Item{}, false
	}
	ref, ok := s.Tx.Find(0, "sites", sh.ids.Site(sharepoint.HostsOf(s.Tx, s.Switches).Sites))
	return workload.Item{At: 1, Ref: ref}, ok
}

// listOfShare finds the list that a share lies in.
func listOfShare(s workload.Scope, n *workload.Node, _ string) (workload.Item, bool) {
	sh, ok := shareOf(s, n.Text("id"))
	in, is := siteOfShare(s, n, "")
	if !ok || !is {
		return workload.Item{}, false
	}
	ref, ok := s.Tx.Find(in.Ref, "lists", sh.ids.List)
	return workload.Item{At: 1, Ref: ref}, ok
}

// redeem gives the caller lasting access by the link that the path of a read leads through
// (B-14.144).
func redeem(c *workload.Call, n *workload.Node) error {
	if !c.Redeem || c.Caller.User == "" || !n.Exists {
		return nil
	}
	if n.Type.Is(driveItem) {
		n = n.Home.Owner
	}
	if n == nil || n.Type == nil || !n.Type.Is(shared) {
		return nil
	}
	perm, err := c.System.Member(c, n, "permission", "")
	if err != nil || !perm.Exists {
		return err
	}
	if g, ok := granteeByID(c.Tx, c.Caller.User); ok {
		return g.link(c, &perm)
	}
	return nil
}

// readShare answers a share, and redeems its link where the request asks for it.
func readShare(c *workload.Call) (workload.Result, error) {
	if err := redeem(c, &c.Self); err != nil {
		return workload.Result{}, err
	}
	return c.Next()
}
