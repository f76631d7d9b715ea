package catalog

import (
	"strings"
	"sync"
)

// areas are the services of Graph as its documentation divides them, each with
// the beginnings of paths that lead there: the first named segment, or the
// first and the one behind it. Of "me" and "users" only users is listed.
var areas = [...]struct{ name, paths string }{
	{"Applications", "applications applicationTemplates oauth2PermissionGrants onPremisesPublishingProfiles servicePrincipals users/oauth2PermissionGrants"},
	{"Bookings", "bookingBusinesses bookingCurrencies solutions/bookingBusinesses solutions/bookingCurrencies"},
	{"Calendar", "places groups/calendar groups/calendarView groups/events users/calendar users/calendarGroups users/calendars " +
		"users/calendarView users/events users/findMeetingTimes users/findRoomLists users/findRooms users/reminderView"},
	{"Calls and meetings", "app communications users/onlineMeetings"},
	{"Change notifications", "subscriptions"},
	{"Cloud PC", "deviceManagement/virtualEndpoint"},
	{"Compliance", "compliance dataPolicyOperations informationProtection users/informationProtection"},
	{"Contacts", "users/contactFolders users/contacts"},
	{"Devices and apps", "deviceAppManagement deviceManagement officeConfiguration onPremEncryptedPayloads pfxRecryptionRequests " +
		"pfxUserCertificates users/exportDeviceAndAppManagementData users/getManagedAppDiagnosticStatuses users/getManagedAppPolicies " +
		"users/getManagedDevicesWithAppFailures users/getManagedDevicesWithFailedOrPendingApps users/isManagedAppUserBlocked " +
		"users/managedDevices users/mobileAppIntentAndStates users/mobileAppTroubleshootingEvents users/removeAllDevicesFromManagement " +
		"users/unblockManagedApps users/wipeAndBlockManagedApps users/wipeManagedAppRegistrationByDeviceTag " +
		"users/wipeManagedAppRegistrationsByDeviceTag"},
	{"Directory", "administrativeUnits contacts contracts devices directory directoryObjects directoryRoles directoryRoleTemplates " +
		"directorySettingTemplates domains groupSettings groupSettingTemplates invitations organization roleManagement settings subscribedSkus"},
	{"Education", "education"},
	{"Extensions", "schemaExtensions"},
	{"Files", "drive drives groups/drive groups/drives shares sites/drive sites/drives users/drive users/drives"},
	{"Financials", "financials"},
	{"Groups", "groupLifecyclePolicies groups"},
	{"Identity governance", "accessReviews businessFlowTemplates identityGovernance privilegedAccess privilegedApproval privilegedOperationEvents " +
		"privilegedRoleAssignmentRequests privilegedRoleAssignments privilegedRoles programControls programControlTypes programs " +
		"users/agreementAcceptances users/pendingAccessReviewInstances"},
	{"Identity protection", "anonymousIpRiskEvents identityProtection identityRiskEvents impossibleTravelRiskEvents leakedCredentialsRiskEvents " +
		"locatedRiskEvents malwareRiskEvents riskDetections riskyUsers suspiciousIpRiskEvents unfamiliarLocationRiskEvents"},
	{"Mail", "users/getMailTips users/inferenceClassification users/mailboxSettings users/mailFolders users/messages users/outlook " +
		"users/sendMail users/translateExchangeIds"},
	{"Notes", "groups/onenote sites/onenote users/onenote"},
	{"People and insights", "users/activities users/analytics users/insights users/people users/profile users/trendingAround"},
	{"Presence", "communications/getPresencesByUserId communications/presences users/presence"},
	{"Print", "print"},
	{"Reports", "auditLogs reports"},
	{"Search", "connections external search"},
	{"Security", "security"},
	{"Service administration", "admin"},
	{"Sign-in", "identity identityProviders policies trustFramework users/authentication"},
	{"Sites and lists", "groups/sites sites termStore users/followedSites"},
	{"Tasks and plans", "groups/planner planner users/planner users/todo"},
	{"Teams", "appCatalogs chats groups/team teams teamwork users/chats users/joinedTeams users/teamwork"},
	{"Tenant relationships", "tenantRelationships"},
	{"Users", "users"},
}

var areaOf = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for _, a := range areas {
		for path := range strings.FieldsSeq(a.paths) {
			m[strings.ToLower(path)] = a.name
		}
	}
	return m
})

// area names the service that a template belongs to; the first segment itself
// when the table does not know it.
func area(template string) string {
	var named []string
	for seg := range strings.SplitSeq(template, "/") {
		if i := strings.IndexAny(seg, "(:"); i >= 0 {
			seg = seg[:i]
		}
		if seg != "" && seg[0] != '{' {
			named = append(named, strings.ToLower(seg))
		}
		if strings.EqualFold(seg, "workbook") {
			return "Workbooks" // it is a file first, on every road
		}
	}
	if len(named) == 0 {
		return "/"
	}
	if named[0] == "me" {
		named[0] = "users"
	}
	known := areaOf()
	if len(named) > 1 {
		if a, ok := known[named[0]+"/"+named[1]]; ok {
			return a
		}
	}
	if a, ok := known[named[0]]; ok {
		return a
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(template, "/"), "/")
	return first
}
