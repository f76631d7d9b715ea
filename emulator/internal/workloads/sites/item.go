package sites

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sharepoint"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// The records of lists and sites that no answer shows.
const (
	counter = "counter" // of a list: the last number of an item
	people  = "people"  // of a site: the numbers of those who are named in it, by their ids
)

// numbered gives the next number below a name and remembers it; numbers never come again.
func numbered(c *workload.Call, n *workload.Node, what string, least int64) (int64, error) {
	last := least
	for key, record := range c.System.Remembered(c, n, what) {
		if raw, _ := record.Get("n"); key == counter {
			if is, _ := raw.Int(); is > last {
				last = is
			}
		}
	}
	return last + 1, c.System.Remember(c, n, what, counter, value.Members{{Name: "n", Value: value.Int(last + 1)}})
}

// makeItem numbers a new item of a list and says who made it (B-14.174, B-14.177).
func makeItem(c *workload.Call) (workload.Result, error) {
	body := c.Body.Clone()
	owner := c.Self
	if !owner.Exists || !owner.Type.Is(list) {
		return c.Next()
	}
	if isLibrary(&owner) && !c.Loading() {
		return workload.Result{}, invalid("Items of a document library are made by an upload.") // B-14.192
	}
	if err := c.System.Keep(c, &owner); err != nil {
		return workload.Result{}, err
	}
	id := body.Text("id")
	if given, err := strconv.ParseInt(id, 10, 64); c.Loading() && err == nil {
		if _, err := numbered(c, &owner, counter, given-1); err != nil {
			return workload.Result{}, err
		}
	} else if id == "" || !c.Loading() {
		n, err := numbered(c, &owner, counter, 0)
		if err != nil {
			return workload.Result{}, err
		}
		body.Set("id", value.String(strconv.FormatInt(n, 10)))
	}
	body.SetMissing("eTag", value.String(tag(c.Tx.NewGUID(), 1)))
	who := sharepoint.Identity(c.Tx, &c.Caller)
	body.SetMissing("createdBy", who)
	body.SetMissing("lastModifiedBy", who)
	first := defaultTypes(&owner)[0]
	body.SetMissing("contentType", value.Texts("id", first.ID, "name", first.Members.Text("name")).Object())
	c.Body, c.Self = body, owner
	res, err := c.Next()
	if err != nil || c.Loading() { // a file gives the fields behind their item
		return res, err
	}
	fields, err := c.System.Member(c, &res.One.Node, "fields", "")
	if err == nil && !fields.Exists {
		fields, err = c.System.Create(c, &res.One.Node, "fields", nil)
	}
	if err != nil {
		return res, err
	}
	if err := complete(c, &fields); err != nil {
		return res, err
	}
	shown, err := c.System.Show(c, fields)
	if err != nil {
		return res, err
	}
	res.One.Show(value.Member{Name: "fields", Value: shown.Members.Object()})
	return res, nil
}

// readItem adds where an item lies.
func readItem(c *workload.Call) (workload.Result, error) {
	res, err := c.Next()
	if err != nil || res.One == nil {
		return res, err
	}
	n := &res.One.Node
	owner := n.Home.Owner
	if owner == nil || owner.Type == nil || !owner.Type.Is(list) {
		return res, nil
	}
	has := n.Object.Members()
	s := scope(c)
	if url := listURL(s, owner); url != "" {
		has.SetMissing("webUrl", value.String(url+"/"+n.Text("id")+"_.000"))
	}
	guid, _ := next(n.Text("eTag"))
	at := value.Texts("id", guid)
	if site := owner.Home.Owner; site != nil && site.Type != nil && site.Type.Is(sharepoint.SiteType) {
		seat := sharepoint.Lying(s, site)
		at.Set("siteId", value.String(seat.ID()))
		has.SetMissing("sharepointIds", value.Texts("listId", owner.Text("id"), "listItemId", n.Text("id"), "listItemUniqueId", guid, "siteId", seat.Collection, "siteUrl", seat.URL(),
			"tenantId", sharepoint.TenantOwner(s.Tx), "webId", seat.Web).Object())
	}
	has.SetMissing("parentReference", at.Object())
	res.One.Members = has
	return res, nil
}

// touch makes a new version of an item.
func touch(c *workload.Call, item *workload.Node) error {
	was := item.Text("eTag")
	if was == "" {
		was = tag(c.Tx.NewGUID(), 1)
	}
	return c.System.Write(c, item, value.Members{{Name: "eTag", Value: value.String(tag(next(was)))}, {Name: "lastModifiedBy", Value: sharepoint.Identity(c.Tx, &c.Caller)}})
}

