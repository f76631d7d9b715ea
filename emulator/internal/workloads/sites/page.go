package sites

import (
	"iter"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sharepoint"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const binItem edm.Name = "microsoft.graph.recycleBinItem"

func published(level, version string) value.Raw {
	return value.Texts("level", level, "versionId", version).Object()
}

// makePage makes a draft (B-14.193).
func makePage(c *workload.Call) (workload.Result, error) {
	if c.Loading() {
		return c.Next()
	}
	t, _ := c.Model.Type("microsoft.graph.sitePage")
	_, lenient := t.Property("pageLayoutType") // of beta, whose page shows a body without the type
	if _, said := c.Sent.Get("@odata.type"); !said && !lenient {
		return workload.Result{}, invalid("The type of the page has to be given as @odata.type.")
	}
	body := c.Body.Clone()
	body.Set("publishingState", published("draft", "0.1"))
	who := sharepoint.Identity(c.Tx, &c.Caller)
	body.Set("createdBy", who)
	body.Set("lastModifiedBy", who)
	if c.Self.Type.Is(site) && body.Text("name") != "" {
		seat := sharepoint.Lying(scope(c), &c.Self)
		body.SetMissing("webUrl", value.String(seat.URL()+"/SitePages/"+sharepoint.EscapePath(body.Text("name"))))
	}
	c.Body = body
	return c.Next()
}

// publish makes a draft the version that everybody reads.
func publish(c *workload.Call) (workload.Result, error) {
	if !c.Self.Exists {
		return c.Next()
	}
	return workload.Result{Status: 204}, c.System.Write(c, &c.Self, value.Members{{Name: "publishingState", Value: published("published", "1.0")}})
}

// grantsApplications refuses permissions of a site for anybody but applications (B-14.162).
func grantsApplications(c *workload.Call) (workload.Result, error) {
	if c.Self.Type == nil || !c.Self.Type.Is(site) {
		return workload.Result{}, nil
	}
	for _, name := range [...]string{"grantedToIdentities", "grantedToIdentitiesV2"} {
		list, _ := c.Body.Get(name)
		for el := range list.Elements() {
			if app, _ := el.Members().Get("application"); app.IsNull() {
				return workload.Result{}, &grapherr.Error{Status: 400, Code: "invalidRequest", Message: "Only applications can be granted permissions of a site."}
			}
		}
	}
	return workload.Result{}, nil
}

// The names under which a site keeps what was deleted: the entities, and what the recycle bin
// says of them.
const (
	deleted = "$deleted"
	bin     = "bin"
	from    = "@list" // where it lay; no answer shows it

	binLife = 93 * 24 * time.Hour
)

// recycle puts a deleted item of a list into the recycle bin of its site (B-14.190).
func recycle(c *workload.Call) (workload.Result, error) {
	p, ok := placeOf(c, c.Self.Ref)
	if !c.Self.Exists || c.Self.Ref <= 0 || !ok || p.site.Ref <= 0 {
		return c.Next()
	}
	s := scope(c)
	id := c.Tx.NewGUID()
	name := c.Self.Text("id") + "_.000"
	if fields, ok := c.Tx.One(c.Self.Ref, "fields"); ok {
		e, _ := c.Tx.Get(fields)
		if title := e.Object.Members().Text("Title"); title != "" {
			name = title
		}
	}
	p.list.Home.Owner = &p.site
	record := value.Members{{Name: "id", Value: value.String(id)}, {Name: "name", Value: value.String(name)}, {Name: "size", Value: value.Int(int64(c.Self.Object.Size()))},
		{Name: "deletedDateTime", Value: value.Time(c.Now())}, {Name: "deletedFromLocation", Value: value.String(listURL(s, &p.list))}}
	record.Set(from, value.String(p.list.Text("id")))
	for _, who := range [...]string{"createdBy", "lastModifiedBy"} {
		if raw, ok := c.Self.Get(who); ok {
			record.Set(who, raw)
		}
	}
	if err := c.System.Remember(c, &p.site, bin, id, record); err != nil {
		return workload.Result{}, err
	}
	item := c.Self
	if err := c.System.Place(c, &item, &p.site, deleted, id); err != nil {
		return workload.Result{}, err
	}
	return workload.Result{}, c.Wake(&item, c.Now().Add(binLife), workload.Expire)
}

// expire removes what has lain in the recycle bin for its time.
func expire(c *workload.Call) (workload.Result, error) {
	owner, nav, id, _ := c.Tx.Owner(c.Self.Ref)
	if nav != deleted {
		return workload.Result{}, nil
	}
	e, _ := c.Tx.Get(owner)
	t, _ := c.Model.Type(site)
	of := workload.Node{Ref: owner, Type: t, Object: e.Object, Exists: true}
	if err := c.System.Remember(c, &of, bin, id, nil); err != nil {
		return workload.Result{}, err
	}
	return workload.Result{}, c.System.Purge(c, &c.Self)
}

// ofSite is the recycle bin of a site, which every site has (B-14.102).
func ofSite(s workload.Scope, owner *workload.Node, _ string) (workload.Item, bool) {
	return workload.Item{Ref: workload.NoRef, Object: s.Shapes.Object("microsoft.graph.recycleBin", value.Texts("id", "recycleBin"))}, true
}

// binned lists what lies in a recycle bin.
func binned(s workload.Scope, owner *workload.Node, after store.Ref) iter.Seq[workload.Item] {
	return func(yield func(workload.Item) bool) {
		of := owner.Home.Owner
		if of == nil || of.Ref <= 0 {
			return
		}
		for ref := range s.Tx.Members(of.Ref, "$"+bin, after) {
			if !yield(binnedItem(s, ref)) {
				return
			}
		}
	}
}

func oneBinned(s workload.Scope, owner *workload.Node, key string) (workload.Item, bool) {
	of := owner.Home.Owner
	if of == nil || of.Ref <= 0 {
		return workload.Item{}, false
	}
	ref, ok := s.Tx.Find(of.Ref, "$"+bin, key)
	if !ok {
		return workload.Item{}, false
	}
	return binnedItem(s, ref), true
}

func binnedItem(s workload.Scope, ref store.Ref) workload.Item {
	e, _ := s.Tx.Get(ref)
	return workload.Item{At: ref, Ref: workload.NoRef, Object: s.Shapes.Object(string(binItem), e.Object.Members())}
}

var errNotBinned = &grapherr.Error{Status: 404, Code: "itemNotFound", Message: "The resource could not be found."}

// unbin takes what ids name out of a recycle bin: back to its list, or away for good.
func unbin(back bool) workload.Func {
	return func(c *workload.Call) (workload.Result, error) {
		of := c.Self.Home.Owner
		if of == nil || !of.Type.Is(site) {
			return c.Next()
		}
		res := workload.Result{Status: 204}
		if back {
			res = workload.Result{Status: 200, IsList: true, Total: -1, Of: edm.Ref{Name: binItem, Many: true}, HasOf: true}
		}
		s := scope(c)
		ids, _ := c.Body.Get("ids")
		for el := range ids.Elements() {
			id, _ := el.Text()
			if of.Ref <= 0 {
				return res, errNotBinned
			}
			ref, ok := c.Tx.Find(of.Ref, "$"+bin, id)
			item, there := c.Tx.Find(of.Ref, deleted, id)
			if !ok || !there {
				return res, errNotBinned
			}
			e, _ := c.Tx.Get(ref)
			if err := takeOut(c, of, item, e.Object.Members().Text(from), back); err != nil {
				return res, err
			}
			t, _ := c.Model.Type(binItem)
			it := binnedItem(s, ref)
			res.List = append(res.List, workload.Entity{Node: workload.Node{Ref: workload.NoRef, Type: t, Object: it.Object, Exists: true}})
			if err := c.System.Remember(c, of, bin, id, nil); err != nil {
				return res, err
			}
		}
		if !back {
			res.List = nil
		}
		return res, nil
	}
}

// takeOut brings a deleted item back to its list, or removes it.
func takeOut(c *workload.Call, of *workload.Node, item store.Ref, home string, back bool) error {
	e, _ := c.Tx.Get(item)
	t, _ := c.Model.Type(listItem)
	n := workload.Node{Ref: item, Type: t, Object: e.Object, Exists: true}
	if err := c.Wake(&n, time.Time{}, workload.Expire); err != nil {
		return err
	}
	if !back {
		return c.System.Purge(c, &n)
	}
	to, err := c.System.Member(c, of, "lists", home)
	if err != nil {
		return err
	}
	if !to.Exists {
		return errNotBinned
	}
	return c.System.Place(c, &n, &to, "items", n.Text("id"))
}
