// Package teams holds what is particular to teams, channels, chats and their messages.
package teams

import (
	_ "embed"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

//go:embed traits.yaml
var traits string

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name: "teams",
		Areas: []workload.Area{
			{Name: "Teams", Paths: "appCatalogs chats groups/team teams teamwork users/chats users/joinedTeams users/teamwork"},
		},
		Traits:   traits,
		Backends: []*workload.Backend{{Address: "https://teamsgraph.teams.microsoft.com/{version}"}}, // B-1.13, B-1.14
		Types: []string{
			"microsoft.graph.team",
			"microsoft.graph.teamInfo",
			"microsoft.graph.teams*",
			"microsoft.graph.teamwork*",
			"microsoft.graph.userTeamwork",
			"microsoft.graph.deletedTeam",
			"microsoft.graph.channel",
			"microsoft.graph.chat",
			"microsoft.graph.chatMessage",
			"microsoft.graph.chatMessageInfo",
			"microsoft.graph.pinnedChatMessageInfo",
			"microsoft.graph.deletedChat",
			"microsoft.graph.conversationMember",
			"microsoft.graph.schedule",
			"microsoft.graph.changeTrackedEntity",
		},
		Rules: []workload.Rule{
			{Type: team, Verb: bind.Create, Do: newTeam},
			{Type: team, Verb: bind.Upsert, Do: putTeam},
			{Type: member, Verb: bind.Create, Do: newMember},
			{Type: channel, Verb: bind.Delete, Do: dropChannel},
			{Type: group, Verb: bind.Delete, After: true, Do: away},
			{Type: group, Verb: bind.Invoke("restore"), After: true, Do: back},
		},
		Views: []workload.View{
			workload.Related(user, "joinedTeams", joined),
			chats(),
			{Type: group, Nav: "team", Find: teamOf},
			{Type: team, Nav: "primaryChannel", Find: primary},
			{Type: team, Nav: "group", Find: groupBehind},
			{Type: team, Nav: "photo", To: "group/photo"},
		},
		QueryPolicies: queryPolicies(),
		Jobs:          jobs(),
		Builtins:      []workload.Builtin{{Place: "teamsTemplates", Type: "microsoft.graph.teamsTemplate", Entities: templates}},
		Errors: grapherr.Dialect{ // B-2.33
			grapherr.CaseNotFound: {Code: "NotFound", Message: "NotFound", Inner: "ItemNotFound", About: map[string]grapherr.Form{
				"team": {Code: "NotFound", Message: "No team found with Group Id {id}", Inner: "ItemNotFound"},
			}},
			grapherr.CaseNoReference: {Code: "NotFound", Message: "NotFound", Inner: "ItemNotFound"},
			grapherr.CaseExists: {Status: 409, Code: "Conflict", Message: "Conflict", Inner: "Conflict", About: map[string]grapherr.Form{
				"team": {Status: 409, Code: "Conflict", Message: "The team already exists", Inner: "Conflict"},
			}},
			grapherr.CaseNoProperty: {Code: "BadRequest", Inner: "InvalidRequest"},
			grapherr.CaseRequired:   {Code: "BadRequest", Inner: "InvalidRequest"},
			grapherr.CaseReadOnly:   {Code: "BadRequest", Inner: "InvalidRequest"},
			grapherr.CaseDenied: {Code: "Forbidden", Inner: "Forbidden", Message: missing("scope"), About: map[string]grapherr.Form{
				grapherr.Roles:   {Code: "Forbidden", Inner: "Forbidden", Message: missing("role")},
				grapherr.NoRoles: {Code: "Forbidden", Inner: "Forbidden", Message: missing("role")},
			}},
			grapherr.CaseChanged: {Code: "PreconditionFailed", Inner: "PreconditionFailed"},
		}.In(grapherr.Nested), // B-2.37
	}
}

// missing words a refusal of a token (B-2.33).
func missing(kind string) string {
	return "Missing " + kind + " permissions on the request. API requires one of '{key}'. " + grapherr.Capital(kind) + "s on the request '{id}'"
}

func queryPolicies() []workload.QueryPolicy {
	return []workload.QueryPolicy{
		{Type: "microsoft.graph.chat", Order: workload.OrderBy("lastMessagePreview/createdDateTime desc"), PageTotal: true}, // B-3.64, B-3.78
		{Type: team, PageTotal: true},
		{Type: channel, PageTotal: true},
		{Type: "microsoft.graph.chatMessage", PageTotal: true},
		{Type: member, PageTotal: true},
	}
}