// changeItem makes a new version, unless the fields of the body do so.
func changeItem(c *workload.Call) (workload.Result, error) {
	if _, ok := c.Sent.Get("fields"); c.Self.Exists && !ok {
		if err := touch(c, &c.Self); err != nil {
			return workload.Result{}, err
		}
	}
	return c.Next()
}

// place is where the fields of an item stand: the item, its list and its site.
type place struct{ item, list, site workload.Node }

// placeOf finds them by what is stored.
func placeOf(c *workload.Call, item store.Ref) (p place, ok bool) {
	nodes := [...]*workload.Node{&p.item, &p.list, &p.site}
	types := [...]string{string(listItem), string(list), string(site)}
	ref := item
	for i, n := range nodes {
		e, found := c.Tx.Get(ref)
		if !found || e.Object.Type() != types[i] {
			return p, i > 1
		}
		t, _ := c.Model.Type(listItem)
		switch i {
		case 1:
			t, _ = c.Model.Type(list)
		case 2:
			t, _ = c.Model.Type(site)
		}
		*n = workload.Node{Ref: ref, At: ref, Type: t, Object: e.Object, Seq: e.Seq, Exists: true}
		ref, _, n.Home.Key, _ = c.Tx.Owner(ref)
	}
	return p, true
}

// person is the number of a user in a site; the first use gives it (B-14.183).
func person(c *workload.Call, p *place) (value.Raw, error) {
	id := c.Caller.User
	if c.Caller.AppOnly || id == "" || p.site.Ref <= 0 {
		return value.Int(1073741822), nil // the account of SharePoint itself
	}
	for key, record := range c.System.Remembered(c, &p.site, people) {
		if strings.EqualFold(key, id) {
			n, _ := record.Get("n")
			return n, nil
		}
	}
	n, err := numbered(c, &p.site, people+"Counter", 5) // the first are the groups of the site
	if err != nil {
		return "", err
	}
	return value.Int(n), c.System.Remember(c, &p.site, people, id, value.Members{{Name: "n", Value: value.Int(n)}})
}

// complete checks and completes the values of a new item.
func complete(c *workload.Call, fields *workload.Node) error {
	item, _, _, _ := c.Tx.Owner(fields.Ref)
	p, ok := placeOf(c, item)
	if !ok {
		return nil
	}
	sent, _ := c.Sent.Get("fields")
	body, err := checked(c, &p, fields.Object.Members(), sent.Members(), fields.Ref)
	if err != nil {
		return err
	}
	for name, m := range columns(c.Tx, p.list.Ref) {
		if given, _ := m.Get("defaultValue"); given.Kind() == value.KindObject {
			if v, ok := given.Members().Get("value"); ok && !v.IsNull() {
				body.SetMissing(name, typed(kindOf(m), v))
			}
		}
	}
	who, err := person(c, &p)
	if err != nil {
		return err
	}
	body.Set("AuthorLookupId", who)
	body.Set("EditorLookupId", who)
	return c.System.Write(c, fields, body)
}

// typed is a default, which is a text, as a value of a column.
func typed(kind string, v value.Raw) value.Raw {
	s, _ := v.Text()
	switch kind {
	case "number", "currency":
		if _, err := strconv.ParseFloat(s, 64); err == nil {
			return value.Raw(s)
		}
	case "boolean":
		return value.Bool(s == "1" || strings.EqualFold(s, "true"))
	}
	return v
}

// changeFields checks new values and makes a new version of the item (B-14.178).
func changeFields(c *workload.Call) (workload.Result, error) {
	if c.Self.Ref <= 0 {
		return c.Next()
	}
	item, _, _, _ := c.Tx.Owner(c.Self.Ref)
	p, ok := placeOf(c, item)
	if !ok {
		return c.Next()
	}
	body, err := checked(c, &p, c.Body, c.Sent, c.Self.Ref)
	if err != nil {
		return workload.Result{}, err
	}
	who, err := person(c, &p)
	if err != nil {
		return workload.Result{}, err
	}
	body.Set("EditorLookupId", who)
	if err := touch(c, &p.item); err != nil {
		return workload.Result{}, err
	}
	c.Body = body
	return c.Next()
}

const malformed = "The request is malformed or incorrect."

