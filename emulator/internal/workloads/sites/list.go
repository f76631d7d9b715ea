package sites

import (
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sharepoint"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// The templates of lists that behave differently.
const (
	generic = "genericList"
	library = "documentLibrary"
)

// documents is the title of the library that every site has (B-14.164).
const documents = "Documents"

// furniture are the lists that a site has without anybody having made them.
func furniture(owner *workload.Node) []workload.DefaultMember {
	id := sharepoint.IDsOf(owner.Text("id")).List
	m := value.Members{{Name: "id", Value: value.String(id)}, {Name: "name", Value: value.String("Shared Documents")}}
	for _, name := range [...]string{"createdDateTime", "lastModifiedDateTime"} {
		if at, ok := owner.Get(name); ok {
			m.Set(name, at)
		}
	}
	m.Set("displayName", value.String(documents))
	m.Set("list", template(library))
	return []workload.DefaultMember{{ID: id, Type: list, Members: m}}
}

func template(name string) value.Raw {
	return value.Members{{Name: "contentTypesEnabled", Value: value.Bool(false)}, {Name: "hidden", Value: value.Bool(false)}, {Name: "template", Value: value.String(name)}}.Object()
}

// lists are the lists of a site, which are found by their titles as well (B-14.165).
func lists() workload.View {
	v := workload.DefaultMembers(site, "lists", "", furniture)
	v.Computed = false
	byID := v.Find
	v.Find = func(s workload.Scope, owner *workload.Node, key string) (workload.Item, bool) {
		if item, ok := byID(s, owner, key); ok {
			return item, true
		}
		if ref, ok := titled(s.Tx, owner.Ref, key); ok {
			return workload.Item{At: ref, Ref: ref}, true
		}
		if !strings.EqualFold(key, documents) {
			return workload.Item{}, false
		}
		return byID(s, owner, sharepoint.IDsOf(owner.Text("id")).List)
	}
	return v
}

// titled finds a stored list of a site by its title.
func titled(tx *store.Reader, site store.Ref, title string) (store.Ref, bool) {
	if site <= 0 {
		return 0, false
	}
	for ref := range tx.Lookup(workload.IndexOf(list, "displayName"), title) {
		if from, nav, _, _ := tx.Owner(ref); from == site && nav == "lists" {
			return ref, true
		}
	}
	return 0, false
}

// isLibrary reports whether a list is a library of documents.
func isLibrary(n *workload.Node) bool {
	info, _ := n.Get("list")
	return info.Members().Text("template") == library
}

// readList adds where a list lies.
func readList(c *workload.Call) (workload.Result, error) {
	res, err := c.Next()
	if err != nil || res.One == nil || res.One.Home.Owner == nil || !res.One.Home.Owner.Type.Is(site) {
		return res, err
	}
	n := &res.One.Node
	has := n.Object.Members()
	has.SetMissing("eTag", value.String(tag(n.Text("id"), 1)))
	s := scope(c)
	has.SetMissing("webUrl", value.String(listURL(s, n)))
	seat := sharepoint.Lying(s, n.Home.Owner)
	has.SetMissing("parentReference", value.Texts("siteId", seat.ID()).Object())
	ids := value.Texts("listId", n.Text("id"), "siteId", seat.Collection, "siteUrl", seat.URL(), "tenantId", sharepoint.TenantOwner(s.Tx), "webId", seat.Web)
	has.SetMissing("sharepointIds", ids.Object())
	res.One.Members = has
	return res, nil
}

func listURL(s workload.Scope, n *workload.Node) string {
	if n.Home.Owner == nil || !n.Home.Owner.Type.Is(site) {
		return ""
	}
	seat := sharepoint.Lying(s, n.Home.Owner)
	between := "/Lists/"
	if isLibrary(n) {
		between = "/"
	}
	return seat.URL() + between + sharepoint.EscapePath(n.Text("name"))
}

// tag is the etag of a version of a list or an item (B-14.174).
func tag(guid string, n int) string { return `"` + guid + "," + strconv.Itoa(n) + `"` }

// next is the etag of the next version.
func next(was string) (guid string, n int) {
	guid, text, _ := strings.Cut(strings.Trim(was, `"`), ",")
	n, _ = strconv.Atoi(text)
	return guid, n + 1
}

var errTitle = &grapherr.Error{Status: 409, Code: "nameAlreadyExists", // B-14.167
	Message: "A list, survey, discussion board, or document library with the specified title already exists in this Web site. Please choose another title."}

func invalid(message string) error {
	return &grapherr.Error{Status: 400, Code: "invalidRequest", Message: message}
}

// taken reports whether a site has a list with a title.
func taken(c *workload.Call, site *workload.Node, title string, but store.Ref) bool {
	ref, ok := titled(c.Tx, site.Ref, title)
	return ok && ref != but || strings.EqualFold(title, documents)
}

// makeList names a new list (B-14.166, B-14.167).
func makeList(c *workload.Call) (workload.Result, error) {
	body := c.Body.Clone()
	title := body.Text("displayName")
	if !c.Loading() {
		switch _, named := body.Get("name"); {
		case named:
			return workload.Result{}, invalid("Cannot define a 'name' for a list as it is assigned by the server. Instead, provide 'displayName'")
		case title == "":
			return workload.Result{}, grapherr.Required("list", "displayName")
		case taken(c, &c.Self, title, 0):
			return workload.Result{}, errTitle
		}
		who := sharepoint.Identity(c.Tx, &c.Caller)
		body.Set("createdBy", who)
		body.Set("lastModifiedBy", who)
	}
	body.SetMissing("displayName", value.String(body.Text("name")))
	body.SetMissing("name", value.String(body.Text("displayName")))
	info, _ := body.Get("list")
	if info.Members().Text("template") == "" {
		body.Set("list", template(generic))
	} else {
		body.Set("list", value.Merge(value.Members{{Name: "list", Value: template("")}}, value.Members{{Name: "list", Value: info}})[0].Value)
	}
	if id := body.Text("id"); id == "" || !c.Loading() {
		body.Set("id", value.String(c.Tx.NewGUID()))
	}
	body.SetMissing("eTag", value.String(tag(body.Text("id"), 1)))
	c.Body = body
	return c.Next()
}

// changeList changes title and description (B-14.168).
func changeList(c *workload.Call) (workload.Result, error) {
	if !c.Self.Exists {
		return c.Next()
	}
	body := c.Body.Clone()
	if title := body.Text("displayName"); title != "" && c.Self.Home.Owner != nil && !strings.EqualFold(title, c.Self.Text("displayName")) && taken(c, c.Self.Home.Owner, title, c.Self.Ref) {
		return workload.Result{}, errTitle
	}
	body.Delete("name")
	was := c.Self.Text("eTag")
	if was == "" {
		was = tag(c.Self.Text("id"), 1)
	}
	body.Set("eTag", value.String(tag(next(was))))
	body.Set("lastModifiedBy", sharepoint.Identity(c.Tx, &c.Caller))
	c.Body = body
	return c.Next()
}

// dropList keeps the library that every site has.
func dropList(c *workload.Call) (workload.Result, error) {
	if o := c.Self.Home.Owner; c.Self.Exists && o != nil && o.Type.Is(site) && c.Self.Text("id") == sharepoint.IDsOf(o.Text("id")).List {
		return workload.Result{}, &grapherr.Error{Status: 403, Code: "accessDenied", Message: "Access denied"}
	}
	return c.Next()
}
