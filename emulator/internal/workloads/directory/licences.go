package directory

import (
	"iter"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// assignment is one reason why a user has a licence: its own, or a group's.
type assignment struct {
	sku   string
	group string    // that assigns it; empty: it is the user's own
	plans value.Raw // that are disabled
	fails string    // why it does not count; empty: it does
	since value.Raw
}

// assignments reads those of a user. A licence for which no reason is stored is the
// user's own.
func assignments(n *workload.Node) []assignment {
	var out []assignment
	if states, _ := n.Get("licenseAssignmentStates"); states.Kind() == value.KindArray {
		for el := range states.Elements() {
			m := el.Members()
			plans, _ := m.Get("disabledPlans")
			since, _ := m.Get("lastUpdatedDateTime")
			a := assignment{sku: m.Text("skuId"), group: m.Text("assignedByGroup"), plans: plans, since: since}
			if m.Text("state") == "Error" {
				a.fails = m.Text("error")
			}
			out = append(out, a)
		}
	}
	for _, own := range licensed(n) {
		if !slices.ContainsFunc(out, func(a assignment) bool { return a.counts(own.sku) }) {
			out = append(out, own)
		}
	}
	return out
}

// licensed reads assignedLicenses, of a user or of a group.
func licensed(n *workload.Node) []assignment {
	list, _ := n.Get("assignedLicenses")
	return listedLicences(list)
}

func listedLicences(list value.Raw) []assignment {
	var out []assignment
	if list.Kind() == value.KindArray {
		for el := range list.Elements() {
			plans, ok := el.Members().Get("disabledPlans")
			if !ok {
				plans = "[]"
			}
			out = append(out, assignment{sku: el.Members().Text("skuId"), plans: plans, since: value.Null})
		}
	}
	return out
}

// counts reports whether an assignment gives a licence.
func (a *assignment) counts(sku string) bool { return a.fails == "" && strings.EqualFold(a.sku, sku) }

func (a *assignment) is(sku, group string) bool {
	return strings.EqualFold(a.sku, sku) && strings.EqualFold(a.group, group)
}

// licence is what assignedLicenses says of a licence: a plan is disabled where every
// assignment disables it.
func licence(sku string, from []assignment) value.Raw {
	plans := texts(from[0].plans)
	for _, a := range from[1:] {
		also := texts(a.plans)
		plans = slices.DeleteFunc(plans, func(p string) bool { return !slices.Contains(also, p) })
	}
	return value.Members{{Name: "skuId", Value: value.String(sku)}, {Name: "disabledPlans", Value: value.Strings(plans)}}.Object()
}

// license stores the assignments of a user and counts the units that come and go: one for
// each licence, by however many ways the user has it.
func license(c *workload.Call, user *workload.Node, now []assignment) error {
	var have []value.Raw
	var states []value.Raw
	done := map[string]bool{}
	had := map[string]bool{}
	for _, a := range licensed(user) {
		had[strings.ToLower(a.sku)] = true
	}
	for i := range now {
		a := &now[i]
		key := strings.ToLower(a.sku)
		if a.fails == "" && !done[key] && !had[key] {
			if err := consume(c, a.sku, +1); err != nil {
				if a.group == "" {
					return err
				}
				a.fails = "CountViolation"
			}
		}
		if a.fails == "" {
			done[key] = true
		}
	}
	for _, a := range now {
		group, state, fails := value.Null, "Active", value.Null
		if a.group != "" {
			group = value.String(a.group)
		}
		if a.fails != "" {
			state, fails = "Error", value.String(a.fails)
		}
		states = append(states, value.Members{{Name: "skuId", Value: value.String(a.sku)}, {Name: "disabledPlans", Value: a.plans}, {Name: "assignedByGroup", Value: group},
			{Name: "state", Value: value.String(state)}, {Name: "error", Value: fails}, {Name: "lastUpdatedDateTime", Value: a.since}}.Object())
	}
	for i := range now {
		if key := strings.ToLower(now[i].sku); done[key] {
			done[key] = false // it is listed once
			var from []assignment
			for _, a := range now {
				if a.counts(now[i].sku) {
					from = append(from, a)
				}
			}
			have = append(have, licence(now[i].sku, from))
			delete(had, key)
		}
	}
	for _, a := range licensed(user) {
		if had[strings.ToLower(a.sku)] {
			if err := consume(c, a.sku, -1); err != nil {
				return err
			}
		}
	}
	return c.System.Write(c, user, value.Members{{Name: "assignedLicenses", Value: value.Array(have...)}, {Name: "licenseAssignmentStates", Value: value.Array(states...)}})
}

// assignLicense adds and removes licences of the subscriptions that the tenant has
// (B-12.7). Those of a group are its members' as well.
func assignLicense(c *workload.Call) (workload.Result, error) {
	if err := exists(c); err != nil {
		return workload.Result{}, err
	}
	if err := parameters(c, "addLicenses", "removeLicenses"); err != nil {
		return workload.Result{}, err
	}
	user := c.Self.Type.Is("microsoft.graph.user")
	given, _ := c.Body.Get("addLicenses")
	add := listedLicences(given)
	if user && len(add) > 0 && c.Self.Text("usageLocation") == "" && !c.Presumes() {
		return workload.Result{}, bad("License assignment cannot be done for user with invalid usage location.")
	}
	now := licensed(&c.Self)
	if user {
		now = assignments(&c.Self)
	}
	for _, a := range add {
		if !c.Presumes() && !sold(c.Tx, a.sku) {
			return workload.Result{}, bad("License " + a.sku + " does not correspond to a valid company License.")
		}
		a.since = value.Time(c.Now())
		if at := slices.IndexFunc(now, func(had assignment) bool { return had.is(a.sku, "") }); at >= 0 {
			now[at] = a
		} else {
			now = append(now, a)
		}
	}
	gone, _ := c.Body.Get("removeLicenses")
	for _, sku := range texts(gone) {
		at := slices.IndexFunc(now, func(had assignment) bool { return had.is(sku, "") })
		switch {
		case at >= 0:
			now = slices.Delete(now, at, at+1)
		case c.Presumes():
		case slices.ContainsFunc(now, func(had assignment) bool { return strings.EqualFold(had.sku, sku) }):
			return workload.Result{}, bad("User license is inherited from a group membership and it cannot be removed directly from the user.")
		default:
			return workload.Result{}, bad("User does not have a corresponding license.")
		}
	}
	if user {
		return workload.Result{Status: 200, One: &workload.Entity{Node: c.Self}}, license(c, &c.Self, now)
	}
	var list []value.Raw
	for _, a := range now {
		list = append(list, licence(a.sku, []assignment{a}))
	}
	if err := c.System.Write(c, &c.Self, value.Members{{Name: "assignedLicenses", Value: value.Array(list...)}}); err != nil {
		return workload.Result{}, err
	}
	for ref := range c.Tx.Members(c.Self.Ref, "members", 0) {
		if err := inherit(c, &c.Self, ref, now); err != nil {
			return workload.Result{}, err
		}
	}
	return workload.Result{One: &workload.Entity{Node: c.Self}}, nil
}

// inherit gives a member of a group the licences that the group has now, in place of those
// that it had. Whoever is no user has none.
func inherit(c *workload.Call, group *workload.Node, member store.Ref, now []assignment) error {
	e, ok := c.Tx.Get(member)
	if !ok || e.Object.Type() != "microsoft.graph.user" {
		return nil
	}
	user := workload.Node{Ref: member, Type: typeOf(c, "microsoft.graph.user"), Object: e.Object, Exists: true}
	id := group.Text("id")
	had := assignments(&user)
	kept := slices.DeleteFunc(slices.Clone(had), func(a assignment) bool {
		return a.group == id && !slices.ContainsFunc(now, func(n assignment) bool { return strings.EqualFold(n.sku, a.sku) })
	})
	for _, a := range now {
		a.group, a.since = id, value.Time(c.Now())
		at := slices.IndexFunc(kept, func(k assignment) bool { return k.is(a.sku, id) })
		if at < 0 {
			kept = append(kept, a)
		} else if kept[at].plans != a.plans || kept[at].fails != "" {
			kept[at] = a
		}
	}
	if slices.Equal(kept, had) {
		return nil
	}
	return license(c, &user, kept)
}

// joins and leaves give and take what a group's members have by it.
func joins(c *workload.Call, group, member *workload.Node) error {
	if now := licensed(group); len(now) > 0 {
		return inherit(c, group, member.Ref, now)
	}
	return nil
}

func leaves(c *workload.Call, group, member *workload.Node) error {
	if len(licensed(group)) == 0 {
		return nil
	}
	return inherit(c, group, member.Ref, nil)
}

// sold reports whether the tenant has a subscription of a SKU.
func sold(tx *store.Reader, sku string) bool {
	for ref := range tx.Members(0, "subscribedSkus", 0) {
		e, _ := tx.Get(ref)
		raw, _ := e.Object.Get("skuId")
		if id, _ := raw.Text(); strings.EqualFold(id, sku) {
			return true
		}
	}
	return false
}

const licenseDetails = "microsoft.graph.licenseDetails"

// licences shows what the licences of a user stand for.
func licences(s workload.Scope, owner *workload.Node, after store.Ref) iter.Seq[workload.Item] {
	return func(yield func(workload.Item) bool) {
		assigned, _ := owner.Get("assignedLicenses")
		has := map[string]bool{}
		if assigned.Kind() == value.KindArray {
			for el := range assigned.Elements() {
				has[strings.ToLower(el.Members().Text("skuId"))] = true
			}
		}
		for ref := range workload.Rising(s.Tx.Members(0, "subscribedSkus", after), s.Tx.Members(owner.Ref, "licenseDetails", after)) {
			sku, _ := s.Tx.Get(ref)
			if sku.Object.Type() == licenseDetails { // of a fixture
				if !yield(workload.Item{At: ref, Ref: ref, Object: sku.Object}) {
					return
				}
				continue
			}
			raw, _ := sku.Object.Get("skuId")
			id, _ := raw.Text()
			if !has[strings.ToLower(id)] {
				continue
			}
			shown := value.Members{{Name: "id", Value: value.String(id)}}
			for _, name := range [...]string{"servicePlans", "skuId", "skuPartNumber"} {
				v, _ := sku.Object.Get(name)
				shown.Set(name, v)
			}
			if !yield(workload.Item{At: ref, Ref: workload.NoRef, Object: s.Shapes.Object(licenseDetails, shown)}) {
				return
			}
		}
	}
}

func licenceOf(s workload.Scope, owner *workload.Node, key string) (workload.Item, bool) {
	for item := range licences(s, owner, 0) {
		if id, _ := item.Object.Get("id"); id == value.String(strings.ToLower(key)) {
			return item, true
		}
	}
	return workload.Item{}, false
}

// consume counts the units of a subscription that are in use. One that has none left
// gives no licence.
func consume(c *workload.Call, sku string, by int) error {
	for ref := range c.Tx.Members(0, "subscribedSkus", 0) {
		e, _ := c.Tx.Get(ref)
		raw, _ := e.Object.Get("skuId")
		if id, _ := raw.Text(); !strings.EqualFold(id, sku) {
			continue
		}
		used, has := number(e.Object, "consumedUnits"), -1
		if units, _ := e.Object.Get("prepaidUnits"); units.Kind() == value.KindObject {
			has = number(units.Members(), "enabled")
		}
		if by > 0 && has >= 0 && used+by > has && !c.Presumes() {
			return bad("Subscription with SKU " + sku + " does not have any available licenses.")
		}
		n := workload.Node{Ref: ref, Type: typeOf(c, "microsoft.graph.subscribedSku"), Object: e.Object, Exists: true}
		return c.System.Write(c, &n, value.Members{{Name: "consumedUnits", Value: value.Int(int64(max(0, used+by)))}})
	}
	return nil
}

// number is an integer member; 0 without one.
func number(m interface {
	Get(string) (value.Raw, bool)
}, name string) int {
	raw, _ := m.Get(name)
	n := 0
	for _, d := range string(raw) {
		if d < '0' || d > '9' {
			return 0
		}
		n = n*10 + int(d-'0')
	}
	return n
}

// release gives the licences of a user back, or takes them again.
func release(c *workload.Call, n *workload.Node, by int) error {
	list, _ := n.Get("assignedLicenses")
	if !n.Type.Is("microsoft.graph.user") || list.Kind() != value.KindArray {
		return nil
	}
	for el := range list.Elements() {
		if err := consume(c, el.Members().Text("skuId"), by); err != nil {
			return err
		}
	}
	return nil
}
