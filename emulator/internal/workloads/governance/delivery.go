package governance

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// The names that navigations have in the store (traits.yaml).
const (
	roleScopesNav = "accessPackageResourceRoleScopes"
	roleNav       = "accessPackageResourceRole"
	scopeNav      = "accessPackageResourceScope"
	rolesNav      = "accessPackageResourceRoles"
	resourceNav   = "accessPackageResource"
)

// grants names the records of an assignment: one for each link that the assignment gives.
// The member "own" of a record is false where the target had the link without any assignment.
const grants = "grants"

// text gives a string member of a stored entity.
func text(tx *store.Reader, ref store.Ref, name string) string {
	e, _ := tx.Get(ref)
	raw, _ := e.Object.Get(name)
	s, _ := raw.Text()
	return s
}

// roleOf finds the role of a role scope. A role scope may give its role by the id alone; the
// catalog of the package then has the role.
func roleOf(tx *store.Reader, pack, roleScope store.Ref) (store.Ref, bool) {
	ref, ok := tx.One(roleScope, roleNav)
	if !ok || text(tx, ref, "originId") != "" {
		return ref, ok
	}
	catalog, ok := tx.One(pack, "catalog")
	if !ok {
		return 0, false
	}
	return tx.Find(catalog, rolesNav, text(tx, ref, "id"))
}

