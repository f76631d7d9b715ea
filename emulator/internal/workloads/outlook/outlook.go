// Package outlook holds what is particular to mail, calendars, contacts, people, To Do and their
// attachments: what Exchange serves.
package outlook

import (
	_ "embed"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

//go:embed traits.yaml
var traits string

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	contactRules, contactViews := contacts()
	return workload.Workload{
		Name: "outlook",
		Areas: []workload.Area{
			{Name: "Calendar", Paths: "places groups/calendar groups/calendarView groups/events users/calendar users/calendarGroups users/calendars " +
				"users/calendarView users/events users/findMeetingTimes users/findRoomLists users/findRooms users/reminderView"},
			{Name: "Contacts", Paths: "users/contactFolders users/contacts"},
			{Name: "Mail", Paths: "users/getMailTips users/inferenceClassification users/mailboxSettings users/mailFolders users/messages users/outlook " +
				"users/sendMail users/translateExchangeIds"},
			{Name: "People and insights", Paths: "users/activities users/analytics users/insights users/people users/profile users/trendingAround"},
			{Name: "Tasks and plans", Paths: "users/todo"},
		},
		Traits:   traits,
		Backends: []*workload.Backend{{Cache: "private", Refusals: true, Spaced: true, Unversioned: true}}, // B-1.13, B-1.14
		Types: []string{
			"microsoft.graph.outlookItem",
			"microsoft.graph.mailFolder",
			"microsoft.graph.messageRule",
			"microsoft.graph.inferenceClassification*",
			"microsoft.graph.calendar",
			"microsoft.graph.calendarGroup",
			"microsoft.graph.calendarPermission",
			"microsoft.graph.contactFolder",
			"microsoft.graph.attachmentBase",
			"microsoft.graph.attachmentSession",
			"microsoft.graph.outlookUser",
			"microsoft.graph.outlookCategory",
			"microsoft.graph.person",
			"microsoft.graph.conversation",
			"microsoft.graph.conversationThread",
			"microsoft.graph.singleValueLegacyExtendedProperty",
			"microsoft.graph.multiValueLegacyExtendedProperty",
			"microsoft.graph.mailboxFolder",
			"microsoft.graph.todo*",
			"microsoft.graph.checklistItem",
			"microsoft.graph.linkedResource",
			"microsoft.graph.profilePhoto",
			"microsoft.graph.place",
			"microsoft.graph.mailboxSettings",
			"microsoft.graph.mailTips",
			"microsoft.graph.meetingTimeSuggestionsResult",
			"microsoft.graph.reminder",
			"microsoft.graph.convertIdResult",
		},
		Rules: slices.Concat(photos(), contactRules, []workload.Rule{
			{Type: item, Verb: bind.Read, Computes: []string{"changeKey"}, Do: changeKey},
			{Type: event, Verb: bind.Create, Do: newEvent},
			{Type: event, Verb: bind.Read, Computes: []string{"changeKey", "hasAttachments", "bodyPreview", "webLink"}, Do: readEvent},
			{Type: calendar, Verb: bind.Read, Computes: []string{"owner"}, Do: readCalendar},
			{Type: todoList, Verb: bind.Delete, Do: dropList},
			{Type: event, Verb: bind.Update, Do: updateEvent},
			{Type: mail, Verb: bind.Create, Do: newMessage},
			{Type: mail, Verb: bind.Update, Do: updateMessage},
			{Type: mail, Verb: bind.Read, Computes: []string{"changeKey", "hasAttachments", "bodyPreview", "webLink"}, Do: readItem(messageLink)},
			{Type: mail, Verb: bind.Download, Do: readContent},
			{Type: "microsoft.graph.attachment", Verb: bind.Download, Do: readFile},
			{Type: mail, Verb: bind.Delete, Do: discard},
			{Type: mail, Verb: bind.Invoke("permanentDelete"), Do: purge},
			{Type: mail, Verb: bind.Invoke("send"), Do: send},
			{Type: user, Verb: bind.Invoke("sendMail"), Do: sendMail},
			{Type: mail, Verb: bind.Invoke("move"), Do: move},
			{Type: mailFolder, Verb: bind.Create, Do: newFolder},
			{Type: mailFolder, Verb: bind.Read, Computes: []string{"childFolderCount", "totalItemCount", "unreadItemCount", "sizeInBytes"}, Do: readFolder},
			{Type: mailFolder, Verb: bind.Delete, Do: dropFolder},
			{Type: mailFolder, Verb: bind.Invoke("move"), Do: moveFolder},
			{Type: user, Verb: bind.Invoke("translateExchangeIds"), Do: translate},
		}),
		Views: slices.Concat(contactViews, []workload.View{
			{Type: user, Nav: "mailFolders", Find: folder},
			{Type: user, Nav: "people", Members: people, Find: findPerson},
			{Type: user, Nav: "profile", Find: ownProfile},
			{Type: user, Nav: "responsibilities", To: "profile/responsibilities"},
			{Type: user, Nav: "calendar", Find: ownCalendar},
			{Type: user, Nav: "calendars", Find: namedCalendar, Beside: true},
			{Type: user, Nav: "events", To: "calendar/events"},
			{Type: user, Nav: "calendarView", To: "calendar/calendarView"},
			{Type: mailFolder, Nav: "childFolders", Members: childFolders, Find: childFolder},
			{Type: user, Nav: "messages", Members: messages, Find: message},
			photoSizes(user), photoSizes("microsoft.graph.group"),
		}),
		QueryPolicies: queryPolicies(),
		Builtins: []workload.Builtin{
			{Of: user, Place: "calendars", Type: calendar, Same: "name", Entities: calendars},
			{Of: "microsoft.graph.todo", Place: "lists", Type: todoList, Same: "wellknownListName", Entities: todoLists},
			{Of: user, Place: "mailFolders", Type: mailFolder, Same: "displayName", Entities: folders},
		},
		Errors: dialect(),
		Consistency: workload.Consistency{Late: &grapherr.Error{Status: 404, Code: "MailboxNotEnabledForRESTAPI", Shape: grapherr.Bare,
			Message: "The mailbox is either inactive, soft-deleted, or is hosted on-premise."}, Lacks: lacks},
		Switches: []workload.Switch{
			{Name: mailboxes, Values: []string{"everybody", licensed}, Usage: "whether every user has a mailbox, or only users with a plan of Exchange"},
		},
	}
}
