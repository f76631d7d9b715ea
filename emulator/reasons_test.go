package emulator_test

import (
	"slices"
	"strings"
)

// reason says why we answer otherwise than a page shows. The set is closed, and
// what no rule explains is a bug.
type reason struct {
	code    string
	applies func(o *outcome) bool
}

// reasons are asked in order; the first that applies counts.
var reasons = []reason{
	// The page shows a refusal, or an absence, that depends on what a tenant holds.
	{"page-shows-state", func(o *outcome) bool {
		return o.Status >= 400 || o.Method == "GET" && o.Status == 204
	}},
	// The address is not one of Graph's: a placeholder where a member stands, a cut or
	// broken URL, a segment that the metadata does not have.
	{"url-leaves-the-model", func(o *outcome) bool { return strings.Contains(o.got.text, "not found for the segment") }},
	{"query-breaks-the-grammar", func(o *outcome) bool {
		return o.Method == "GET" && o.got.status == 400 && strings.Contains(o.URL, "?")
	}},
	// The body names members, types or values that the metadata does not have.
	{"body-breaks-the-model", func(o *outcome) bool {
		return anyOf(o.got.text, "does not match schema", "does not exist on type", "Invalid property", "not a valid parameter", "could not be resolved by the model")
	}},
	// Words stand where the content is to be sent.
	{"words-for-content", func(o *outcome) bool { return strings.Contains(o.got.text, "isn't an image") }},
	// A reference is made or taken away by a body without @odata.id.
	{"reference-without-id", func(o *outcome) bool { return strings.Contains(o.got.text, "must hold @odata.id") }},
	{"body-lacks-required", func(o *outcome) bool { return strings.Contains(o.got.text, "A value is required") }},
	{"request-without-body", func(o *outcome) bool {
		return o.BodyKind == "" && anyOf(o.got.text, "must contain the Content-Type", "Empty Payload", "'EndOfInput'")
	}},
	// The service is known to answer otherwise than it is documented: B-12.8, C-10.10, and what the
	// suite of a client that runs against the service waits for.
	{"practice-differs", func(o *outcome) bool {
		u := strings.ToLower(o.URL)
		return strings.HasSuffix(u, "/revokesigninsessions") || strings.HasSuffix(u, "ablesmssignin") || o.Method == "POST" && strings.HasSuffix(u, "/accesspackageassignmentrequests") ||
			o.Method == "PATCH" && strings.Contains(u, "/termsofuse/agreements/")
	}},
	// Only the printed answer is without a body, or with one.
	{"answer-without-body", func(o *outcome) bool {
		return o.status && o.documented.kind() == "none" && o.got.kind != "error"
	}},
	{"answer-with-body", func(o *outcome) bool { return o.status && o.got.kind == "none" }},
	// One entity is shown where the address names many, or the reverse.
	{"answer-of-other-address", func(o *outcome) bool {
		pair := [2]string{o.documented.kind(), o.got.kind}
		return o.status && (pair == [2]string{"collection", "entity"} || pair == [2]string{"entity", "collection"} ||
			pair == [2]string{"stream", "collection"} || pair == [2]string{"entity", "stream"} || pair == [2]string{"stream", "entity"} ||
			pair == [2]string{"value", "entity"} || pair == [2]string{"entity", "value"})
	}},
	// A reference is written or removed without /$ref, which the page's own lines have.
	{"example-without-ref", func(o *outcome) bool {
		return strings.Contains(o.got.text, "delete through a reference") || o.Status == 204 && o.got.status == 201 && o.Method == "POST"
	}},
	// The example uses a method that none of the page's own request lines has for the
	// address.
	{"method-of-no-operation", func(o *outcome) bool { return o.got.status == 405 }},
	// What is restored, or referred to by a nested value, has to have been there before.
	// The page makes members of a navigation that shows what is linked elsewhere.
	{"shows-links", func(o *outcome) bool { return strings.Contains(o.got.text, "shows what is linked elsewhere") }},
	{"needs-what-was-before", func(o *outcome) bool { return o.Method == "POST" && o.got.status == 404 }},
	// A page documents the status of one form of the request and shows another's.
	{"page-names-other-status", func(o *outcome) bool {
		return o.got.status < 300 && o.Status < 300 && !slices.Contains(o.TextStatuses, o.Status)
	}},
	// Several pages document the address, or the road's type, with different statuses.
	{"pages-disagree", func(o *outcome) bool { return o.got.status < 300 && o.Status < 300 && !o.status }},
}

func anyOf(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(text, p) })
}

// explain finds the reason of a difference; empty: there is none.
func explain(o *outcome) string {
	for _, r := range reasons {
		if r.applies(o) {
			return r.code
		}
	}
	return ""
}
