package directory

import (
	"slices"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// kindOf says what groupTypes make of a group.
func kindOf(types value.Raw) (unified, dynamic bool) {
	list := texts(types)
	return slices.Contains(list, "Unified"), slices.Contains(list, "DynamicMembership")
}

// mailless answers for kinds of groups that Exchange makes.
const mailless = "The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and the security-enablement property is set."

// createGroup fills what the service makes of a group (B-4.7) and gives it its owner.
func createGroup(c *workload.Call) (workload.Result, error) {
	if c.Loading() {
		return c.Next()
	}
	types, _ := c.Body.Get("groupTypes")
	unified, dynamic := kindOf(types)
	mailEnabled, _ := c.Body.Get("mailEnabled")
	securityEnabled, _ := c.Body.Get("securityEnabled")
	if err := grouped(c); err != nil {
		return workload.Result{}, err
	}
	switch {
	case !unified && (mailEnabled == "true" || securityEnabled != "true"):
		return workload.Result{}, bad(mailless)
	case unified && mailEnabled != "true":
		return workload.Result{}, grapherr.InvalidValue("group", "mailEnabled", "A Microsoft 365 group is mail-enabled.")
	}
	switch assignable, _ := c.Body.Get("isAssignableToRole"); {
	case assignable != "true":
	case dynamic:
		return workload.Result{}, grapherr.InvalidValue("group", "isAssignableToRole", "Roles cannot be assigned to a group whose members follow from a rule.")
	case securityEnabled != "true":
		return workload.Result{}, grapherr.InvalidValue("group", "isAssignableToRole", "Roles are assigned to security-enabled groups only.")
	}
	if err := byRule(dynamic, c.Body.Text); err != nil {
		return workload.Result{}, err
	}
	c.Body.Set("renewedDateTime", value.Time(c.Now().Truncate(time.Second)))
	if unified {
		if mail := c.Body.Text("mailNickname") + "@" + domains(c).first; mail[len(mail)-1] != '@' {
			c.Body.Set("mail", value.String(mail))
			c.Body.Set("proxyAddresses", value.Strings([]string{"SMTP:" + mail}))
		}
		c.Body.SetMissing("visibility", value.String("Public"))
	}
	res, err := c.Next()
	if err != nil {
		return res, err
	}
	if c.Caller.AppOnly { // B-4.9: an application does not own the group it makes
		return res, created(c, &res.One.Node)
	}
	return res, own(c, &res.One.Node)
}

// grouped refuses kinds of groups that there are not.
func grouped(c *workload.Call) error {
	if c.Presumes() {
		return nil
	}
	types, _ := c.Body.Get("groupTypes")
	for _, t := range texts(types) {
		if t != "Unified" && t != "DynamicMembership" {
			return grapherr.InvalidValue("group", "groupTypes", "There is no '"+t+"'; there are Unified and DynamicMembership.")
		}
	}
	return nil
}

// byRule asks for what a group needs whose members follow from a rule (B-4.7); get gives
// its properties.
func byRule(dynamic bool, get func(name string) string) error {
	for _, name := range [...]string{"membershipRule", "membershipRuleProcessingState"} {
		if dynamic && get(name) == "" {
			return grapherr.Required("group", name)
		}
	}
	if state := get("membershipRuleProcessingState"); dynamic && !strings.EqualFold(state, "On") && !strings.EqualFold(state, "Paused") {
		return grapherr.InvalidValue("group", "membershipRuleProcessingState", "It is On or Paused.")
	}
	return nil
}

// actor is the directory object that the caller acts as: the user, or the service principal
// of an application without one.
func actor(c *workload.Call) (store.Ref, bool) {
	if !c.Caller.AppOnly {
		return c.Tx.Find(0, "users", c.Caller.User)
	}
	ref, _, ok := first(c.Tx, principalByID, c.Caller.App)
	return ref, ok
}

// An object refers to its creator by creator, or by hiddenCreator where its type shows none
// (a service principal).
const creator, hiddenCreator = "createdOnBehalfOf", "$createdOnBehalfOf"

// created remembers who made an object, unless it was somebody in an administrator's role
// (C-10.9).
func created(c *workload.Call, made *workload.Node) error {
	ref, ok := actor(c)
	if !ok || made.Ref <= 0 {
		return nil
	}
	for role := range c.Tx.Members(0, "directoryRoles", 0) {
		if !c.Caller.AppOnly && c.Tx.Contains(role, "members", ref) {
			return nil
		}
	}
	nav := creator
	if _, shows := made.Type.Navigation(nav); !shows {
		nav = hiddenCreator
	}
	return c.System.Link(c, made, nav, ref)
}

// own makes the caller the owner of what it created, unless owners were bound (B-4.9,
// C-10.8).
func own(c *workload.Call, made *workload.Node) error {
	if err := created(c, made); err != nil {
		return err
	}
	if _, bound := c.Sent.Get("owners@odata.bind"); bound || made.Ref <= 0 || c.Tx.Count(made.Ref, "owners") > 0 {
		return nil
	}
	if ref, ok := actor(c); ok {
		return c.System.Link(c, made, "owners", ref)
	}
	return nil
}

// apart are the properties of a group that Exchange keeps: a PATCH changes either
// them or others (B-4.18).
var apart = []string{"allowExternalSenders", "autoSubscribeNewMembers", "hideFromAddressLists", "hideFromOutlookClients", "isSubscribedByMail", "unseenCount"}

func updateGroup(c *workload.Call) (workload.Result, error) {
	if err := synced(c); err != nil {
		return workload.Result{}, err
	}
	exchange := 0
	for _, m := range c.Body {
		if slices.Contains(apart, m.Name) {
			exchange++
		}
	}
	if exchange > 0 && exchange < len(c.Body) {
		return workload.Result{}, bad("The properties allowExternalSenders, autoSubscribeNewMembers, hideFromAddressLists, hideFromOutlookClients, isSubscribedByMail and unseenCount must be updated in a request of their own.")
	}
	if err := grouped(c); err != nil {
		return workload.Result{}, err
	}
	if v, ok := c.Body.Get("visibility"); ok {
		was, _ := c.Self.Get("visibility")
		if v != was && (v == `"HiddenMembership"` || was == `"HiddenMembership"`) { // B-4.19
			return workload.Result{}, grapherr.ReadOnly("group", "visibility").Because("HiddenMembership is set when the group is created, and stays.", "")
		}
	}
	now := func(name string) string {
		if _, ok := c.Body.Get(name); ok {
			return c.Body.Text(name)
		}
		return c.Self.Text(name)
	}
	types, ok := c.Body.Get("groupTypes")
	if !ok {
		types, _ = c.Self.Get("groupTypes")
	}
	if unified, dynamic := kindOf(types); c.Self.Exists && !c.Presumes() {
		if unified != soft(&c.Self) {
			return workload.Result{}, grapherr.InvalidValue("group", "groupTypes", "A group is a Microsoft 365 group from its first day, or never.")
		}
		if enabled, ok := c.Body.Get("mailEnabled"); ok && (enabled == "true") != unified {
			return workload.Result{}, bad(mailless)
		}
		if err := byRule(dynamic, now); err != nil {
			return workload.Result{}, err
		}
	}
	res, err := c.Next()
	if exchange > 0 {
		res.Status = 200
	}
	return res, err
}

func linkRules() []workload.LinkRule {
	const group, user, principal = "microsoft.graph.group", "microsoft.graph.user", "microsoft.graph.servicePrincipal"
	owned := only("owners", user, principal)
	return []workload.LinkRule{
		{Type: group, Nav: "members", Link: all(only("members", user, group, principal, "microsoft.graph.device", "microsoft.graph.orgContact"), flat, ruled, joins), Unlink: all(ruled, leaves)},
		{Type: group, Nav: "owners", Link: owned, Unlink: lastOwner},
		{Type: "microsoft.graph.application", Nav: "owners", Link: owned},
		{Type: principal, Nav: "owners", Link: owned},
		{Type: "microsoft.graph.administrativeUnit", Nav: "members", Link: only("members", user, group, "microsoft.graph.device")},
		{Type: user, Nav: "manager", Link: only("manager", user, "microsoft.graph.orgContact")},
	}
}

type judge = func(c *workload.Call, owner, member *workload.Node) error

// only refuses to link what is of no type among those that the pages name.
func only(nav string, types ...edm.Name) judge {
	return func(c *workload.Call, _, member *workload.Node) error {
		if c.Presumes() || slices.ContainsFunc(types, member.Type.Is) {
			return nil
		}
		return bad("An invalid operation was included in the following modified references: '"+nav+"'.").
			Because("'"+nav+"' does not take a "+member.Type.Name.Short()+".", "")
	}
}

// flat keeps groups out of a group that roles can be assigned to.
func flat(_ *workload.Call, owner, member *workload.Node) error {
	if owner.Bool("isAssignableToRole") && member.Type.Is("microsoft.graph.group") {
		return bad("Nesting is currently not supported for groups that can be assigned to a role.")
	}
	return nil
}

// all asks one after the other.
func all(judges ...judge) judge {
	return func(c *workload.Call, owner, member *workload.Node) error {
		for _, j := range judges {
			if err := j(c, owner, member); err != nil {
				return err
			}
		}
		return nil
	}
}

// ruled refuses to change members that follow from a rule (B-4.43).
func ruled(_ *workload.Call, owner, _ *workload.Node) error {
	types, _ := owner.Get("groupTypes")
	if _, dynamic := kindOf(types); dynamic {
		return bad("Members of a group with a dynamic membership rule cannot be added or removed.")
	}
	return nil
}

// lastOwner keeps a group from losing its last owner (B-4.42). A user is the last one even
// where service principals own the group besides.
func lastOwner(c *workload.Call, owner, member *workload.Node) error {
	if c.Presumes() || !c.Tx.Contains(owner.Ref, "owners", member.Ref) {
		return nil
	}
	users, others := 0, 0
	for ref := range c.Tx.Members(owner.Ref, "owners", 0) {
		if ref == member.Ref {
			continue
		}
		others++
		if e, _ := c.Tx.Get(ref); e.Object.Type() == "microsoft.graph.user" {
			users++
		}
	}
	if others == 0 || users == 0 && member.Type.Is("microsoft.graph.user") {
		return bad("The group must have at least one owner, hence this owner cannot be removed.")
	}
	return nil
}
