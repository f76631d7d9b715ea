package grapherr

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

// The texts that clients match.
func TestForms(t *testing.T) {
	for _, tt := range []struct {
		err  *Error
		want string
	}{
		{NoSegment("usres"), "400 BadRequest: Resource not found for the segment 'usres'."},
		{NotFound("user", "ida"), "404 ResourceNotFound: Resource 'ida' does not exist or one of its queried reference-property objects are not present."},
		{NoValue("user", "ida", "manager"), "404 ResourceNotFound: Resource 'manager' does not exist or one of its queried reference-property objects are not present."},
		{Exists("user", "ida"), "409 Conflict: A user with the id 'ida' already exists."},
		{NotAllowed("PUT", []string{"GET", "POST"}), "405 MethodNotAllowed: Specified HTTP method is not allowed for the request target."},
		{EmptyPayload(), "400 BadRequest: Empty Payload. JSON content expected."},
		{Linked("members"), "400 BadRequest: One or more added object references already exist for the following modified properties: 'members'."},
		{NotLinked("members"), "404 BadRequest: One or more removed object references do not exist for the following modified properties: 'members'."},
		{NoVersion("v2"), "404 ResourceNotFound: Invalid version: v2"},
		{NoExpand("photo"), "400 ExpandNotSupported: Expand is not allowed for property 'Photo' according to the entity schema."},
	} {
		if got := fmt.Sprintf("%d %s", tt.err.Status, tt.err); got != tt.want {
			t.Errorf("\n got %s\nwant %s", got, tt.want)
		}
	}
	if got := NotAllowed("PUT", []string{"GET", "POST"}).Header["Allow"]; got != "GET, POST" {
		t.Errorf("Allow: %s", got)
	}
}

// From keeps a Graph error, however deep it is wrapped, and hides every other.
func TestFrom(t *testing.T) {
	inner := NotFound("user", "ida")
	if got := From(fmt.Errorf("while reading: %w", inner)); got != inner {
		t.Errorf("got %v", got)
	}
	got := From(io.ErrUnexpectedEOF)
	if got.Status != 500 || !errors.Is(got, io.ErrUnexpectedEOF) {
		t.Errorf("got %d %v", got.Status, got)
	}
	if text := got.Error(); text == io.ErrUnexpectedEOF.Error() {
		t.Errorf("the cause is shown: %s", text)
	}
	if body := BadBody(inner); body != inner {
		t.Errorf("a Graph error in a body becomes %v", body)
	}
}

// What a refused token holds decides the words of the refusal.
func TestHolding(t *testing.T) {
	for _, tt := range []struct {
		kind string
		held []string
		want string
	}{
		{Scopes, []string{"User.Read", "Mail.Read"}, "scope User.Read, Mail.Read"},
		{Roles, []string{"User.Read.All"}, "role User.Read.All"},
		{Scopes, nil, "nothing "},
		{Roles, nil, "no role "},
	} {
		if e := Denied([]string{"X"}).Holding(tt.kind, tt.held); e.Type+" "+e.Owner != tt.want {
			t.Errorf("%s %v: got %q, want %q", tt.kind, tt.held, e.Type+" "+e.Owner, tt.want)
		}
	}
}
