package fault

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Rule is one fault. The first part selects requests, the second which of them it hits,
// the third what they get. The zero value of each member is the least it can mean; a Rule
// with neither Status nor Delay, Drop or Challenge does nothing and is refused.
type Rule struct {
	ID string `json:"id"` // made up when empty

	Method string `json:"method,omitempty"` // empty: any
	// Path is a pattern for the path of the request, with or without the version. *
	// stands for anything in a segment, ** for any segments. With a name in braces it
	// is the template of an operation ("/users/{id}/messages") and means every
	// spelling of such a path. Letter case does not count. Empty: any path.
	Path string `json:"path,omitempty"`
	App  string `json:"app,omitempty"`  // only callers with this client id
	User string `json:"user,omitempty"` // only callers with this object id
	// Attempts counts a client's repetitions by its Retry-Attempt header: only requests
	// with a lower number are hit. 0: all.
	Attempts int `json:"attempts,omitempty"`

	Skip  int `json:"skip,omitempty"`  // so many matching requests pass first
	Every int `json:"every,omitempty"` // then every nth is hit; 0: each
	Times int `json:"times,omitempty"` // so often; 0: once; below 0: without end
	// Window goes on hitting all matching requests for so long, counted as one time.
	// Retry-After then says what is left of it.
	Window Seconds `json:"window,omitempty"`

	Status     int               `json:"status,omitempty"`     // 400 to 599; 0: the request is only delayed
	Code       string            `json:"code,omitempty"`       // empty: what the workload says
	Message    string            `json:"message,omitempty"`    // likewise
	RetryAfter Seconds           `json:"retryAfter,omitempty"` // 0: of a 429, what is left of the window, at least 1
	Headers    map[string]string `json:"headers,omitempty"`    // beside or instead of the usual ones; an empty value takes one away
	Body       json.RawMessage   `json:"body,omitempty"`       // instead of the error; ${request-id}, ${client-request-id} and ${date} are filled in
	Delay      Seconds           `json:"delay,omitempty"`      // on the emulator's clock, before anything else happens
	Drop       bool              `json:"drop,omitempty"`       // the connection is cut instead of an answer
	Challenge  bool              `json:"challenge,omitempty"`  // a 401 with a claims challenge
}

// Seconds is a time span in seconds. In JSON it is a number, or a text such as "1m30s".
type Seconds float64

// Duration returns the span as Go has it.
func (s Seconds) Duration() time.Duration { return time.Duration(float64(s) * float64(time.Second)) }

// UnmarshalJSON implements json.Unmarshaler.
func (s *Seconds) UnmarshalJSON(text []byte) error {
	var n float64
	if json.Unmarshal(text, &n) == nil {
		*s = Seconds(n)
		return nil
	}
	var word string
	if err := json.Unmarshal(text, &word); err == nil {
		if d, err := time.ParseDuration(word); err == nil {
			*s = Seconds(d.Seconds())
			return nil
		}
	}
	return fmt.Errorf("%s is no time span; write \"90s\", \"1h30m\" or a number of seconds", text)
}

// maxSpan bounds delays and windows.
const maxSpan = Seconds(1e8)

// check says what is wrong with a rule.
func (r *Rule) check() error {
	for name, n := range map[string]int{"skip": r.Skip, "every": r.Every, "attempts": r.Attempts} {
		if n < 0 {
			return fmt.Errorf("%s: %d is below zero", name, n)
		}
	}
	for name, s := range map[string]Seconds{"window": r.Window, "retryAfter": r.RetryAfter, "delay": r.Delay} {
		if s < 0 || s > maxSpan {
			return fmt.Errorf("%s: %v is not between 0 and %.0f seconds", name, s, float64(maxSpan))
		}
	}
	switch {
	case r.Challenge && r.Status != 0 && r.Status != 401:
		return fmt.Errorf("challenge: a claims challenge has the status 401, not %d", r.Status)
	case r.Status != 0 && (r.Status < 400 || r.Status > 599):
		return fmt.Errorf("status: %d is no error; write 400 to 599", r.Status)
	case r.Status == 0 && !r.Drop && !r.Challenge && r.Delay == 0:
		return errors.New("the rule does nothing: it has none of status, delay, drop, challenge")
	case r.Status == 0 && (r.Code != "" || r.Message != "" || r.Body != nil || r.Headers != nil || r.RetryAfter != 0) && !r.Challenge:
		return errors.New("code, message, body, headers and retryAfter belong to a status")
	case r.Drop && (r.Status != 0 || r.Challenge):
		return errors.New("drop: a connection that is cut has no status")
	case len(r.Body) > maxBody:
		return fmt.Errorf("body: over %d bytes", maxBody)
	}
	if r.ID != "" && !token(r.ID) || len(r.ID) > 100 {
		return fmt.Errorf("id: %q is no name", r.ID)
	}
	for name, v := range r.Headers {
		if !token(name) || strings.ContainsAny(v, "\r\n\x00") {
			return fmt.Errorf("headers: %q cannot be sent", name)
		}
	}
	return nil
}

const maxBody = 64 << 10

// token reports whether a text can be the name of a header.
func token(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte("()<>@,;:\\\"/[]?={}", c) >= 0 {
			return false
		}
	}
	return s != ""
}