// places lists what the role scopes of a package give. An origin such as Member_{group}
// names the navigation and the group; a role of an application is one of its app roles, and the
// scope names the service principal.
func places(tx *store.Reader, pack store.Ref) []place {
	var out []place
	for rs := range tx.Members(pack, roleScopesNav, 0) {
		role, ok := roleOf(tx, pack, rs)
		if !ok {
			continue
		}
		origin := text(tx, role, "originId")
		kind, group, _ := strings.Cut(origin, "_")
		p := place{owner: group, nav: strings.ToLower(kind) + "s"}
		if strings.EqualFold(text(tx, role, "originSystem"), "AadApplication") {
			scope, _ := tx.One(rs, scopeNav)
			p = place{text(tx, scope, "originId"), assignedNav, origin}
		}
		if (p.nav == "members" || p.nav == "owners" || p.nav == assignedNav && p.role != "") && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// packaged finds a package of the catalog with a role scope of a resource.
func packaged(tx *store.Reader, catalog, resource *workload.Node) (name string, ok bool) {
	origin := resource.Text("originId")
	for pack := range tx.Members(catalog.Ref, "accessPackages", 0) {
		for rs := range tx.Members(pack, roleScopesNav, 0) {
			role, _ := roleOf(tx, pack, rs)
			of, _ := tx.One(role, resourceNav)
			scope, _ := tx.One(rs, scopeNav)
			_, group, _ := strings.Cut(text(tx, role, "originId"), "_")
			if of == resource.Ref || origin != "" && (strings.EqualFold(group, origin) || strings.EqualFold(text(tx, scope, "originId"), origin)) {
				return text(tx, pack, "displayName"), true
			}
		}
	}
	return "", false
}

// delivered reports whether an assignment is in force.
func delivered(tx *store.Reader, ref store.Ref) bool {
	return strings.EqualFold(text(tx, ref, "state"), "delivered")
}

// assignmentsWith lists the assignments that have a text in an indexed property.
func assignmentsWith(tx *store.Reader, name, is string) []store.Ref {
	if is == "" {
		return nil
	}
	return slices.Collect(tx.Lookup(workload.IndexOf(assignmentType, name), is))
}

// regrant brings the assignments of a package in line with the role scopes it has now.
func regrant(c *workload.Call, pack string) error {
	for _, ref := range assignmentsWith(c.Tx, "accessPackageId", pack) {
		n, err := assignmentAt(c, ref)
		if err != nil {
			return err
		}
		if delivered(c.Tx, ref) {
			if err := grant(c, &n, pack); err != nil {
				return err
			}
		}
	}
	return nil
}

func assignmentAt(c *workload.Call, ref store.Ref) (workload.Node, error) {
	_, _, key, _ := c.Tx.Owner(ref)
	return lookUp(c, key, "accessPackageAssignments", "assignments")
}

// grant gives the target of an assignment what the package has, and takes away what it has no
// longer. A link that a tenant's files list beside the assignment is the assignment's: an export
// has both.
func grant(c *workload.Call, n *workload.Node, pack string) error {
	p, err := lookUp(c, pack, "accessPackages")
	if err != nil || p.Ref <= 0 {
		return err
	}
	wanted := places(c.Tx, p.Ref)
	if err := revoke(c, n, wanted); err != nil {
		return err
	}
	who, ok := principalOf(c.Tx, n.Text("targetId"))
	if !ok {
		return nil
	}
	for _, to := range wanted {
		if _, has := granted(c, n, to); has {
			continue
		}
		g, err := to.ownerOf(c)
		if err != nil {
			return err
		}
		if g.Ref <= 0 {
			continue
		}
		_, had := to.held(c.Tx, g.Ref, who)
		own := c.Loading() || !had || elsewhere(c, n, to, true)
		if err := to.give(c, &g, who); err != nil {
			return err
		}
		if err := c.System.Remember(c, n, grants, to.key(), value.Members{{Name: "own", Value: value.Raw(strconv.FormatBool(own))}}); err != nil {
			return err
		}
	}
	return nil
}

// revoke takes away what an assignment gave, but for what it keeps. The target keeps what it
// had before, and what another assignment gives.
func revoke(c *workload.Call, n *workload.Node, keep []place) error {
	type record struct {
		place
		own bool
	}
	var gone []record
	for key, o := range c.System.Remembered(c, n, grants) {
		own, _ := o.Get("own")
		if !slices.ContainsFunc(keep, func(p place) bool { return p.key() == key }) {
			gone = append(gone, record{placeOf(key), own == "true"})
		}
	}
	who, known := principalOf(c.Tx, n.Text("targetId"))
	for _, r := range gone {
		g, err := r.ownerOf(c)
		if err != nil {
			return err
		}
		taken := r.own && !elsewhere(c, n, r.place, false)
		if taken && (!known && workload.Deleted(c.Tx, n.Text("targetId")) || g.Ref <= 0 && workload.Deleted(c.Tx, r.owner)) {
			continue // the link is out of reach until both are restored; see reconcile
		}
		if err := c.System.Remember(c, n, grants, r.key(), nil); err != nil {
			return err
		}
		if !known || !taken || g.Ref <= 0 {
			continue
		}
		// A group that refuses to lose the target (its last owner) keeps it: the assignment ends all the same.
		if err := r.take(c, &g, who); err != nil && grapherr.From(err).Status >= 500 {
			return err
		}
	}
	return nil
}

// reconcile brings assignments in line with a user or a group that was restored: what ended
// meanwhile takes away what it gave, then what is in force gives what it has to.
func reconcile(c *workload.Call) (workload.Result, error) {
	m, err := management(c)
	if err != nil || m.Ref <= 0 || c.Self.Type == nil {
		return workload.Result{}, err
	}
	refs := assignmentsWith(c.Tx, "targetId", c.Self.Text("id"))
	if c.Self.Type.Is("microsoft.graph.group") {
		refs = slices.Collect(c.Tx.Members(m.Ref, "accessPackageAssignments", 0))
	}
	for _, inForce := range [...]bool{false, true} {
		for _, ref := range refs {
			n, err := assignmentAt(c, ref)
			pack := n.Text("accessPackageId")
			switch {
			case err != nil:
			case delivered(c.Tx, ref) != inForce:
			case !inForce:
				err = revoke(c, &n, nil)
			case pack != "":
				err = grant(c, &n, pack)
			}
			if err != nil {
				return workload.Result{}, err
			}
		}
	}
	return workload.Result{}, nil
}

// bereave ends the assignments of a user who is gone for good.
func bereave(c *workload.Call, user string) error {
	for _, ref := range assignmentsWith(c.Tx, "targetId", user) {
		if !delivered(c.Tx, ref) {
			continue
		}
		n, err := assignmentAt(c, ref)
		if err == nil {
			err = expire(c, &n)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// granted finds the record of what an assignment gives.
func granted(c *workload.Call, n *workload.Node, p place) (own, ok bool) {
	for key, o := range c.System.Remembered(c, n, grants) {
		if key == p.key() {
			return o.Bool("own"), true
		}
	}
	return false, false
}

// elsewhere reports whether another assignment of the same target gives the same; own asks for
// those that gave what the target did not have.
func elsewhere(c *workload.Call, n *workload.Node, p place, own bool) bool {
	for _, ref := range assignmentsWith(c.Tx, "targetId", n.Text("targetId")) {
		if ref == n.Ref || !delivered(c.Tx, ref) {
			continue
		}
		if is, ok := granted(c, &workload.Node{Ref: ref}, p); ok && (is || !own) {
			return true
		}
	}
	return false
}

// deliver stores a new assignment with what it refers to, and gives what its package has.
func deliver(c *workload.Call, m *workload.Node, nav string) (workload.Node, error) {
	made := c.Body.Clone()
	for _, s := range [...][2]value.Raw{{"state", `"delivered"`}, {"status", `"Delivered"`}, {"assignmentState", `"Delivered"`}, {"assignmentStatus", `"Delivered"`}} {
		made.Set(string(s[0]), s[1])
	}
	if strings.EqualFold(c.Self.Text("requestType"), "userAdd") && made.Text("targetId") == "" {
		made.Set("targetId", value.String(c.Caller.User))
	}
	if schedule, ok := c.Self.Get("schedule"); ok {
		made.SetMissing("schedule", schedule)
	}
	begin(c.Now(), &made)
	n, err := c.System.Create(c, m, nav, made)
	if err != nil {
		return n, err
	}
	var policy workload.Node
	for _, to := range []struct {
		id   string
		nav  string
		navs []string
	}{
		{made.Text("accessPackageId"), "accessPackage", []string{"accessPackages"}},
		{made.Text("assignmentPolicyId"), "assignmentPolicy", []string{"accessPackageAssignmentPolicies", "assignmentPolicies"}},
	} {
		if to.id == "" {
			continue
		}
		other, err := lookUp(c, to.id, to.navs...)
		switch {
		case err != nil:
			return n, err
		case !other.Exists && !c.Presumes():
			return n, grapherr.NotFound(other.Type.Name.Short(), to.id)
		case other.Ref > 0:
			if err := c.System.Link(c, &n, to.nav, other.Ref); err != nil {
				return n, err
			}
		}
		if to.nav == "assignmentPolicy" {
			policy = other
		}
	}
	if id := made.Text("targetId"); id != "" {
		if _, err = c.System.Create(c, &n, "target", subject(c.Tx, id)); err != nil {
			return n, err
		}
	}
	if end := until(c.Now(), &n, &policy); !end.IsZero() {
		if err := c.Wake(&n, end, ends); err != nil {
			return n, err
		}
	}
	if pack := made.Text("accessPackageId"); pack != "" {
		return n, grant(c, &n, pack)
	}
	return n, nil
}

// resume gives what an assignment of a tenant's files has to, and waits for its end.
func resume(c *workload.Call, _, n *workload.Node) error {
	if !delivered(c.Tx, n.Ref) {
		return nil
	}
	var policy workload.Node
	if id := n.Text("assignmentPolicyId"); id != "" {
		var err error
		if policy, err = lookUp(c, id, "accessPackageAssignmentPolicies", "assignmentPolicies"); err != nil {
			return err
		}
	}
	if end := until(c.Now(), n, &policy); !end.IsZero() {
		if err := c.Wake(n, end, ends); err != nil {
			return err
		}
	}
	if pack := n.Text("accessPackageId"); pack != "" {
		return grant(c, n, pack)
	}
	return nil
}

// begin writes into the schedule of a request or an assignment what nobody said: it starts
// at once, and its end is not specified.
func begin(now time.Time, made *value.Members) {
	raw, _ := made.Get("schedule")
	schedule := raw.Members()
	if at, ok := schedule.Get("startDateTime"); !ok || at.IsNull() {
		schedule.Set("startDateTime", value.Time(now))
	}
	if end, ok := schedule.Get("expiration"); !ok || end.IsNull() {
		schedule.Set("expiration", `{"endDateTime":null,"duration":null,"type":"notSpecified"}`)
	}
	made.Set("schedule", schedule.Object())
}

// until is when an assignment ends by its schedule, else by its policy; zero: never.
func until(now time.Time, n, policy *workload.Node) time.Time {
	schedule, _ := n.Get("schedule")
	start, end := span(now, schedule)
	if !end.IsZero() || policy.Ref <= 0 {
		return end
	}
	if raw, _ := policy.Get("expiration"); raw.Kind() == value.KindObject { // of v1.0
		_, end = span(start, value.Members{{Name: "expiration", Value: raw}}.Object())
		return end
	}
	raw, _ := policy.Get("durationInDays")
	if days, err := strconv.Atoi(string(raw)); err == nil && days > 0 {
		return start.AddDate(0, 0, days)
	}
	end, _ = odata.ParseInstant(policy.Text("expirationDateTime"))
	return end
}

// subject is what entitlement management knows of a principal.
func subject(tx *store.Reader, id string) value.Members {
	out := value.Members{{Name: "objectId", Value: value.String(id)}}
	ref, ok := principalOf(tx, id)
	if !ok {
		return out
	}
	e, _ := tx.Get(ref)
	kinds := [...]string{"ServicePrincipal", "servicePrincipal"}
	if e.Object.Type() == "microsoft.graph.user" {
		kinds = [...]string{"User", "user"}
	}
	out.Set("type", value.String(kinds[0]))        // in beta
	out.Set("subjectType", value.String(kinds[1])) // in v1.0
	for _, as := range [...][2]string{{"displayName", "displayName"}, {"principalName", "userPrincipalName"}, {"email", "mail"}, {"onPremisesSecurityIdentifier", "onPremisesSecurityIdentifier"}} {
		if raw, ok := e.Object.Get(as[1]); ok {
			out.Set(as[0], raw)
		}
	}
	return out
}

// expire ends an assignment.
func expire(c *workload.Call, n *workload.Node) error {
	if err := revoke(c, n, nil); err != nil {
		return err
	}
	return c.System.Write(c, n, value.Members{{Name: "state", Value: `"expired"`}, {Name: "status", Value: `"Expired"`},
		{Name: "assignmentState", Value: `"Expired"`}, {Name: "assignmentStatus", Value: `"ExpiredNotificationTriggered"`},
		{Name: "expiredDateTime", Value: value.Time(c.Now())}})
}

// lapse runs when the time of an assignment is over.
func lapse(c *workload.Call) (workload.Result, error) {
	if !delivered(c.Tx, c.Self.Ref) {
		return workload.Result{}, nil
	}
	return workload.Result{}, expire(c, &c.Self)
}

func deleteAssignment(c *workload.Call) (workload.Result, error) {
	if c.Self.Ref > 0 && c.Owned() {
		if err := revoke(c, &c.Self, nil); err != nil {
			return workload.Result{}, err
		}
	}
	return c.Next()
}

// deletePackage refuses while somebody has the package.
func deletePackage(c *workload.Call) (workload.Result, error) {
	if c.Self.Ref > 0 && slices.ContainsFunc(assignmentsWith(c.Tx, "accessPackageId", c.Self.Text("id")), func(ref store.Ref) bool { return delivered(c.Tx, ref) }) {
		return workload.Result{}, grapherr.BadRequest("The access package: %s can not be deleted because there are active assignments.", c.Self.Text("displayName")).
			Because("", "Remove the assignments by requests of the type adminRemove first.")
	}
	return c.Next()
}

// deleteCatalog refuses for the catalog that every tenant has.
func deleteCatalog(c *workload.Call) (workload.Result, error) {
	if c.Self.Exists && c.Self.Text("catalogType") == "serviceDefault" {
		return workload.Result{}, grapherr.BadRequest("The built-in catalog can not be deleted.")
	}
	return c.Next()
}
