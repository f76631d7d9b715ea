package grapherr

import (
	"errors"
	"strings"
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
	Details []Detail

	Case    Case   // what happened, in no workload's words; Plain has none
	Subject string // the key or property that Case is about
	Type    string // the short name of the type that Case is about

	Cause string // innerError.cause: what exactly was wrong, in our words
	Cure  string // innerError.cure: what to do about it, in our words

	RetryAfter time.Duration     // zero: no header
	Header     map[string]string // further response headers (Allow, WWW-Authenticate)
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

// Case names what happened independently of the workload that answers.
type Case uint8

// The cases that workloads word differently (section 2.4 of the rules).
const (
	Plain           Case = iota
	CaseNotFound         // no entity has this key
	CaseExists           // the key is taken
	CaseNoProperty       // a written property is not in the type
	CaseRequired         // a required property is missing
	CaseReadOnly         // a written property is made by the service
	CaseNotAllowed       // the method does not fit what the path denotes
	CaseChanged          // If-Match names an older version
	CaseNoReference      // a link leads nowhere
	CaseLinked           // the link is there already
	CaseNotLinked        // the link is not there
	CaseBadToken         // a page token is none
	CaseDenied           // the caller's token does not permit it
)

// Form is how one workload words one case. In Message, {key} stands for the
// error's Subject and {type} for its Type with a capital letter.
type Form struct {
	Status        int // 0: as in the generic form
	Code, Message string
	Inner         string
}

// Dialect gives a workload's forms; a case it does not list keeps the generic one.
type Dialect map[Case]Form

// Word puts e into the dialect's words. An error without a case, or one that
// the dialect does not list, is returned as it is.
func (d Dialect) Word(e *Error) *Error {
	f, ok := d[e.Case]
	if e.Case == Plain || !ok {
		return e
	}
	c := *e
	c.Code, c.Inner = f.Code, f.Inner
	if f.Status != 0 {
		c.Status = f.Status
	}
	if f.Message != "" {
		c.Message = strings.NewReplacer("{key}", e.Subject, "{type}", capital(e.Type)).Replace(f.Message)
	}
	return &c
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
