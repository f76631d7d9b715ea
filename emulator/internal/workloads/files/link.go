package files

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/sharepoint"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Whom a link is for.
const (
	forUsers   = "users"
	forTenant  = "organization"
	forAnybody = "anonymous"

	// anonymousLinks is the switch that says whether the tenant has them, and forbidden its
	// value that means that it does not (B-14.134).
	anonymousLinks = "files.anonymousLinks"
	forbidden      = "forbidden"

	madeBy = "application" // the record of a link: which application made it
)

// sharable stores an item that is to be shared.
func sharable(c *workload.Call) error {
	n := &c.Self
	if !n.Exists {
		return grapherr.NotFound("driveItem", n.Home.Key)
	}
	return c.System.Keep(c, n)
}

// createLink makes a link to an item, or finds the one that the same application has made with
// the same type and scope (B-14.131, B-14.132).
func createLink(c *workload.Call) (workload.Result, error) {
	if err := sharable(c); err != nil {
		return workload.Result{}, err
	}
	asked, err := readLink(c)
	if err != nil {
		return workload.Result{}, err
	}
	until, err := endOf(c, c.Body)
	if err != nil {
		return workload.Result{}, err
	}
	var whom []grantee
	if raw, ok := c.Body.Get("recipients"); ok && asked.scope == forUsers && !raw.IsNull() && raw != "[]" {
		if whom, _, err = recipientsOf(c, "recipients"); err != nil {
			return workload.Result{}, err
		}
	}
	n := &c.Self
	perm, there := asked.find(c, n)
	if !there {
		if perm, err = asked.make(c, n); err != nil {
			return workload.Result{}, err
		}
	}
	var changed value.Members
	if password := c.Body.Text("password"); password != "" {
		changed.Set("hasPassword", "true")
	}
	if !until.IsZero() {
		changed.Set("expirationDateTime", value.Time(until))
		if err := c.Wake(&perm, until, workload.Expire); err != nil {
			return workload.Result{}, err
		}
	}
	if changed != nil {
		if err := c.System.Write(c, &perm, changed); err != nil {
			return workload.Result{}, err
		}
	}
	if err := admit(c, &perm, whom); err != nil {
		return workload.Result{}, err
	}
	res := onePermission(perm)
	if at, ok := placeOf(c, n); ok && !there {
		res.Status = 201
		res.Links = []workload.Link{{Header: "Location", Path: "/drives/" + at.drive + "/items/" + n.Text("id") + "/permissions/" + perm.Text("id")}} // R-H8
	}
	return res, nil
}

// wanted is the link that a request asks for.
type wanted struct {
	kind, scope string
	closed      bool // nobody can download by it
}

func readLink(c *workload.Call) (wanted, error) {
	kind, err := oneOf(c, "type", c.Body.Text("type"), "view", "view", "edit", "review", "blocksDownload", "embed")
	if err != nil {
		return wanted{}, err
	}
	scope, err := oneOf(c, "scope", c.Body.Text("scope"), forTenant, forAnybody, forTenant, forUsers)
	switch {
	case err != nil:
		return wanted{}, err
	case kind == "embed":
		return wanted{}, invalid("Links of the type embed are made of files of personal accounts.")
	case kind == "blocksDownload":
		return wanted{"view", scope, true}, nil
	case scope == forAnybody && c.System.Switches()[anonymousLinks] == forbidden:
		return wanted{}, &grapherr.Error{Status: 403, Code: "accessDenied", Message: "Sharing has been disabled on this site.", Inner: "sharingDisabled"}
	}
	return wanted{kind, scope, false}, nil
}

// find is the link of an item that is as wanted and that the same application has made.
func (w *wanted) find(c *workload.Call, n *workload.Node) (workload.Node, bool) {
	for ref := range c.Tx.Members(n.Ref, permissions, 0) {
		perm, ok := nodeOf(c, ref, permission)
		raw, _ := perm.Get("link")
		link := raw.Members()
		if !ok || link.Text("type") != w.kind || link.Text("scope") != w.scope || link.Bool("preventsDownload") != w.closed {
			continue
		}
		by := ""
		for _, record := range c.System.Remembered(c, &perm, madeBy) {
			by = text(record, "id")
		}
		if by == c.Caller.App {
			return perm, true
		}
	}
	return workload.Node{}, false
}

