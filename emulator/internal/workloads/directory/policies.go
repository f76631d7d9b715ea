package directory

import (
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// policyRoot owns the policies.
const policyRoot edm.Name = "microsoft.graph.policyRoot"

// standing are the policies that every tenant has before anybody wrote to them (C-10.10),
// by their navigations.
var standing = []struct {
	of      edm.Name
	nav     string
	typ     edm.Name
	members value.Raw
}{
	{policyRoot, "authorizationPolicy", "microsoft.graph.authorizationPolicy", `{"displayName":"Authorization Policy","description":"Used to manage authorization related settings across the company.","allowInvitesFrom":"everyone","allowedToSignUpEmailBasedSubscriptions":true,"allowedToUseSSPR":true,"allowEmailVerifiedUsersToJoinOrganization":false,"blockMsolPowerShell":false,"guestUserRoleId":"10dae51f-b6af-4016-8d66-8c2a99b929b3","defaultUserRolePermissions":{"allowedToCreateApps":true,"allowedToCreateSecurityGroups":true,"allowedToCreateTenants":true,"allowedToReadBitlockerKeysForOwnedDevice":true,"allowedToReadOtherUsers":true,"permissionGrantPoliciesAssigned":["ManagePermissionGrantsForSelf.microsoft-user-default-legacy"]}}`},
	{policyRoot, "identitySecurityDefaultsEnforcementPolicy", "microsoft.graph.identitySecurityDefaultsEnforcementPolicy", `{"id":"00000000-0000-0000-0000-000000000005","displayName":"Security Defaults","description":"Basic protection against attacks on identities: multifactor authentication for all, and no legacy authentication.","isEnabled":false}`},
	{policyRoot, "adminConsentRequestPolicy", "microsoft.graph.adminConsentRequestPolicy", `{"isEnabled":false,"notifyReviewers":false,"remindersEnabled":false,"requestDurationInDays":0,"reviewers":[],"version":0}`},
	{policyRoot, "authenticationFlowsPolicy", "microsoft.graph.authenticationFlowsPolicy", `{"displayName":"Authentication flows policy","selfServiceSignUp":{"isEnabled":false}}`},
	{policyRoot, "authenticationMethodsPolicy", "microsoft.graph.authenticationMethodsPolicy", `{"displayName":"Authentication Methods Policy","policyVersion":"1.5","reconfirmationInDays":0,"registrationEnforcement":{"authenticationMethodsRegistrationCampaign":{"snoozeDurationInDays":1,"state":"default","excludeTargets":[],"includeTargets":[]}}}`},
	{policyRoot, "crossTenantAccessPolicy", "microsoft.graph.crossTenantAccessPolicy", `{"displayName":"CrossTenantAccessPolicy","allowedCloudEndpoints":[]}`},
	{"microsoft.graph.crossTenantAccessPolicy", "default", "microsoft.graph.crossTenantAccessPolicyConfigurationDefault", `{"isServiceDefault":true,"automaticUserConsentSettings":{"inboundAllowed":false,"outboundAllowed":false},"b2bCollaborationInbound":` + across("allowed") + `,"b2bCollaborationOutbound":` + across("allowed") + `,"b2bDirectConnectInbound":` + across("blocked") + `,"b2bDirectConnectOutbound":` + across("blocked") + `,"inboundTrust":{"isCompliantDeviceAccepted":false,"isHybridAzureADJoinedDeviceAccepted":false,"isMfaAccepted":false}}`},
	{policyRoot, "defaultAppManagementPolicy", "microsoft.graph.tenantAppManagementPolicy", `{"id":"00000000-0000-0000-0000-000000000000","displayName":"Default app management tenant policy","isEnabled":false,"applicationRestrictions":{"keyCredentials":[],"passwordCredentials":[]},"servicePrincipalRestrictions":{"keyCredentials":[],"passwordCredentials":[]}}`},
	{policyRoot, "deviceRegistrationPolicy", "microsoft.graph.deviceRegistrationPolicy", `{"displayName":"Device Registration Policy","userDeviceQuota":50,"multiFactorAuthConfiguration":"notRequired","azureADRegistration":{"isAdminConfigurable":false,"allowedToRegister":{"@odata.type":"#microsoft.graph.allDeviceRegistrationMembership"}},"azureADJoin":{"isAdminConfigurable":true,"allowedToJoin":{"@odata.type":"#microsoft.graph.allDeviceRegistrationMembership"}},"localAdminPassword":{"isEnabled":false}}`},
}

// across is a setting for the users and the applications of other tenants.
func across(access string) value.Raw {
	return value.Raw(`{"usersAndGroups":{"accessType":"` + access + `","targets":[{"target":"AllUsers","targetType":"user"}]},"applications":{"accessType":"` + access + `","targets":[{"target":"AllApplications","targetType":"application"}]}}`)
}

func policyViews() []workload.View {
	out := []workload.View{
		{Type: "microsoft.graph.authenticationStrengthRoot", Nav: "policies", To: "/policies/authenticationStrengthPolicies"},
		workload.DefaultMembers("microsoft.graph.authenticationMethodsPolicy", "authenticationMethodConfigurations", "", methodConfigurations),
	}
	for _, p := range standing {
		out = append(out, workload.View{Type: p.of, Nav: p.nav, Find: func(s workload.Scope, n *workload.Node, key string) (workload.Item, bool) {
			ref, ok := s.Tx.One(n.Ref, p.nav)
			if key != "" { // beta has a list of them
				ref, ok = s.Tx.Find(n.Ref, p.nav, key)
			}
			if ok || key != "" && !strings.EqualFold(key, p.nav) {
				return workload.Item{At: ref, Ref: ref}, ok
			}
			members := value.Members{{Name: "id", Value: value.String(p.nav)}}
			for _, m := range p.members.Members() {
				members.Set(m.Name, m.Value)
			}
			return workload.Item{At: 1, Ref: workload.NoRef, Object: s.Shapes.Object(string(p.typ), members)}, true
		}})
	}
	return out
}

// methodConfigurations say which authentication methods a tenant allows, before anybody
// changed it.
func methodConfigurations(*workload.Node) []workload.DefaultMember {
	var out []workload.DefaultMember
	for _, m := range [...]struct{ id, typ, state string }{
		{"Fido2", "fido2", "disabled"}, {"MicrosoftAuthenticator", "microsoftAuthenticator", "disabled"}, {"Sms", "sms", "disabled"},
		{"TemporaryAccessPass", "temporaryAccessPass", "disabled"}, {"SoftwareOath", "softwareOath", "disabled"}, {"Voice", "voice", "disabled"},
		{"Email", "email", "disabled"}, {"X509Certificate", "x509Certificate", "disabled"},
	} {
		out = append(out, workload.DefaultMember{ID: m.id, Type: edm.Name("microsoft.graph." + m.typ + "AuthenticationMethodConfiguration"),
			Members: value.Members{{Name: "id", Value: value.String(m.id)}, {Name: "state", Value: value.String(m.state)}, {Name: "excludeTargets", Value: "[]"}}})
	}
	return out
}

const strengthPolicy edm.Name = "microsoft.graph.authenticationStrengthPolicy"

// securityDefaults answers with a Retry-After of two weeks, although nothing is wrong (R-H11).
func securityDefaults(c *workload.Call) (workload.Result, error) {
	res, err := c.Next()
	if err == nil {
		res.Header = map[string]string{"Retry-After": "1209600"}
	}
	return res, err
}

func rulesOfPolicies() []workload.Rule {
	return []workload.Rule{
		{Type: "microsoft.graph.identitySecurityDefaultsEnforcementPolicy", Verb: bind.Read, Do: securityDefaults},
		{Type: strengthPolicy, Verb: bind.Create, Do: createStrength},
		{Type: strengthPolicy, Verb: bind.Update, Do: ownStrength},
		{Type: strengthPolicy, Verb: bind.Delete, Do: ownStrength},
		{Type: strengthPolicy, Verb: bind.Invoke("updateAllowedCombinations"), Do: updateCombinations},
	}
}

// createStrength makes an authentication strength of the tenant's own.
func createStrength(c *workload.Call) (workload.Result, error) {
	if !c.Loading() {
		list, _ := c.Body.Get("allowedCombinations")
		c.Body.Set("policyType", `"custom"`)
		c.Body.Set("requirementsSatisfied", satisfied(texts(list)))
	}
	return c.Next()
}

// single are the modes that are a second factor by themselves.
var single = []string{"windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor", "deviceBasedPush", "temporaryAccessPassOneTime", "temporaryAccessPassMultiUse", "federatedMultiFactor"}

// satisfied says what every one of the combinations comes to.
func satisfied(combinations []string) value.Raw {
	weak := slices.ContainsFunc(combinations, func(c string) bool { return !strings.Contains(c, ",") && !slices.Contains(single, c) })
	if weak || len(combinations) == 0 {
		return `"none"`
	}
	return `"mfa"`
}

// ownStrength keeps the built-in authentication strengths as they are.
func ownStrength(c *workload.Call) (workload.Result, error) {
	if c.Self.Text("policyType") == "builtIn" && !c.Presumes() {
		return workload.Result{}, bad("Built-in authentication strength policies cannot be changed or deleted.")
	}
	return c.Next()
}

func updateCombinations(c *workload.Call) (workload.Result, error) {
	if err := exists(c); err != nil {
		return workload.Result{}, err
	}
	now, ok := c.Body.Get("allowedCombinations")
	switch {
	case c.Self.Text("policyType") == "builtIn" && !c.Presumes():
		return workload.Result{}, bad("Built-in authentication strength policies cannot be changed or deleted.")
	case !ok && !c.Presumes():
		return workload.Result{}, bad("A value is required for the parameter 'allowedCombinations'.")
	}
	was, _ := c.Self.Get("allowedCombinations")
	if was == "" {
		was = "[]"
	}
	if err := c.System.Write(c, &c.Self, value.Members{{Name: "allowedCombinations", Value: now}, {Name: "requirementsSatisfied", Value: satisfied(texts(now))}}); err != nil {
		return workload.Result{}, err
	}
	answer := value.Members{{Name: "additionalInformation", Value: value.Null}, {Name: "conditionalAccessReferences", Value: "[]"},
		{Name: "currentCombinations", Value: now}, {Name: "previousCombinations", Value: was}}
	return workload.Result{Value: answer.Object(), Of: edm.Ref{Name: "microsoft.graph.updateAllowedCombinationsResult"}, HasOf: true}, nil
}
