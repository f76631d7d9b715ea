package directory

import (
	_ "embed"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

var (
	//go:embed roles.txt
	builtInRoles string
	//go:embed permissions.txt
	permissionIDs string
)

// microsoft is the tenant that Microsoft's own applications belong to.
const microsoft = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"

// The built-in entities are what every tenant has: the service principals of Microsoft's services
// and the built-in roles (C-10.1, C-10.2, C-10.4).
func builtins() []workload.Builtin {
	const principal = "microsoft.graph.servicePrincipal"
	return []workload.Builtin{
		{Place: "servicePrincipals", Type: principal, Same: "appId", Also: []string{"directoryObjects"}, Entities: services},
		{Place: "directoryRoleTemplates", Type: "microsoft.graph.directoryRoleTemplate", Also: []string{"directoryObjects"}, Entities: roleTemplates},
		{Place: "roleManagement/directory/roleDefinitions", Type: "microsoft.graph.unifiedRoleDefinition",
			Also: []string{"policies/roleManagementPolicies", "policies/roleManagementPolicyAssignments"}, Entities: roleDefinitions},
		{Place: "applicationTemplates", Type: "microsoft.graph.applicationTemplate", Entities: templates},
		{Place: "policies/authenticationStrengthPolicies", Type: "microsoft.graph.authenticationStrengthPolicy", Entities: strengths},
	}
}

// words gives the words of the lines of a file that are no comment.
func words(text string) [][]string {
	var out [][]string
	for line := range strings.Lines(text) {
		if f := strings.Fields(line); len(f) > 0 && f[0] != "#" {
			out = append(out, f)
		}
	}
	return out
}

func services() []value.Members {
	roles, scopes := permissions()
	var out []value.Members
	for _, s := range []struct{ appID, name, uri string }{
		{"00000003-0000-0000-c000-000000000000", "Microsoft Graph", "https://graph.microsoft.com"},
		{"00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online", "https://outlook.office365.com"},
		{"00000003-0000-0ff1-ce00-000000000000", "Office 365 SharePoint Online", "https://microsoft.sharepoint-df.com"},
		{"00000002-0000-0000-c000-000000000000", "Windows Azure Active Directory", "https://graph.windows.net"},
	} {
		appRoles, delegated := value.Array(), value.Array()
		if s.name == "Microsoft Graph" {
			appRoles, delegated = roles, scopes
		}
		out = append(out, value.Members{
			{Name: "id", Value: value.String(value.NamedGUID("servicePrincipal " + s.appID))},
			{Name: "accountEnabled", Value: "true"},
			{Name: "appDisplayName", Value: value.String(s.name)},
			{Name: "appId", Value: value.String(s.appID)},
			{Name: "appOwnerOrganizationId", Value: value.String(microsoft)},
			{Name: "appRoleAssignmentRequired", Value: "false"},
			{Name: "appRoles", Value: appRoles},
			{Name: "createdDateTime", Value: `"2021-12-01T08:00:00Z"`},
			{Name: "displayName", Value: value.String(s.name)},
			{Name: "oauth2PermissionScopes", Value: delegated},
			{Name: "servicePrincipalNames", Value: value.Strings([]string{s.appID, s.uri})},
			{Name: "servicePrincipalType", Value: `"Application"`},
			{Name: "signInAudience", Value: `"AzureADMultipleOrgs"`},
		})
	}
	return out
}

// permissions are those of Microsoft Graph as app roles and as delegated scopes.
func permissions() (roles, scopes value.Raw) {
	published := map[string][]string{}
	for _, f := range words(permissionIDs) {
		published[f[0]] = f[1:]
	}
	id := func(name string, kind int) value.Raw {
		if ids := published[name]; ids != nil && ids[kind] != "-" {
			return value.String(ids[kind])
		}
		return value.String(value.NamedGUID([...]string{"role ", "scope "}[kind] + name))
	}
	var app, delegated []value.Raw
	scope := func(name, kind string) {
		text := value.String(name)
		delegated = append(delegated, value.Members{{Name: "adminConsentDescription", Value: text}, {Name: "adminConsentDisplayName", Value: text},
			{Name: "id", Value: id(name, 1)}, {Name: "isEnabled", Value: "true"}, {Name: "type", Value: value.String(kind)},
			{Name: "userConsentDescription", Value: text}, {Name: "userConsentDisplayName", Value: text}, {Name: "value", Value: text}}.Object())
	}
	for _, s := range fixtures.Operations("v1.0").Scopes() {
		if text := value.String(s.Name); s.App {
			app = append(app, value.Members{{Name: "allowedMemberTypes", Value: `["Application"]`}, {Name: "description", Value: text},
				{Name: "displayName", Value: text}, {Name: "id", Value: id(s.Name, 0)}, {Name: "isEnabled", Value: "true"},
				{Name: "origin", Value: `"Application"`}, {Name: "value", Value: text}}.Object())
		}
		switch {
		case s.Delegated && s.AdminDelegated:
			scope(s.Name, "Admin")
		case s.Delegated, s.Personal:
			scope(s.Name, "User")
		}
	}
	for _, name := range [...]string{"email", "offline_access", "openid", "profile"} {
		scope(name, "User")
	}
	return value.Array(app...), value.Array(delegated...)
}

// role is one built-in role of the directory.
type role struct{ id, name, description string }

func builtIn() []role {
	var out []role
	for line := range strings.Lines(builtInRoles) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		id, rest, _ := strings.Cut(line, " ")
		name, description, _ := strings.Cut(rest, " | ")
		out = append(out, role{id, name, description})
	}
	return out
}