// make makes the link.
func (w *wanted) make(c *workload.Call, n *workload.Node) (workload.Node, error) {
	at, ok := placeOf(c, n)
	if !ok {
		return workload.Node{}, grapherr.NotFound("driveItem", n.Text("id"))
	}
	url := linkURL(at.site, letterOf(n), c.Tx.NewGUID())
	role := reading
	if w.kind == "edit" {
		role = writing
	}
	link := value.Members{{Name: "scope", Value: value.String(w.scope)}, {Name: "type", Value: value.String(w.kind)}, {Name: "webUrl", Value: value.String(url)},
		{Name: "preventsDownload", Value: boolean(w.closed)}}
	m := value.Members{{Name: "id", Value: value.String(c.Tx.NewGUID())}, {Name: "roles", Value: value.Strings([]string{role})}, {Name: "shareId", Value: value.String(tokenOf(url))},
		{Name: "hasPassword", Value: "false"}, {Name: "link", Value: link.Object()}}
	if w.scope == forUsers {
		m.Set("grantedToIdentitiesV2", "[]")
		m.Set("grantedToIdentities", "[]")
	}
	perm, err := c.System.Create(c, n, permissions, m)
	if err != nil || c.Caller.App == "" {
		return perm, err
	}
	return perm, c.System.Remember(c, &perm, madeBy, "", value.Texts("id", c.Caller.App))
}

