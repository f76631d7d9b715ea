package shape

import (
	"slices"
	"strings"
)

// areas are the parts of a score and what of a path leads to them. The first that matches
// counts.
var areas = []struct {
	name  string
	marks []string // any of these is in the path
}{
	{"group events", []string{"/groups/{}/events"}},
	{"mail", []string{"/mailFolders", "/messages/delta", "/me/messages", "/me/sendMail", "/users/{}/messages"}},
	{"contacts", []string{"/contacts", "/contactFolders"}},
	{"term store", []string{"/termStore"}},
	{"content types", []string{"/contentTypes"}},
	{"sharing", []string{"/permissions", "/permission/", "/createLink", "/invite", "/shares/"}},
	{"Teams", []string{"/teams", "/groups/{}/team"}},
	{"chats", []string{"/chats"}},
	{"drives", []string{"/drives", "/drive/", "/me/drive"}},
	{"lists", []string{"/lists"}},
	{"sites", []string{"/sites", "/search/query"}},
	{"entitlement management", []string{"/entitlementManagement"}},
	{"roles", []string{"/roleManagement", "/directoryRoles"}},
	{"policies", []string{"/identity/", "/policies", "/informationProtection"}},
	{"Intune", []string{"/deviceManagement", "/deviceAppManagement", "mobileDeviceManagementAuthority"}},
	{"reports", []string{"/reports"}},
	{"applications", []string{"/applications", "/servicePrincipals", "/oauth2PermissionGrants"}},
	{"groups", []string{"/groups"}},
	{"users", []string{"/users", "/me/", "/me?"}},
}

// directory is the area of what no other has.
const directory = "directory"

// Areas lists the areas in the order of reports.
func Areas() []string {
	return []string{directory, "users", "groups", "applications", "roles", "policies", "entitlement management", "Intune", "reports", "mail", "contacts", "group events",
		"drives", "sharing", "sites", "lists", "content types", "term store", "Teams", "chats"}
}

func areaOf(operation string) string {
	for _, a := range areas {
		if slices.ContainsFunc(a.marks, func(mark string) bool { return strings.Contains(operation+"/", mark) }) {
			return a.name
		}
	}
	return directory
}