func roleTemplates() []value.Members {
	var out []value.Members
	for _, r := range builtIn() {
		out = append(out, value.Members{{Name: "id", Value: value.String(r.id)}, {Name: "deletedDateTime", Value: value.Null},
			{Name: "description", Value: value.String(r.description)}, {Name: "displayName", Value: value.String(r.name)}})
	}
	return out
}

// roleDefinitions have the ids of the templates (C-10.2).
func roleDefinitions() []value.Members {
	var out []value.Members
	for _, r := range builtIn() {
		out = append(out, value.Members{{Name: "id", Value: value.String(r.id)}, {Name: "description", Value: value.String(r.description)},
			{Name: "displayName", Value: value.String(r.name)}, {Name: "isBuiltIn", Value: "true"}, {Name: "isEnabled", Value: "true"},
			{Name: "resourceScopes", Value: `["/"]`}, {Name: "rolePermissions", Value: `[{"allowedResourceActions":[],"condition":null}]`},
			{Name: "templateId", Value: value.String(r.id)}, {Name: "version", Value: `"1"`}})
	}
	return out
}

// strengths are the built-in authentication strengths.
func strengths() []value.Members {
	var out []value.Members
	for _, s := range []struct{ id, name, combinations string }{
		{"00000000-0000-0000-0000-000000000002", "Multifactor authentication", `["windowsHelloForBusiness","fido2","x509CertificateMultiFactor","deviceBasedPush","temporaryAccessPassOneTime","temporaryAccessPassMultiUse","password,microsoftAuthenticatorPush","password,softwareOath","password,hardwareOath","password,sms","password,voice","federatedMultiFactor","microsoftAuthenticatorPush,federatedSingleFactor","softwareOath,federatedSingleFactor","hardwareOath,federatedSingleFactor","sms,federatedSingleFactor","voice,federatedSingleFactor"]`},
		{"00000000-0000-0000-0000-000000000003", "Passwordless MFA", `["windowsHelloForBusiness","fido2","x509CertificateMultiFactor","deviceBasedPush"]`},
		{"00000000-0000-0000-0000-000000000004", "Phishing-resistant MFA", `["windowsHelloForBusiness","fido2","x509CertificateMultiFactor"]`},
	} {
		out = append(out, value.Members{{Name: "id", Value: value.String(s.id)}, {Name: "displayName", Value: value.String(s.name)},
			{Name: "description", Value: `""`}, {Name: "policyType", Value: `"builtIn"`}, {Name: "requirementsSatisfied", Value: `"mfa"`},
			{Name: "allowedCombinations", Value: value.Raw(s.combinations)},
			{Name: "createdDateTime", Value: `"2021-12-01T08:00:00Z"`}, {Name: "modifiedDateTime", Value: `"2021-12-01T08:00:00Z"`}})
	}
	return out
}