// linkURL is the address of a link: what kind of file it leads to, where that lies, and a
// secret (B-14.133).
func linkURL(site, letter, secret string) string {
	host, rest := hostOf(site)
	switch name, in := strings.CutPrefix(rest, "/sites/"); {
	case in:
		rest = "/s/" + name
	default:
		rest = "/g" + rest
	}
	sum := sha256.Sum256([]byte(secret))
	return host + "/:" + letter + ":" + rest + "/E" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// letterOf is the sign of a kind of file in the address of a link (B-14.133).
func letterOf(n *workload.Node) string {
	if isFolder(n) {
		return "f"
	}
	name := strings.ToLower(n.Text("name"))
	switch name[strings.LastIndexByte(name, '.')+1:] {
	case "doc", "docx":
		return "w"
	case "xls", "xlsx":
		return "x"
	case "ppt", "pptx":
		return "p"
	case "pdf":
		return "b"
	case "txt":
		return "t"
	}
	if strings.HasPrefix(mimeOf(name), "image/") {
		return "i"
	}
	return "u"
}

// admit adds grantees to those that a link is for.
func admit(c *workload.Call, perm *workload.Node, more []grantee) error {
	v2, old := elementsOf(perm, "grantedToIdentitiesV2"), elementsOf(perm, "grantedToIdentities")
	has := granteeIDs(perm)
	for i := range more {
		g := &more[i]
		if err := g.link(c, perm); err != nil {
			return err
		}
		if slices.Contains(has, text(g.of, "id")) {
			continue
		}
		o, n := g.identities()
		old, v2 = append(old, o), append(v2, n)
	}
	if len(more) == 0 {
		return nil
	}
	return c.System.Write(c, perm, value.Members{{Name: "grantedToIdentitiesV2", Value: value.Array(v2...)}, {Name: "grantedToIdentities", Value: value.Array(old...)}})
}

func elementsOf(n *workload.Node, name string) []value.Raw {
	raw, _ := n.Get(name)
	return slices.Collect(raw.Elements())
}

// onePermission is the answer of an operation that gives a permission.
func onePermission(n workload.Node) workload.Result {
	return workload.Result{One: permissionEntity(n), Status: 200, Of: edm.Ref{Name: permission}, HasOf: true}
}

// permissionList is the answer of an operation that gives permissions.
func permissionList() workload.Result {
	return workload.Result{IsList: true, Total: -1, Of: edm.Ref{Name: permission, Many: true}, HasOf: true}
}

// invite gives users and groups a permission each, and moves the eTag (B-14.24, B-14.135).
func invite(c *workload.Call) (workload.Result, error) {
	res := permissionList()
	if err := sharable(c); err != nil {
		return res, err
	}
	roles, err := rolesOf(c, c.Body)
	if err != nil {
		return res, err
	}
	until, err := endOf(c, c.Body)
	if err != nil {
		return res, err
	}
	found, failed, err := recipientsOf(c, "recipients")
	if err != nil {
		return res, err
	}
	n, mails := &c.Self, c.Body.Bool("sendInvitation")
	for i := range found {
		g := &found[i]
		m := g.grant()
		m.Set("roles", roles)
		if !until.IsZero() {
			m.Set("expirationDateTime", value.Time(until))
		}
		perm, err := grantIn(c, n, m)
		if err == nil {
			err = g.link(c, &perm)
		}
		if err == nil && !until.IsZero() {
			err = c.Wake(&perm, until, workload.Expire)
		}
		if err != nil {
			return res, err
		}
		shown := permissionEntity(perm)
		if mails {
			shown.Members.Set("invitation", value.Members{{Name: "email", Value: value.String(g.mail())}, {Name: "signInRequired", Value: "true"}}.Object())
			why, err := mailInvitation(c, n, g)
			if err != nil {
				return res, err
			}
			if why != "" && !slices.Contains(res.Warn, why) {
				res.Warn = append(res.Warn, why)
			}
		}
		res.List = append(res.List, *shown)
	}
	t, _ := c.Model.Type(permission)
	for _, r := range failed { // B-14.136
		e := unresolved()
		about := value.Members{{Name: "code", Value: value.String(e.Code)}, {Name: "message", Value: value.String(e.Message)},
			{Name: "innererror", Value: value.Texts("code", e.Inner).Object()}}
		res.List = append(res.List, workload.Entity{Node: workload.Node{Ref: workload.NoRef, Type: t, Exists: true}, Exact: true,
			Members: value.Members{{Name: "invitation", Value: value.Texts("email", r.Text("email")).Object()}, {Name: "error", Value: about.Object()}}})
	}
	if isRoot(n) { // it has no eTag (B-14.11)
		return res, nil
	}
	at, _ := n.Get("lastModifiedDateTime")
	return res, c.System.Write(c, n, value.Members{next(n, "eTag", ""), {Name: "lastModifiedDateTime", Value: at}})
}

// grantIn stores the permission of a grantee in an item: the one that is there, with other
// roles, or a new one.
func grantIn(c *workload.Call, n *workload.Node, m value.Members) (workload.Node, error) {
	if ref, ok := c.Tx.Find(n.Ref, permissions, m.Text("id")); ok {
		if perm, ok := nodeOf(c, ref, permission); ok {
			return perm, c.System.Write(c, &perm, m)
		}
	}
	return c.System.Create(c, n, permissions, m)
}

// mailInvitation puts a mail about a shared item into the Inbox of a user. why says what is
// not done instead.
func mailInvitation(c *workload.Call, n *workload.Node, g *grantee) (why string, err error) {
	if g.group {
		return "No invitation is sent to members of a group.", nil
	}
	user, ok := nodeOf(c, g.ref, workload.User)
	if !ok {
		return "", nil
	}
	user.Home = workload.Home{Owner: &workload.Node{Type: c.Model.Root(), Exists: true}, Key: user.Text("id")}
	user.Home.Nav, _ = c.Model.Root().Navigation("users")
	inbox, err := c.System.Member(c, &user, "mailFolders", "inbox")
	if err != nil || !inbox.Exists {
		return "No invitation is sent to a user without a mailbox.", nil //nolint:nilerr // that is what it says
	}
	at, ok := placeOf(c, n)
	if !ok {
		return "", nil
	}
	name := "Somebody"
	var from value.Raw
	if _, e, ok := byID(c.Tx, "users", c.Caller.User); ok && c.Caller.User != "" {
		by := grantee{of: e.Object}
		name = text(e.Object, "displayName")
		from = mailbox(name, by.mail())
	}
	words := value.Texts("contentType", "text", "content", strings.TrimSpace(c.Body.Text("message")+"\n\n"+at.address(n)))
	m := value.Members{{Name: "subject", Value: value.String(name + ` shared "` + n.Text("name") + `" with you.`)}, {Name: "body", Value: words.Object()},
		{Name: "toRecipients", Value: value.Array(mailbox(text(g.of, "displayName"), g.mail()))}}
	now := value.Time(c.Now())
	over := value.Members{{Name: "isDraft", Value: "false"}, {Name: "isRead", Value: "false"}, {Name: "sentDateTime", Value: now}, {Name: "receivedDateTime", Value: now}}
	if from != "" {
		over.Set("from", from)
		over.Set("sender", from)
	}
	_, err = c.System.Post(c, &inbox, "messages", m, over)
	return "", err
}

func mailbox(name, address string) value.Raw {
	return value.Members{{Name: "emailAddress", Value: value.Texts("name", name, "address", address).Object()}}.Object()
}

// grantLink lets more users follow a link (B-14.141).
func grantLink(c *workload.Call) (workload.Result, error) {
	res := permissionList()
	perm, err := linkIn(c)
	if err != nil {
		return res, err
	}
	found, _, err := recipientsOf(c, "recipients")
	if err != nil {
		return res, err
	}
	if err := admit(c, &perm, found); err != nil {
		return res, err
	}
	res.List = append(res.List, *permissionEntity(perm))
	return res, nil
}

// revokeLink takes it from users again.
func revokeLink(c *workload.Call) (workload.Result, error) {
	perm, err := linkIn(c)
	if err != nil {
		return workload.Result{}, err
	}
	found, _, err := recipientsOf(c, "grantees")
	if err != nil {
		return workload.Result{}, err
	}
	var gone []string
	for i := range found {
		if err := found[i].unlink(c, &perm); err != nil {
			return workload.Result{}, err
		}
		gone = append(gone, text(found[i].of, "id"))
	}
	var m value.Members
	for _, name := range [...]string{"grantedToIdentitiesV2", "grantedToIdentities"} {
		m.Set(name, value.Array(slices.DeleteFunc(elementsOf(&perm, name), func(one value.Raw) bool {
			for _, kind := range [...]string{"user", "group"} {
				raw, _ := one.Members().Get(kind)
				if slices.Contains(gone, raw.Members().Text("id")) {
					return true
				}
			}
			return false
		})...))
	}
	if err := c.System.Write(c, &perm, m); err != nil {
		return workload.Result{}, err
	}
	return onePermission(perm), nil
}

// linkIn is the link that an operation on a permission is about.
func linkIn(c *workload.Call) (workload.Node, error) {
	n := c.Self
	if !n.Exists {
		return n, grapherr.NotFound("permission", n.Home.Key)
	}
	if err := refuseInherited(&n); err != nil {
		return n, err
	}
	if raw, _ := n.Get("link"); raw.IsNull() && !c.Presumes() {
		return n, invalid("The permission is no link.")
	}
	return n, nil
}

// sharedWithMe lists what others have shared with the owner of the drive, or with the caller
// where it belongs to no user (B-14.113).
func sharedWithMe(c *workload.Call) (workload.Result, error) {
	res := workload.Result{IsList: true, Total: -1, Of: edm.Ref{Name: driveItem, Many: true}, HasOf: true}
	who := c.Caller.User
	if o, ok := ownerOf(c.Tx, c.System.Switches(), c.Self.Text("id")); ok && o.kind == business {
		who = text(o.of, "id")
	}
	user, ok := c.Tx.Find(0, "users", who)
	if !c.Self.Exists || !ok {
		return res, nil
	}
	own := sharepoint.Of(who).Drive()
	seen := map[store.Ref]bool{}
	for perm := range c.Tx.Members(user, granted, 0) {
		ref, nav, _, ok := c.Tx.Owner(perm)
		n, is := nodeOf(c, ref, driveItem)
		if !ok || nav != permissions || !is || seen[ref] {
			continue
		}
		seen[ref] = true
		shown, err := show(c, n)
		if err != nil {
			return res, err
		}
		if e, ok := remote(shown, own); ok {
			res.List = append(res.List, e)
		}
	}
	return res, nil
}

// remote is an item of another drive as the drive shows it that it is shared with; false:
// it lies in a recycle bin, or in the drive itself.
func remote(e *workload.Entity, own string) (workload.Entity, bool) {
	raw, ok := e.Members.Get("parentReference")
	parent := raw.Members()
	if !ok || parent.Text("driveId") == own {
		return workload.Entity{}, false
	}
	var far value.Members
	for _, name := range [...]string{"createdBy", "createdDateTime", "file", "fileSystemInfo", "folder", "id", "lastModifiedBy", "lastModifiedDateTime", "name", "package",
		"parentReference", "shared", "sharepointIds", "size", "webDavUrl", "webUrl"} {
		if raw, ok := e.Members.Get(name); ok && raw != "" && !raw.IsNull() {
			far.Set(name, raw)
		}
	}
	near := e.Members.Clone()
	for _, name := range [...]string{"cTag", "eTag", "publication", "shared"} {
		near.Set(name, "")
	}
	near.Set("parentReference", value.Texts("driveType", parent.Text("driveType"), "driveId", parent.Text("driveId")).Object()) // R-F8
	near.Set("remoteItem", far.Object())
	return workload.Entity{Node: workload.Node{Ref: workload.NoRef, Type: e.Type, Exists: true, Home: e.Home}, Members: near}, true
}
