package grapherr

import (
	"errors"
	"time"
)

// Error is one Graph error: the status line and what the envelope of B-2.1 holds.
// The dates and request ids of innerError are added where it is written.
type Error struct {
	Status  int
	Code    string
	Message string
	Target  string // the envelope's target member; empty: none
	Inner   string // innerError.code; empty: none
	Shape   Shape  // of the envelope; zero: as most workloads have it
	URL     string // @api.url, where the code is explained; empty: none
	Details []Detail

	Body []byte // what is answered instead of the envelope; nil: the envelope

	Case    Case   // what happened, in no workload's words; Plain has none
	Subject string // the key or property that Case is about
	Type    string // the short name of the type that Case is about
	Key     string // Subject, when it is a plain key; empty when it is a name
	Owner   string // the key of what should hold Subject, when Subject is a navigation

	Cause string // innerError.cause: what exactly was wrong, in our words
	Cure  string // innerError.cure: what to do about it, in our words

	RetryAfter time.Duration     // zero: no header
	Header     map[string]string // further response headers (Allow, WWW-Authenticate)
	Restart    string            // a Location is answered: the same path with Query and this option; empty: none
	Query      string            // the options that the token of the request stood for
	Err        error             // logged, never shown
}

// Detail is one entry of the envelope's details (B-2.4).
type Detail struct {
	Code, Message, Target string
}

// Error gives the code and the message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Unwrap gives the cause that is not shown.
func (e *Error) Unwrap() error { return e.Err }

// Because returns a copy that says what exactly was wrong and what helps.
// Either text may be empty.
func (e *Error) Because(cause, cure string) *Error {
	c := *e
	c.Cause, c.Cure = cause, cure
	return &c
}

// From makes any error a Graph error. What it does not know becomes a 500
// (B-2.41) whose cause is logged and not shown. nil stays nil.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Status: 500, Code: "InternalServerError", Message: "Internal error.", Err: err}
}

// Shape is what a workload makes of the envelope (B-2.6).
type Shape uint8

const (
	Common   Shape = iota // innerError holds date and ids
	Repeated              // innerError repeats the message (B-2.28)
	Nested                // innerError repeats the message and has the code that says more (B-2.37)
	Wrapped               // the message is JSON text (B-2.35)
	Bare                  // there is no innerError
	Hollow                // innerError is ""
	Counted               // innerError repeats the status and says to wait (B-8.1)
)

// Case names what happened independently of the workload that answers.
type Case uint8

// The cases that workloads word differently (docs/behavior/02-errors.md).
const (
	Plain               Case = iota
	CaseNotFound             // no entity has this key
	CaseExists               // the key is taken
	CaseNoProperty           // a written property is not in the type
	CaseRequired             // a required property is missing
	CaseReadOnly             // a written property is made by the service
	CaseNotAllowed           // the method does not fit what the path denotes
	CaseChanged              // If-Match names an older version
	CaseNoReference          // a link leads nowhere
	CaseLinked               // the link is there already
	CaseNotLinked            // the link is not there
	CaseBadToken             // a page or delta token is none
	CaseResync               // what a delta token needs is gone
	CaseDenied               // the caller's token does not permit it
	CaseNoSegment            // the path leaves the model
	CaseNoSelect             // $select or $expand names what the type does not have
	CaseThrottled            // too many requests
	CaseUnavailable          // the service is busy
	CaseInvalid              // a value is out of the bounds of its property
	CaseRepeated             // one request names an object twice
	CaseNoTag                // If-Match is missing, or is none
	CaseNoReferenceBody      // a request that links has no body
	CaseTaken                // another entity has a value that no two may share
)