// checked are the values of a body as they are stored: the names have to be those of columns,
// the values of their kinds (B-14.177, B-14.180 to B-14.182). self are the fields that change.
func checked(c *workload.Call, p *place, given, sent value.Members, self store.Ref) (value.Members, error) {
	have := columns(c.Tx, p.list.Ref)
	var out value.Members
	for _, m := range given {
		if m.Name == "id" || strings.HasPrefix(m.Name, "@") {
			continue
		}
		name, lookup := strings.CutSuffix(m.Name, "LookupId")
		col, ok := have[m.Name]
		if ok {
			lookup = false
		} else if lookup {
			col, ok = have[name]
			lookup = kindOf(col) == "lookup" || kindOf(col) == "personOrGroup"
			ok = ok && lookup
		}
		if !ok && c.Presumes() { // the list was made up, and so would be its columns
			out.Set(m.Name, m.Value)
			continue
		}
		if !ok {
			return nil, invalid("Field '" + m.Name + "' is not recognized")
		}
		v, err := fits(sent, kindOf(col), m, lookup)
		if err != nil {
			return nil, err
		}
		if col.Bool("enforceUniqueValues") && !v.IsNull() && repeated(c.Tx, p.list.Ref, m.Name, v, self) {
			return nil, &grapherr.Error{Status: 409, Code: "nameAlreadyExists", Message: "The value of the column " + m.Name + " is not unique in the list."}
		}
		out.Set(m.Name, v)
	}
	return out, nil
}

// fits is a value as it is stored, if it is one of the kind of its column.
func fits(sent value.Members, kind string, m value.Member, lookup bool) (value.Raw, error) {
	v, is := m.Value, m.Value.Kind()
	if v.IsNull() {
		return value.Null, nil
	}
	if is == value.KindArray {
		if _, said := sent.Get(m.Name + "@odata.type"); !said {
			return "", invalid("A value without a type name was found and no expected type is available. When the model is specified, each value in the payload must have a type which can be either specified in the payload, explicitly by the caller or implicitly inferred from the parent value.")
		}
		return v, nil
	}
	ok := true
	switch {
	case lookup:
		if s, text := v.Text(); text {
			_, err := strconv.ParseInt(s, 10, 64)
			v, ok = value.Raw(s), err == nil
		} else {
			ok = is == value.KindNumber
		}
	case kind == "number" || kind == "currency":
		ok = is == value.KindNumber
	case kind == "boolean":
		ok = v == "true" || v == "false"
	case kind == "text" || kind == "choice" || kind == "dateTime":
		ok = is == value.KindString
	case kind == "hyperlinkOrPicture":
		ok = is == value.KindObject
	}
	if !ok {
		return "", invalid(malformed)
	}
	return v, nil
}

// repeated reports whether another item of a list has a value.
func repeated(tx *store.Reader, list store.Ref, name string, v value.Raw, self store.Ref) bool {
	for ref := range tx.Members(list, "items", 0) {
		if fields, ok := tx.One(ref, "fields"); ok && fields != self {
			e, _ := tx.Get(fields)
			if has, _ := e.Object.Get(name); has == v {
				return true
			}
		}
	}
	return false
}

// readFields shows what is set, and what the service says of every item (B-14.176).
func readFields(c *workload.Call) (workload.Result, error) {
	res, err := c.Next()
	if err != nil || res.One == nil || res.One.Ref <= 0 {
		return res, err
	}
	ref, _, _, _ := c.Tx.Owner(res.One.Ref)
	p, ok := placeOf(c, ref)
	if !ok {
		return res, nil
	}
	has := res.One.Object.Members()
	have := columns(c.Tx, p.list.Ref)
	out := value.Members{{Name: "@odata.etag", Value: value.String(p.item.Text("eTag"))}}
	for _, m := range has {
		switch name, lookup := strings.CutSuffix(m.Name, "LookupId"); {
		case m.Value.IsNull() || m.Name == "id":
		case m.Name == "AuthorLookupId" || m.Name == "EditorLookupId":
		case lookup && m.Value.Kind() == value.KindNumber:
			out.Set(m.Name, value.String(string(m.Value)))
			if selects(c, name) {
				out.Set(name, value.String(looked(c, &p, have[name], string(m.Value))))
			}
		default:
			out.Set(m.Name, m.Value)
		}
	}
	title := has.Text("Title")
	_, n := next(p.item.Text("eTag"))
	set := func(name string, v value.Raw) { out.SetMissing(name, v) }
	set("id", value.String(p.item.Text("id")))
	info, _ := p.item.Get("contentType")
	set("ContentType", value.String(info.Members().Text("name")))
	for _, at := range [...][2]string{{"Created", "createdDateTime"}, {"Modified", "lastModifiedDateTime"}} {
		raw, _ := p.item.Get(at[1])
		set(at[0], raw)
	}
	for _, name := range [...]string{"AuthorLookupId", "EditorLookupId"} {
		if who, _ := has.Get(name); !who.IsNull() {
			set(name, value.String(string(who)))
		}
	}
	set("_UIVersionString", value.String(strconv.Itoa(n-1)+".0"))
	set("Attachments", value.Bool(false))
	set("Edit", value.String(""))
	if title != "" {
		set("LinkTitleNoMenu", value.String(title))
		set("LinkTitle", value.String(title))
	}
	set("ItemChildCount", value.String("0"))
	set("FolderChildCount", value.String("0"))
	for _, name := range [...]string{"_ComplianceFlags", "_ComplianceTag", "_ComplianceTagWrittenTime", "_ComplianceTagUserId"} {
		set(name, value.String(""))
	}
	res.One.Members, res.One.Exact, res.One.Narrowed = out, true, true
	return res, nil
}

