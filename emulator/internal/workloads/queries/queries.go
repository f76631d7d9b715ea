package queries

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{Name: "queries", Guards: guards()}
}

// searchLimit is how many messages a search finds in all (B-3.82).
const searchLimit = 250

func guards() []workload.Guard {
	return []workload.Guard{
		// Outlook
		{Type: "microsoft.graph.message", Check: message, SkipLinks: true, EmptyTop: true, Words: &messageWords,
			Order: by("receivedDateTime desc"), SearchOrder: by("sentDateTime desc"), SearchLimit: searchLimit}, // B-3.64, B-3.82
		{Type: "microsoft.graph.outlookItem", Check: outlook, SkipLinks: true, EmptyTop: true},
		{Type: "microsoft.graph.mailFolder", Check: outlook, SkipLinks: true, EmptyTop: true},
		{Type: "microsoft.graph.contactFolder", Check: outlook, SkipLinks: true, EmptyTop: true},
		{Type: "microsoft.graph.calendar", Check: outlook, SkipLinks: true, EmptyTop: true},
		{Type: "microsoft.graph.attachment", Ignores: []string{"$filter"}, SkipLinks: true, EmptyTop: true}, // B-3.47
		{Type: "microsoft.graph.person", Words: &personWords, SkipLinks: true, EmptyTop: true},              // B-3.83
		// Files
		{Type: "microsoft.graph.driveItem", Order: by("name")}, // B-3.64
		{Type: "microsoft.graph.site", Words: &siteWords},      // B-3.83
		// Teams
		{Type: "microsoft.graph.chat", Order: by("lastMessagePreview/createdDateTime desc"), PageTotal: true}, // B-3.64, B-3.78
		{Type: "microsoft.graph.team", PageTotal: true},
		{Type: "microsoft.graph.channel", PageTotal: true},
		{Type: "microsoft.graph.chatMessage", PageTotal: true},
		{Type: "microsoft.graph.conversationMember", PageTotal: true},
		// Others
		{Type: "microsoft.graph.onenotePage", Order: by("lastModifiedDateTime desc"), SkipLinks: true}, // B-3.64
		{Type: "microsoft.graph.signIn", Order: by("createdDateTime desc")},                            // B-3.64
		{Type: "microsoft.graph.managedDevice", AlwaysTotal: true},                                     // B-3.78
	}
}

// by reads the value of an $orderby that stands above; guards_test reads them all.
func by(text string) []odata.OrderItem {
	items, err := odata.ParseOrderBy(text)
	if err != nil {
		panic(err)
	}
	return items
}

func people(names ...string) []string {
	var out []string
	for _, n := range names {
		out = append(out, n+"/emailAddress/name", n+"/emailAddress/address")
	}
	return out
}

// messageWords are the properties of KQL that mail knows (B-3.82).
var messageWords = eval.Words{
	Default: append(people("from"), "subject", "body/content"),
	Properties: map[string][]string{
		"from": people("from"), "to": people("toRecipients"), "cc": people("ccRecipients"), "bcc": people("bccRecipients"),
		"recipients":   people("toRecipients", "ccRecipients", "bccRecipients"),
		"participants": people("from", "toRecipients", "ccRecipients", "bccRecipients"),
		"subject":      {"subject"}, "body": {"body/content"}, "importance": {"importance"},
		"hasattachment": {"hasAttachments"}, "hasattachments": {"hasAttachments"},
		"received": {"receivedDateTime"}, "sent": {"sentDateTime"},
	},
	Unknown: []string{"attachment", "kind", "size"}, // no member of a message tells
}

var personWords = eval.Words{Default: []string{"displayName", "givenName", "surname", "userPrincipalName",
	"scoredEmailAddresses/address", "emailAddresses/address"}} // v1.0 and beta

var siteWords = eval.Words{Default: []string{"displayName", "name", "description", "webUrl"}}
