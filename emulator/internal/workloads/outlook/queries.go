package outlook

import (
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// searchLimit is how many messages a search finds in all (B-3.82).
const searchLimit = 250

func queryPolicies() []workload.QueryPolicy {
	return []workload.QueryPolicy{
		{Type: mail, Check: checkMessages, SkipLinks: true, EmptyTop: true, Words: &messageWords,
			Order: workload.OrderBy("receivedDateTime desc"), SearchOrder: workload.OrderBy("sentDateTime desc"), SearchLimit: searchLimit}, // B-3.64, B-3.82
		{Type: item, Check: checkItems, SkipLinks: true, EmptyTop: true},
		{Type: mailFolder, Check: checkItems, SkipLinks: true, EmptyTop: true},
		{Type: contactFolder, Check: checkItems, SkipLinks: true, EmptyTop: true},
		{Type: calendar, Check: checkItems, SkipLinks: true, EmptyTop: true},
		{Type: "microsoft.graph.attachment", Ignores: []string{"$filter"}, SkipLinks: true, EmptyTop: true}, // B-3.47
		{Type: person, Words: &personWords, SkipLinks: true, EmptyTop: true},                                // B-3.83
	}
}

// unranked are the properties that production takes in a $filter beside an unrelated
// $orderby, although the documentation of $orderby excludes them: clients that poll
// mailboxes send isRead with receivedDateTime. What is known to be refused live
// (from/emailAddress/address, contains(subject, …)) is not among them. A personal mailbox
// refuses inferenceClassification, any other takes it.
var unranked = []string{"isRead", "parentFolderId", "hasAttachments", "isDraft", "flag", "importance", "inferenceClassification"}

// checkItems refuses what Exchange refuses: a filter on extensions (B-3.49), and a sort
// order that the filter does not begin with (B-3.63).
func checkItems(a *workload.Ask) error {
	filtered, err := filtered(a)
	if err != nil || len(filtered) == 0 {
		return err
	}
	return aligned(a, filtered)
}

// filtered lists the paths of the filter in the order of its text.
func filtered(a *workload.Ask) (out []string, err error) {
	if a.Query.Filter == nil {
		return nil, nil
	}
	for _, use := range eval.Uses(a.Type, a.Query.Filter) {
		name, _, _ := strings.Cut(use.Path, "/")
		if name == "" {
			continue
		}
		if _, ok := a.Type.Property(name); !ok {
			if _, ok := a.Type.Navigation(name); !ok {
				return nil, notFilterable(name)
			}
		}
		if !slices.Contains(out, use.Path) {
			out = append(out, use.Path)
		}
	}
	return out, nil
}

// aligned refuses a sort order that the filtered paths do not begin with.
func aligned(a *workload.Ask, filtered []string) error {
	for i, key := range a.Query.OrderBy {
		path := eval.Path(a.Type, key.Expr)
		if i >= len(filtered) || filtered[i] != path {
			return (&grapherr.Error{Status: 400, Code: "InefficientFilter", Target: "$orderby",
				Message: "The restriction or sort order is too complex for this operation."}).
				Because("The properties of $orderby have to be in $filter too, in the same order and before all others; "+path+" is not.",
					"Begin $filter with a condition on "+path+", such as "+path+" ge 1900-01-01T00:00:00Z for a time.")
		}
	}
	return nil
}

func notFilterable(property string) error { // B-3.47
	return (&grapherr.Error{Status: 400, Code: "ErrorInvalidProperty", Target: "$filter",
		Message: "The property '" + property + "' does not support filtering."}).
		Because("It is an extension, and Exchange filters its own properties only.", "Filter by extensions through singleValueExtendedProperties, or in the client.")
}

// checkMessages refuses what a search of mail does not take (B-3.82), and sort orders as checkItems
// does, except beside properties that are unranked.
func checkMessages(a *workload.Ask) error {
	if a.Query.Search != nil {
		switch {
		case a.Query.Filter != nil:
			return alone("SearchWithFilter", "$filter", "Put the condition into $search, such as from:ida.")
		case a.Query.OrderBy != nil:
			return alone("SearchWithOrderBy", "$orderby", "What $search finds comes by the time it was sent.")
		}
	}
	filtered, err := filtered(a)
	if err != nil || len(filtered) == 0 {
		return err
	}
	refused := aligned(a, filtered)
	if refused == nil || a.Strict {
		return refused
	}
	rest := slices.DeleteFunc(filtered, func(path string) bool {
		name, _, _ := strings.Cut(path, "/")
		return slices.Contains(unranked, name) && !(name == "inferenceClassification" && a.Caller.Personal())
	})
	if len(rest) > 0 {
		if err := aligned(a, rest); err != nil {
			return refused
		}
	}
	a.Warn = append(a.Warn, "$filter and $orderby are taken as production does; the documentation says that they fail with InefficientFilter, and strict mode refuses them")
	return nil
}

func alone(code, option, cure string) error {
	return (&grapherr.Error{Status: 400, Code: code, Target: option,
		Message: "The query parameter '" + option + "' is not supported with '$search'."}).
		Because("Mail is searched without other conditions.", cure)
}

// addresses lists the texts of recipients.
func addresses(names ...string) []string {
	var out []string
	for _, n := range names {
		out = append(out, n+"/emailAddress/name", n+"/emailAddress/address")
	}
	return out
}

// messageWords are the properties of KQL that mail knows (B-3.82).
var messageWords = eval.Words{
	Default: append(addresses("from"), "subject", "body/content"),
	Properties: map[string][]string{
		"from": addresses("from"), "to": addresses("toRecipients"), "cc": addresses("ccRecipients"), "bcc": addresses("bccRecipients"),
		"recipients":   addresses("toRecipients", "ccRecipients", "bccRecipients"),
		"participants": addresses("from", "toRecipients", "ccRecipients", "bccRecipients"),
		"subject":      {"subject"}, "body": {"body/content"}, "importance": {"importance"},
		"hasattachment": {"hasAttachments"}, "hasattachments": {"hasAttachments"},
		"received": {"receivedDateTime"}, "sent": {"sentDateTime"},
	},
	Unknown: []string{"attachment", "kind", "size"}, // no member of a message tells
}

var personWords = eval.Words{Default: []string{"displayName", "givenName", "surname", "userPrincipalName",
	"scoredEmailAddresses/address", "emailAddresses/address"}} // v1.0 and beta
