package governance

import (
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// schedule is what privileged identity management keeps of one kind: who may have a role,
// or be something to a group (eligibility), and who does (assignment).
type schedule struct {
	name     edm.Name // of a schedule; requests and instances are named after it
	nav      string   // of the schedules; the others' begin as it does
	ofGroup  bool
	eligible bool
}

var scheduled = []schedule{
	{name: "microsoft.graph.unifiedRoleAssignmentSchedule", nav: "roleAssignmentSchedules"},
	{name: "microsoft.graph.unifiedRoleEligibilitySchedule", nav: "roleEligibilitySchedules", eligible: true},
	{name: "microsoft.graph.privilegedAccessGroupAssignmentSchedule", nav: "assignmentSchedules", ofGroup: true},
	{name: "microsoft.graph.privilegedAccessGroupEligibilitySchedule", nav: "eligibilitySchedules", ofGroup: true, eligible: true},
}

func (s *schedule) request() edm.Name  { return s.name + "Request" }
func (s *schedule) instance() edm.Name { return s.name + "Instance" }

// keeper has the schedules.
func (s *schedule) keeper() edm.Name {
	if s.ofGroup {
		return "microsoft.graph.privilegedAccessGroup"
	}
	return "microsoft.graph.rbacApplication"
}

// instances is the navigation of what is in force, origin what an instance calls its
// schedule.
func (s *schedule) instances() string { return strings.TrimSuffix(s.nav, "s") + "Instances" }
func (s *schedule) origin() string    { return strings.TrimSuffix(s.nav, "s") + "Id" }

// What a schedule asks its wake-ups for.
const (
	begins = "begin"
	ends   = "expire"
)

func scheduleRules() []workload.Rule {
	var out []workload.Rule
	for i := range scheduled {
		s := &scheduled[i]
		out = append(out, workload.Rule{Type: s.request(), Verb: bind.Create, Do: s.perform},
			workload.Rule{Type: s.request(), Verb: bind.Invoke("cancel"), Do: s.cancel},
			workload.Rule{Type: s.name, Verb: bind.Invoke(begins), ByTime: true, Do: s.begin},
			workload.Rule{Type: s.name, Verb: bind.Invoke(ends), ByTime: true, Do: s.expire})
		if s.ofGroup {
			for _, t := range [...]edm.Name{s.name, s.instance()} { // requests are listed without a filter as well: hamilton does
				out = append(out, workload.Rule{Type: t, Verb: bind.List, Do: ofOne})
			}
		}
	}
	return out
}

// scheduleViews show what there is of schedules and instances, and what they and requests
// refer to by ids.
func scheduleViews() []workload.View {
	var out []workload.View
	for i := range scheduled {
		s := &scheduled[i]
		schedules := here(s.keeper(), s.nav)
		schedules.Settle = s.resume
		out = append(out, workload.View{Type: s.request(), Nav: "targetSchedule", Find: s.target}, schedules, here(s.keeper(), s.instances()))
		if s.ofGroup {
			for _, t := range [...]edm.Name{s.name, s.request(), s.instance()} {
				out = append(out, workload.View{Type: t, Nav: "principal", Find: principal}, workload.View{Type: t, Nav: "group", Find: group})
			}
		}
	}
	return out
}

func group(s workload.Scope, n *workload.Node, _ string) (workload.Item, bool) {
	ref, ok := s.Tx.Find(0, "groups", n.Text("groupId"))
	return workload.Item{At: ref, Ref: ref}, ok
}

func (s *schedule) target(scope workload.Scope, n *workload.Node, _ string) (workload.Item, bool) {
	if from, _, _, ok := scope.Tx.Owner(n.Ref); ok {
		if ref, ok := scope.Tx.Find(from, s.nav, n.Text("targetScheduleId")); ok {
			return workload.Item{At: ref, Ref: ref}, true
		}
	}
	return workload.Item{}, false
}

// asked are the texts that a list's filter compares properties with.
func asked(c *workload.Call) map[string]string {
	out := map[string]string{}
	for _, set := range eval.Equalities(c.Nav.Target(), c.Query.Filter) {
		for _, q := range set {
			out[q.Name] = q.Text
		}
	}
	return out
}

// ofOne refuses a list that does not say whose schedules are meant, as the service's
// pages do.
func ofOne(c *workload.Call) (workload.Result, error) {
	if c.Presumes() || c.Nav == nil {
		return c.Next()
	}
	by := asked(c)
	_, group := by["groupId"]
	if _, principal := by["principalId"]; !group && !principal {
		return workload.Result{}, grapherr.BadRequest("The $filter must compare groupId or principalId with eq.")
	}
	return c.Next()
}

// pim is a refusal of privileged identity management.
func pim(code, message string) *grapherr.Error {
	return &grapherr.Error{Status: 400, Code: code, Message: message}
}

// perform does at once what a request asks for (C-10.10): no request here waits for an
// approver.
func (s *schedule) perform(c *workload.Call) (workload.Result, error) {
	if c.Loading() {
		return c.Next()
	}
	action := strings.ToLower(c.Body.Text("action"))
	adds := action == "adminassign" || action == "adminadd" || activates(action)
	was, exists := same(c.Tx, &c.Self, s.nav, c.Body.Text)
	if !c.Presumes() {
		if err := s.check(c, action, adds, exists); err != nil {
			return workload.Result{}, err
		}
	}
	c.Body.Set("createdBy", value.Members{{Name: "user", Value: value.Members{{Name: "id", Value: value.String(c.Caller.User)}}.Object()}}.Object())
	c.Body.Set("completedDateTime", value.Time(c.Now()))
	if c.Body.Bool("isValidationOnly") {
		c.Body.Set("status", `"Granted"`)
		return c.Next()
	}
	if exists { // what is removed ends, and what is changed begins anew
		c.Body.Set("targetScheduleId", value.String(was.Text("id")))
		if err := s.end(c, &c.Self, &was); err != nil {
			return workload.Result{}, err
		}
	}
	if strings.HasSuffix(action, "remove") || strings.HasSuffix(action, "deactivate") {
		c.Body.Set("status", `"Revoked"`)
		return c.Next()
	}
	c.Body.Set("status", `"Provisioned"`)
	if err := s.plan(c, activates(action)); err != nil {
		return workload.Result{}, err
	}
	return c.Next()
}

// activates reports whether an action makes an assignment of an eligibility.
func activates(action string) bool { return action == "selfactivate" || action == "useradd" }

// check refuses a request about what there is not, and a second schedule of the same.
func (s *schedule) check(c *workload.Call, action string, adds, exists bool) error {
	if !s.ofGroup {
		if err := assignable(c); err != nil {
			return err
		}
	} else if err := manageable(c); err != nil {
		return err
	}
	there := exists
	if adds && !exists && !s.eligible {
		there = s.engaged(c)
	}
	switch {
	case adds && there:
		return pim("RoleAssignmentExists", "The Role assignment already exists.")
	case !adds && !exists:
		return pim("RoleAssignmentDoesNotExist", "The Role assignment does not exist.")
	case s.ofGroup && adds:
		if info, _ := c.Body.Get("scheduleInfo"); info.Kind() != value.KindObject {
			return grapherr.Required(s.request().Short(), "scheduleInfo")
		}
	}
	if activates(action) {
		eligible := strings.NewReplacer("assignment", "eligibility", "Assignment", "Eligibility").Replace(s.nav)
		if _, ok := same(c.Tx, &c.Self, eligible, c.Body.Text); !ok {
			return pim("RoleAssignmentDoesNotExist", "The Role assignment does not exist.")
		}
	}
	return nil
}

// manageable looks up the group and the principal of the body. The members of a group that
// follow from a rule are nobody's to give.
func manageable(c *workload.Call) error {
	root := &workload.Node{Type: c.Model.Root(), Exists: true}
	g, err := c.System.Member(c, root, "groups", c.Body.Text("groupId"))
	if err != nil || !g.Exists {
		return grapherr.NotFound("group", c.Body.Text("groupId"))
	}
	if types, _ := g.Get("groupTypes"); strings.Contains(string(types), "DynamicMembership") {
		return grapherr.BadRequest("Members of a group with a dynamic membership rule cannot be managed.")
	}
	if n, err := c.System.Member(c, root, "directoryObjects", c.Body.Text("principalId")); err != nil || !n.Exists {
		return grapherr.NotFound("directoryObject", c.Body.Text("principalId"))
	}
	return nil
}

// engaged reports whether the principal of the body has the role, or is in the group, by
// other means.
func (s *schedule) engaged(c *workload.Call) bool {
	if !s.ofGroup {
		_, has := same(c.Tx, &c.Self, "roleAssignments", c.Body.Text)
		return has
	}
	g, links, who, ok := member(c.Tx, c.Body.Text)
	return ok && c.Tx.Linked(g, links, who)
}

// member are the group, the navigation and the principal that a schedule is about.
func member(tx *store.Reader, text func(string) string) (group store.Ref, nav string, who store.Ref, ok bool) {
	group, there := tx.Find(0, "groups", text("groupId"))
	who, known := principalOf(tx, text("principalId"))
	return group, strings.ToLower(text("accessId")) + "s", who, there && known
}

// plan stores what a request asks for, and lets it begin when its time has come.
func (s *schedule) plan(c *workload.Call, activated bool) error {
	made := value.Members{{Name: "status", Value: `"Provisioned"`}, {Name: "memberType", Value: `"Direct"`}}
	for _, name := range append(about[:], "scheduleInfo") {
		if v, ok := c.Body.Get(name); ok {
			made.Set(name, v)
		}
	}
	id := c.Body.Text("targetScheduleId")
	if id == "" {
		if id = c.Tx.NewGUID(); s.ofGroup {
			id = c.Body.Text("groupId") + "_" + c.Body.Text("accessId") + "_" + id
		}
	}
	made.Set("id", value.String(id))
	if !s.eligible {
		made.Set("assignmentType", value.String(map[bool]string{true: "Activated", false: "Assigned"}[activated]))
	}
	n, err := c.System.Create(c, &c.Self, s.nav, made)
	if err != nil {
		return err
	}
	c.Body.Set("targetScheduleId", value.String(id))
	start, end := window(c, &n)
	if err := await(c, &n, start, end); err != nil || start.After(c.Now()) {
		return err
	}
	return s.start(c, &c.Self, &n)
}

// await asks for the times at which a schedule begins, unless it has, and ends.
func await(c *workload.Call, n *workload.Node, start, end time.Time) error {
	if !end.IsZero() {
		if err := c.Wake(n, end, ends); err != nil {
			return err
		}
	}
	if start.After(c.Now()) {
		return c.Wake(n, start, begins)
	}
	return nil
}

// resume is told of a schedule that a tenant's files have, in force or to come.
func (s *schedule) resume(c *workload.Call, owner, n *workload.Node) error {
	start, end := window(c, n)
	if in, ok := same(c.Tx, owner, s.instances(), n.Text); ok {
		start = time.Time{}
		end, _ = odata.ParseInstant(in.Text("endDateTime"))
	}
	return await(c, n, start, end)
}

// window is the time in which a schedule is in force; a zero end: for ever.
func window(c *workload.Call, n *workload.Node) (start, end time.Time) {
	info, _ := n.Get("scheduleInfo")
	return span(c.Now(), info)
}

// span is the time that a schedule describes, from now on.
func span(now time.Time, info value.Raw) (start, end time.Time) {
	start = now
	if info.Kind() != value.KindObject {
		return start, end
	}
	if at, ok := odata.ParseInstant(info.Members().Text("startDateTime")); ok && at.After(start) {
		start = at
	}
	until, _ := info.Members().Get("expiration")
	if until.Kind() != value.KindObject {
		return start, end
	}
	if d, ok := odata.ParseDuration(until.Members().Text("duration")); ok {
		return start, start.Add(d)
	}
	end, _ = odata.ParseInstant(until.Members().Text("endDateTime"))
	return start, end
}

// start puts a schedule into force: there is an instance of it, and an assignment makes the
// principal what it says.
func (s *schedule) start(c *workload.Call, owner, n *workload.Node) error {
	made := value.Members{{Name: "memberType", Value: `"Direct"`}, {Name: s.origin(), Value: value.String(n.Text("id"))}, {Name: "startDateTime", Value: value.Time(c.Now())}}
	for _, name := range append(about[:], "assignmentType") {
		if v, ok := n.Get(name); ok {
			made.Set(name, v)
		}
	}
	if _, end := window(c, n); !end.IsZero() {
		made.Set("endDateTime", value.Time(end))
	}
	if s.ofGroup {
		made.Set("id", value.String(n.Text("groupId")+"_"+n.Text("accessId")+"_"+c.Tx.NewGUID()))
	}
	if !s.eligible {
		if err := s.engage(c, owner, n, &made); err != nil {
			return err
		}
	}
	_, err := c.System.Create(c, owner, s.instances(), made)
	return err
}

// engage makes the principal of an assignment a member or an owner of the group, or gives
// it the role.
func (s *schedule) engage(c *workload.Call, owner, n *workload.Node, instance *value.Members) error {
	if s.ofGroup {
		return tied(c, n, c.System.Link)
	}
	has, ok := same(c.Tx, owner, "roleAssignments", n.Text)
	if !ok {
		made := value.Members{}
		for _, name := range about {
			if v, ok := n.Get(name); ok {
				made.Set(name, v)
			}
		}
		var err error
		if has, err = c.System.Create(c, owner, "roleAssignments", made); err != nil {
			return err
		}
	}
	instance.Set("roleAssignmentOriginId", value.String(has.Text("id")))
	return nil
}

// tied makes or takes away the link that a schedule of a group stands for, if there is still
// whom it is about.
func tied(c *workload.Call, n *workload.Node, do func(*workload.Call, *workload.Node, string, store.Ref) error) error {
	_, links, who, ok := member(c.Tx, n.Text)
	if !ok {
		return nil
	}
	g, err := c.System.Member(c, &workload.Node{Type: c.Model.Root(), Exists: true}, "groups", n.Text("groupId"))
	if err != nil {
		return err
	}
	return do(c, &g, links, who)
}

// end takes a schedule away with what it gave.
func (s *schedule) end(c *workload.Call, owner, n *workload.Node) error {
	if in, ok := same(c.Tx, owner, s.instances(), n.Text); ok {
		if err := c.System.Delete(c, in.Ref); err != nil {
			return err
		}
		if !s.eligible {
			if err := s.disengage(c, owner, n); err != nil {
				return err
			}
		}
	}
	return c.System.Delete(c, n.Ref)
}

func (s *schedule) disengage(c *workload.Call, owner, n *workload.Node) error {
	if s.ofGroup {
		return tied(c, n, c.System.Unlink)
	}
	has, ok := same(c.Tx, owner, "roleAssignments", n.Text)
	if !ok {
		return nil
	}
	return c.System.Delete(c, has.Ref)
}

// begin and expire run when the time of a schedule has come, and is over.
func (s *schedule) begin(c *workload.Call) (workload.Result, error) {
	return workload.Result{}, s.start(c, c.Self.Home.Owner, &c.Self)
}

func (s *schedule) expire(c *workload.Call) (workload.Result, error) {
	return workload.Result{}, s.end(c, c.Self.Home.Owner, &c.Self)
}

// cancel withdraws a request: what has not begun does not begin.
func (s *schedule) cancel(c *workload.Call) (workload.Result, error) {
	if !c.Self.Exists {
		return workload.Result{}, grapherr.NotFound(c.Self.Type.Name.Short(), c.Self.Home.Key)
	}
	if owner := c.Self.Home.Owner; owner != nil {
		plan, planned := same(c.Tx, owner, s.nav, c.Self.Text)
		if _, begun := same(c.Tx, owner, s.instances(), c.Self.Text); planned && !begun && plan.Text("id") == c.Self.Text("targetScheduleId") {
			if err := c.System.Delete(c, plan.Ref); err != nil {
				return workload.Result{}, err
			}
		}
	}
	return workload.Result{Status: 204}, c.System.Write(c, &c.Self, value.Members{{Name: "status", Value: `"Canceled"`}})
}
