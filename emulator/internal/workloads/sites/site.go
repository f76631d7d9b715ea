package sites

import (
	"iter"
	"math"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sharepoint"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// words are where a search of sites looks (B-14.156).
var words = eval.Words{Default: []string{"displayName", "name", "webUrl"}}

// rootAt is the place of the root site in lists, where no entity stands for it.
const rootAt store.Ref = math.MaxInt64

// members lists the sites of the tenant: that of the tenant, of each group and of each user, in
// the place of whom it belongs to, and those that somebody made. A search finds no OneDrives
// (B-14.159).
func members(s workload.Scope, _ *workload.Node, after store.Ref) iter.Seq[workload.Item] {
	owners := []iter.Seq[store.Ref]{s.Tx.Members(0, "organization", after), s.Tx.Members(0, "groups", after), s.Tx.Members(0, "sites", after)}
	if !s.Query.Has("$search") {
		owners = append(owners, s.Tx.Members(0, "users", after))
	}
	return func(yield func(workload.Item) bool) {
		root := sharepoint.TenantOwner(s.Tx)
		rooted := s.Tx.Count(0, "organization") > 0
		for ref := range workload.Rising(owners...) {
			item, ok := standing(s, ref, root)
			if item.At = ref; ok && !yield(item) {
				return
			}
		}
		if item, ok := sharepoint.SiteOf(s, root); ok && !rooted && after < rootAt {
			item.At = rootAt
			yield(item)
		}
	}
}

// standing is the site that stands in lists at the place of an entity.
func standing(s workload.Scope, ref store.Ref, root string) (workload.Item, bool) {
	_, nav, id, _ := s.Tx.Owner(ref)
	switch nav {
	case "organization":
		return sharepoint.SiteOf(s, root)
	case "sites":
		item, ok := sharepoint.Site(s, id)
		return item, ok && item.At == item.Ref // else it stands with its owner
	}
	return sharepoint.SiteOf(s, id)
}

func find(s workload.Scope, _ *workload.Node, key string) (workload.Item, bool) {
	return sharepoint.Site(s, key)
}

// What is said of sites that are not there (B-14.154, B-14.155).
var (
	errHost    = &grapherr.Error{Status: 400, Code: "invalidRequest", Message: "Invalid hostname for this tenancy"}
	errForeign = &grapherr.Error{Status: 400, Code: "invalidRequest", Message: "Provided id has an invalid hostname for this tenancy"}
	errNoSite  = &grapherr.Error{Status: 404, Code: "itemNotFound", Message: "Requested site could not be found"}
	errNoPath  = &grapherr.Error{Status: 404, Code: "itemNotFound", Message: "The provided path does not exist, or does not represent a site"}
)

func lost(s workload.Scope, _ *workload.Node, key string) error {
	host, _, ok := sharepoint.ReadSite(key)
	hosts := sharepoint.HostsOf(s.Tx, s.Switches)
	switch {
	case !ok && !strings.Contains(key, ",") && !strings.HasPrefix(key, "{"):
		return errHost
	case ok && host != "" && host != hosts.Sites && host != hosts.Personal:
		return errForeign
	}
	return errNoSite
}

// ofGroup finds the site of a group, which is its only one (B-14.157).
func ofGroup(s workload.Scope, owner *workload.Node, key string) (workload.Item, bool) {
	item, ok := sharepoint.SiteOf(s, owner.Text("id"))
	if !ok || strings.EqualFold(key, "root") {
		return item, ok
	}
	other, found := sharepoint.Site(s, key)
	return item, found && other.Home.Key == item.Home.Key
}

func ofGroups(s workload.Scope, owner *workload.Node, after store.Ref) iter.Seq[workload.Item] {
	return func(yield func(workload.Item) bool) {
		if item, ok := sharepoint.SiteOf(s, owner.Text("id")); ok && item.At > after {
			yield(item)
		}
	}
}

func lostOfGroup(workload.Scope, *workload.Node, string) error { return errNoSite }

// subsites are linked from their parents under this name.
const subsites = "$subsites"

func below(s workload.Scope, owner *workload.Node, after store.Ref) iter.Seq[workload.Item] {
	return func(yield func(workload.Item) bool) {
		if owner.Ref <= 0 {
			return
		}
		for ref := range s.Tx.Members(owner.Ref, subsites, after) {
			_, _, key, _ := s.Tx.Owner(ref)
			if item, ok := sharepoint.Site(s, key); ok && !yield(item) {
				return
			}
		}
	}
}

func oneBelow(s workload.Scope, owner *workload.Node, key string) (workload.Item, bool) {
	item, ok := sharepoint.Site(s, key)
	return item, ok && owner.Ref > 0 && item.Ref > 0 && s.Tx.Linked(owner.Ref, subsites, item.Ref)
}

// byPath finds a site by its path on the host of another one, or below that (B-14.155).
func byPath(s workload.Scope, from *workload.Node, path string) (workload.Item, error) {
	names := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	seat := sharepoint.Lying(s, from)
	item, rest, ok := sharepoint.SiteAt(s, seat.Host, names)
	if !ok {
		item, rest, ok = workload.Item{At: from.Ref, Ref: from.Ref, Object: from.Object, Home: &from.Home}, names, true
	}
	for _, name := range rest {
		found := false
		parent := sharepoint.SiteNode(s, item)
		for sub := range below(s, &parent, 0) {
			n := sharepoint.SiteNode(s, sub)
			if found = strings.EqualFold(n.Text("name"), name); found {
				item = sub
				break
			}
		}
		if !found {
			return workload.Item{}, errNoPath
		}
	}
	return item, nil
}

// getByPath is byPath as a function.
func getByPath(c *workload.Call) (workload.Result, error) {
	if !c.Self.Exists {
		return c.Next()
	}
	s := scope(c)
	path := c.Args.Text("path")
	if strings.Trim(path, "/") == "" {
		return workload.Result{One: &workload.Entity{Node: c.Self}}, nil
	}
	item, err := byPath(s, &c.Self, path)
	if err != nil {
		return workload.Result{}, err
	}
	return workload.Result{One: &workload.Entity{Node: sharepoint.SiteNode(s, item)}}, nil
}

// scope is what the views of a call look at.
func scope(c *workload.Call) workload.Scope { return c.System.Scope(c) }

// readSite adds what a site has not stored of itself (B-14.153, B-14.157, R-S1).
func readSite(c *workload.Call) (workload.Result, error) {
	res, err := c.Next()
	if err != nil || res.One == nil {
		return res, err
	}
	s := scope(c)
	n := &res.One.Node
	if n.Text("id") == "" {
		return res, nil // as a request names it
	}
	seat := sharepoint.Lying(s, n)
	has := n.Object.Members()
	set := func(name string, v value.Raw) { has.SetMissing(name, v) }
	name, title := called(s, &seat, n)
	set("displayName", value.String(title))
	set("name", value.String(name))
	set("description", value.String(""))
	set("webUrl", value.String(seat.URL()))
	if at, _ := has.Get("parentReference"); at.IsNull() {
		set("root", "{}")
		collection := value.Texts("hostname", seat.Host)
		if seat.Kind == sharepoint.Root {
			collection.Set("root", "{}")
		}
		set("siteCollection", collection.Object())
	}
	set("sharepointIds", value.Texts("siteId", seat.Collection, "siteUrl", seat.URL(), "tenantId", sharepoint.TenantOwner(s.Tx), "webId", seat.Web).Object())
	res.One.Members = has
	return res, nil
}

// called is the name of a site in addresses, and its title.
func called(s workload.Scope, seat *sharepoint.Seat, n *workload.Node) (name, title string) {
	owner, _ := s.Tx.Get(seat.Owner)
	title = owner.Object.Members().Text("displayName")
	switch seat.Kind {
	case sharepoint.Root:
		for _, e := range s.Tx.Entities(0, "organization", 0, nil) {
			title = e.Object.Members().Text("displayName")
		}
		return "", title
	case sharepoint.PersonalRoot:
		return "", "OneDrive"
	case sharepoint.Team:
		return owner.Object.Members().Text("mailNickname"), title
	case sharepoint.Personal:
		return sharepoint.PersonalName(owner.Object.Members().Text("userPrincipalName")), title
	}
	return n.Text("name"), n.Text("displayName")
}

// makeSite gives a new site its id, its name and its place: the sites of the tenant, whether
// it has a parent or not (B-14.158).
func makeSite(c *workload.Call) (workload.Result, error) {
	s := scope(c)
	parent := c.Self
	seat := sharepoint.Seat{IDs: sharepoint.Of(c.Tx.NewGUID()), Host: sharepoint.HostsOf(c.Tx, s.Switches).Sites, Path: "/sites"}
	body := c.Body.Clone()
	sub := parent.Type.Is(sharepoint.SiteType)
	if sub {
		seat = sharepoint.Lying(s, &parent)
		body.Set("parentReference", value.Texts("siteId", seat.ID()).Object())
		seat.Web = c.Tx.NewGUID()
	}
	if c.Loading() {
		body.SetMissing("id", value.String(seat.ID()))
	} else {
		body.Set("id", value.String(seat.ID()))
	}
	body.SetMissing("name", value.String(strings.ToLower(strings.ReplaceAll(body.Text("displayName"), " ", ""))))
	body.SetMissing("displayName", value.String(body.Text("name")))
	if !c.Loading() || sub {
		body.SetMissing("webUrl", value.String("https://"+seat.Host+seat.Path+"/"+sharepoint.EscapePath(body.Text("name"))))
	}
	c.Body = body
	if !sub {
		return c.Next()
	}
	root := c.Model.Root()
	c.Self = workload.Node{Type: root, Exists: true}
	c.Nav, _ = root.Navigation("sites")
	res, err := c.Next()
	if err != nil {
		return res, err
	}
	if err := c.System.Keep(c, &parent); err != nil {
		return res, err
	}
	return res, c.System.Link(c, &parent, subsites, res.One.Ref)
}

// listSites shows delegated callers nothing without a search or a filter, where permissions are
// checked (B-14.156).
func listSites(c *workload.Call) (workload.Result, error) {
	q := c.Query
	if c.Nav == nil || c.Nav.Name != "sites" || !c.Caller.Enforced || c.Caller.AppOnly || q.Search != nil || q.Has("$search") || q.Filter != nil || c.Self.Ref != 0 {
		return c.Next()
	}
	return workload.Result{IsList: true, Total: -1, Warn: []string{"delegated callers list sites with ?search= only"}}, nil
}

// allSites lists every site, OneDrives too (B-14.160).
func allSites(c *workload.Call) (workload.Result, error) {
	res, err := c.Next()
	if err != nil {
		return res, err
	}
	res.Generic = false
	s := scope(c)
	for i := range res.List {
		if e := &res.List[i]; sharepoint.Lying(s, &e.Node).Kind == sharepoint.Personal {
			e.Show(value.Member{Name: "isPersonalSite", Value: value.Bool(true)})
		}
	}
	return res, nil
}

// searchAll takes the search for everything away (B-14.156).
func searchAll(a *workload.Ask) error {
	if text, _ := a.Query.Raw("$search"); strings.Trim(text, `"`) == "*" {
		q := *a.Query
		q.Search = nil
		a.Query = &q
	}
	return nil
}

// follow makes a user follow sites (B-14.161), or no longer.
func follow(do func(c *workload.Call, user, site *workload.Node) error, answers bool) workload.Func {
	return func(c *workload.Call) (workload.Result, error) {
		user := c.Self
		if !user.Exists || c.Nav == nil || c.Nav.Name != "followedSites" {
			return c.Next()
		}
		res := workload.Result{Status: 204}
		if answers {
			res = workload.Result{Status: 200, IsList: true, Total: -1, Of: edm.Ref{Name: sharepoint.SiteType, Many: true}, HasOf: true}
		}
		list, _ := c.Body.Get("value")
		s := scope(c)
		for el := range list.Elements() {
			item, ok := sharepoint.Site(s, el.Members().Text("id"))
			if !ok {
				return res, errNoSite
			}
			site := sharepoint.SiteNode(s, item)
			if err := do(c, &user, &site); err != nil {
				return res, err
			}
			if !answers {
				continue
			}
			shown, err := c.System.Show(c, site)
			if err != nil {
				return res, err
			}
			res.List = append(res.List, shown)
		}
		return res, nil
	}
}

func followed(c *workload.Call, user, site *workload.Node) error {
	if err := c.System.Keep(c, site); err != nil {
		return err
	}
	return c.System.Link(c, user, "followedSites", site.Ref)
}

func unfollowed(c *workload.Call, user, site *workload.Node) error {
	if site.Ref <= 0 {
		return nil
	}
	return c.System.Unlink(c, user, "followedSites", site.Ref)
}
