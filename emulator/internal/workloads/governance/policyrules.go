package governance

import (
	"slices"
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

func policyRules() []workload.Rule {
	return []workload.Rule{
		{Type: rolePolicy, Verb: bind.List, Do: ofOneScope},
		{Type: policyAssignment, Verb: bind.List, Do: ofOneScope},
		{Type: rolePolicy, Verb: bind.Update, Do: updatePolicy},
		{Type: policyRule, Verb: bind.Update, Do: updateRule},
	}
}

// rules are the rules of a policy by their published ids, in the order that the service
// lists them in.
func rules(ofGroup bool) []workload.DefaultMember {
	var out []workload.DefaultMember
	add := func(kind, caller, level, typ string, members value.Members) {
		id := kind + "_" + caller + "_" + level
		target := value.Members{{Name: "caller", Value: value.String(caller)}, {Name: "operations", Value: `["all"]`}, {Name: "level", Value: value.String(level)},
			{Name: "inheritableSettings", Value: "[]"}, {Name: "enforcedSettings", Value: "[]"}}
		members = append(append(value.Members{{Name: "id", Value: value.String(id)}}, members...), value.Member{Name: "target", Value: target.Object()})
		out = append(out, workload.DefaultMember{ID: id, Type: edm.Name("microsoft.graph.unifiedRoleManagementPolicy" + typ + "Rule"), Members: members})
	}
	expires := func(caller, level string, required bool, most string) {
		add("Expiration", caller, level, "Expiration", value.Members{{Name: "isExpirationRequired", Value: value.Bool(required)}, {Name: "maximumDuration", Value: value.String(most)}})
	}
	enables := func(caller, level string, list ...string) {
		add("Enablement", caller, level, "Enablement", value.Members{{Name: "enabledRules", Value: value.Strings(list)}})
	}
	notifies := func(caller, level string) {
		for _, to := range [...]string{"Admin", "Requestor", "Approver"} {
			add("Notification_"+to, caller, level, "Notification", value.Members{{Name: "isDefaultRecipientsEnabled", Value: "true"}, {Name: "notificationLevel", Value: `"All"`},
				{Name: "notificationRecipients", Value: "[]"}, {Name: "notificationType", Value: `"Email"`}, {Name: "recipientType", Value: value.String(to)}})
		}
	}
	expires("Admin", "Eligibility", ofGroup, "P365D")
	enables("Admin", "Eligibility")
	notifies("Admin", "Eligibility")
	expires("Admin", "Assignment", ofGroup, "P180D")
	enables("Admin", "Assignment", "Justification")
	notifies("Admin", "Assignment")
	expires("EndUser", "Assignment", true, "PT8H")
	if ofGroup {
		enables("EndUser", "Assignment", "Justification")
	} else {
		enables("EndUser", "Assignment", "MultiFactorAuthentication", "Justification")
	}
	add("Approval", "EndUser", "Assignment", "Approval", value.Members{{Name: "setting", Value: `{"approvalMode":"SingleStage","approvalStages":[{"approvalStageTimeOutInDays":1,"escalationApprovers":[],"escalationTimeInMinutes":0,"isApproverJustificationRequired":true,"isEscalationEnabled":false,"primaryApprovers":[]}],"isApprovalRequired":false,"isApprovalRequiredForExtension":false,"isRequestorJustificationRequired":true}`}})
	add("AuthenticationContext", "EndUser", "Assignment", "AuthenticationContext", value.Members{{Name: "claimValue", Value: value.Null}, {Name: "isEnabled", Value: "false"}})
	notifies("EndUser", "Assignment")
	return out
}

var ruleSets = [...]func() []workload.DefaultMember{sync.OnceValue(func() []workload.DefaultMember { return rules(false) }), sync.OnceValue(func() []workload.DefaultMember { return rules(true) })}

// rulesOf are the rules of a policy before anybody changed one.
func rulesOf(policy *workload.Node) []workload.DefaultMember {
	if policy.Text("scopeType") == "Group" {
		return ruleSets[1]()
	}
	return ruleSets[0]()
}

// ofOneScope refuses a list that does not say whose policies are meant, as the service's
// pages do.
func ofOneScope(c *workload.Call) (workload.Result, error) {
	if c.Presumes() || c.Nav == nil {
		return c.Next()
	}
	by := asked(c)
	for _, name := range [...]string{"scopeId", "scopeType"} {
		if _, ok := by[name]; !ok {
			return workload.Result{}, grapherr.BadRequest("The $filter must compare scopeId and scopeType with eq.")
		}
	}
	if by["scopeType"] == "Directory" {
		q := *c.Query
		q.Filter = ofRoles(q.Filter)
		c.Query = &q
	}
	return c.Next()
}

// ofRoles returns a filter that asks for DirectoryRole where e asks for Directory: the
// policies of the directory are those of its roles (page policyroot-list-rolemanagementpolicyassignments).
func ofRoles(e *odata.Expr) *odata.Expr {
	if e == nil {
		return nil
	}
	out := *e
	out.Args = slices.Clone(e.Args)
	for i, a := range out.Args {
		switch a = a.Resolved(); {
		case a == nil:
		case a.Kind == odata.LiteralExpr && a.Literal.Text == "Directory":
			literal, named := *a.Literal, *a
			literal.Text, named.Literal = "DirectoryRole", &literal
			out.Args[i] = &named
		default:
			out.Args[i] = ofRoles(a)
		}
	}
	return &out
}

// updatePolicy changes the rules that the body has, and says who did.
func updatePolicy(c *workload.Call) (workload.Result, error) {
	if c.Self.Exists {
		c.Body.Set("lastModifiedBy", signed(c))
	}
	return c.Next()
}

// signed is who changes a policy.
func signed(c *workload.Call) value.Raw {
	name := value.Null
	if ref, ok := c.Tx.Find(0, "users", c.Caller.User); ok {
		e, _ := c.Tx.Get(ref)
		name, _ = e.Object.Get("displayName")
	}
	return value.Members{{Name: "displayName", Value: name}, {Name: "id", Value: value.Null}}.Object()
}

// updateRule asks for the type of the rule, as the service does, and signs the policy.
func updateRule(c *workload.Call) (workload.Result, error) {
	sent := edm.Name(strings.TrimPrefix(c.Sent.Text("@odata.type"), "#"))
	if c.Self.Exists && !c.Presumes() && sent != c.Self.Type.Name {
		return workload.Result{}, grapherr.WrongValue("@odata.type", "The rule is a "+string(c.Self.Type.Name)+", and the body has to say so.")
	}
	res, err := c.Next()
	if err != nil || c.Self.Home.Owner == nil {
		return res, err
	}
	return res, c.System.Write(c, c.Self.Home.Owner, value.Members{{Name: "lastModifiedBy", Value: signed(c)}})
}