// selects reports whether the request selects a field by name.
func selects(c *workload.Call, name string) bool {
	for _, it := range c.Query.Select {
		if len(it.Path) == 1 && it.Path[0] == name {
			return true
		}
	}
	for _, x := range c.Query.Expand {
		if x.Options == nil {
			continue
		}
		for _, it := range x.Options.Select {
			if len(it.Path) == 1 && it.Path[0] == name {
				return true
			}
		}
	}
	return false
}

// looked is what a lookup shows of the item that it names.
func looked(c *workload.Call, p *place, col value.Members, id string) string {
	raw, _ := col.Get("lookup")
	if raw.Kind() != value.KindObject {
		return nameOf(c, p, id)
	}
	from, show := raw.Members().Text("listId"), raw.Members().Text("columnName")
	if show == "" {
		show = "Title"
	}
	ref, ok := c.Tx.Find(p.site.Ref, "lists", from)
	if ok {
		ref, ok = c.Tx.Find(ref, "items", id)
	}
	if ok {
		ref, ok = c.Tx.One(ref, "fields")
	}
	if !ok {
		return ""
	}
	e, _ := c.Tx.Get(ref)
	v, _ := e.Object.Get(show)
	if s, ok := v.Text(); ok {
		return s
	}
	return string(v)
}

// nameOf is the name of the user who has a number in a site.
func nameOf(c *workload.Call, p *place, number string) string {
	for id, record := range c.System.Remembered(c, &p.site, people) {
		if n, _ := record.Get("n"); string(n) == number {
			if ref, ok := c.Tx.Find(0, "users", id); ok {
				e, _ := c.Tx.Get(ref)
				return e.Object.Members().Text("displayName")
			}
		}
	}
	return ""
}

const honour = "honornonindexedquerieswarningmayfailrandomly"

// The switch Threshold (B-14.188): how many items a list may have that is filtered or sorted
// without an index.
const (
	Threshold = "lists.threshold"
	unlimited = "none"
)

var errLarge = &grapherr.Error{Status: 429, Code: "activityLimitReached", Message: "The request has been throttled", Inner: "throttledRequest"}

// askItems refuses filters and orders by columns that are not indexed, and by what is no
// column (B-14.184 to B-14.188).
func askItems(a *workload.Ask) error {
	if a.Owner == nil || a.Query.Filter == nil && a.Query.OrderBy == nil {
		return nil
	}
	names, ok := filtered(a)
	if !ok {
		return &grapherr.Error{Status: 400, Code: "BadRequest", Message: "Invalid filter clause"}
	}
	q := *a.Query
	q.OrderBy = nil
	for _, o := range a.Query.OrderBy {
		if name, ok := strings.CutPrefix(o.Expr.String(), "fields/"); ok {
			names = append(names, name)
			q.OrderBy = append(q.OrderBy, o)
		} else {
			a.Warn = append(a.Warn, "$orderby="+o.Expr.String()+" is ignored by lists")
		}
	}
	if len(q.OrderBy) < len(a.Query.OrderBy) {
		a.Query = &q
	}
	have := columns(a.Scope.Tx, a.Owner.Ref)
	for _, name := range names {
		col, ok := have[name]
		if !ok {
			col = have[strings.TrimSuffix(name, "LookupId")]
		}
		if name == "id" || col.Bool("indexed") {
			continue
		}
		if !a.Prefers(honour) {
			return invalid(fmt.Sprintf("Field '%s' cannot be referenced in filter or orderby as it is not indexed. Provide the 'Prefer: HonorNonIndexedQueriesWarningMayFailRandomly' header to allow this, but be warned that such queries may fail on large lists.", name))
		}
		if most, err := strconv.Atoi(a.Scope.Switches[Threshold]); err == nil && a.Owner.Ref > 0 && a.Scope.Tx.Count(a.Owner.Ref, "items") > most {
			return errLarge
		}
	}
	return nil
}
