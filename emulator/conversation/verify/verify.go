package verify

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/scrub"
)

// Verifier says with whom a conversation is held again.
type Verifier struct {
	// Transport answers the requests, as the Transport of an emulator does.
	Transport http.RoundTripper
	// Base is the origin that all requests go to; those to a sign-in service keep its
	// name as their Host. Empty: they go where they went when they were recorded, a
	// server of this machine being called localhost, and https://graph.microsoft.com
	// where the file does not say.
	Base string
	// Ignore are patterns as of path.Match for places that may differ, such as
	// /error/message, /value/*/mail or Location.
	Ignore []string
	// Token gives the access token of whom as names in a conversation that was thought up,
	// which may be nobody's; nil: nobody can be named, and requests have no token.
	Token func(as string) (string, error)
	// Scrub is how the recording was scrubbed, where that was not as package scrub does by
	// itself: the key of its stand-ins, the names that were kept.
	Scrub []scrub.Option
	// Elsewhere reports whether Transport does not answer for a host. What went there, besides
	// what went to the upstream of the recording, is skipped; nil: nothing is.
	Elsewhere func(host string) bool
	// Now is the clock of answers without a Date; nil: time.Now.
	Now func() time.Time
}

// Difference is one thing in which an answer is not what was written down.
type Difference struct {
	Kind Kind   `json:"kind"`
	At   string `json:"at"` // the name of a header, a JSON pointer into the body; empty: the whole
	Got  string `json:"got,omitempty"`
	Want string `json:"want,omitempty"`
}

// Kind is what sort of difference it is.
type Kind string

// The kinds of differences.
const (
	Request Kind = "request" // the request could not be made, or its answer not read
	Status  Kind = "status"
	Header  Kind = "header"
	Missing Kind = "missing" // a member that was written down is not there
	More    Kind = "more"    // one that was not is
	Type    Kind = "type"    // the value is of another JSON type
	Length  Kind = "length"  // the list has another number of elements
	Order   Kind = "order"   // the elements that were asked for in order have another
	Value   Kind = "value"
)

// String is the difference on one line.
func (d Difference) String() string {
	at := d.At
	if at == "" || at == string(d.Kind) {
		at = string(d.Kind)
	} else {
		at = string(d.Kind) + " " + at
	}
	if d.Kind == Request {
		return at + ": " + d.Got
	}
	return fmt.Sprintf("%s: got %s, want %s", at, d.Got, d.Want)
}

// Result is what became of one exchange.
type Result struct {
	Line        int          `json:"line,omitempty"`
	Request     string       `json:"request"`
	Skipped     bool         `json:"skipped,omitempty"`  // a stub is held with nobody, and what went elsewhere
	Host        string       `json:"host,omitempty"`     // where it went then
	Redacted    bool         `json:"redacted,omitempty"` // its body was taken out before it was recorded, and no service could answer it
	Differences []Difference `json:"differences,omitempty"`
	// Strangers are stand-ins that the request names and that stand for nothing of the
	// server's: it has another tenant, or they are those of another key.
	Strangers []string `json:"strangers,omitempty"`
	// Note is what the differences may come from, other than the server.
	Note string        `json:"note,omitempty"`
	Took time.Duration `json:"-"`
}

// Run holds the conversation from its beginning to its end and has a result for each
// exchange. It ends early, with an error, when ctx ends.
func (v *Verifier) Run(ctx context.Context, f *conversation.File) ([]Result, error) {
	for _, p := range v.Ignore {
		if _, err := path.Match(p, ""); err != nil {
			return nil, fmt.Errorf("%q is no pattern", p)
		}
	}
	s := &session{v: v, file: f, vars: conversation.Vars{}, known: newNames(), tokens: map[string]string{}}
	if f.Recording != nil {
		s.made = f.Recording.Made
		var err error
		if s.scrubber, err = scrub.New(append(slices.Clone(v.Scrub), scrub.WithMapping(s.known.give))...); err != nil {
			return nil, err
		}
		plain, err := scrub.New(v.Scrub...)
		if err != nil {
			return nil, err
		}
		s.parts = parts{plain, map[string]string{}, map[string]bool{}}
		s.tenant(ctx)
		s.known.begun = true
	}
	var out []Result
	for _, x := range f.Exchanges {
		r := Result{Line: x.Line, Request: x.Request, Skipped: x.Stub}
		r.Host, r.Redacted = s.elsewhere(x), f.Recording != nil && redacted(x)
		if r.Skipped = r.Skipped || r.Host != "" || r.Redacted; !r.Skipped {
			begun := time.Now()
			r.Differences = slices.DeleteFunc(s.hold(ctx, x), v.ignored)
			r.Strangers, s.strangers = s.strangers, nil
			if len(r.Differences) > 0 && s.known.partial(x.Request) {
				r.Note = partialNote
			}
			r.Took = time.Since(begun)
		}
		if err := context.Cause(ctx); err != nil {
			return out, err
		}
		out = append(out, r)
	}
	return out, nil
}

func (v *Verifier) ignored(d Difference) bool {
	return slices.ContainsFunc(v.Ignore, func(p string) bool {
		ok, err := path.Match(p, d.At)
		return ok && err == nil && d.Kind != Request
	})
}

// session is a conversation on its way.
type session struct {
	v          *Verifier
	file       *conversation.File
	vars       conversation.Vars // of what was thought up
	tokens     map[string]string // by their callers
	known      *names            // of what was recorded
	strangers  []string          // in the request that is being made
	parts      parts
	scrubber   *scrub.Scrubber  // makes the stand-ins of our names
	made       time.Time        // when the recording was begun; zero: nobody knows
	skews      [2]time.Duration // how far our clock was from the recorded one, at least and at most
	dated      bool             // skews are there
	begun, now time.Time        // by our clock
}

// elsewhere is the host that a request of a recording went to, if nobody here answers for it.
func (s *session) elsewhere(x *conversation.Exchange) string {
	if s.v.Elsewhere == nil || s.file.Recording == nil || x.Stub {
		return ""
	}
	_, target, _ := strings.Cut(x.Request, " ")
	u, err := url.Parse(s.known.translate(target))
	if err != nil || u.Host == "" || u.Scheme+"://"+u.Host == s.upstream() || ofThisMachine(u.Scheme+"://"+u.Host) || !s.v.Elsewhere(u.Hostname()) {
		return ""
	}
	return u.Hostname()
}

// redacted reports whether a request for a token has a body that asks for none: other
// tools replace such bodies by a word.
func redacted(x *conversation.Exchange) bool {
	method, target, _ := strings.Cut(x.Request, " ")
	path, _, _ := strings.Cut(strings.ToLower(target), "?")
	if method != "POST" || x.Stub || !strings.Contains(path, "/oauth2/") || !strings.HasSuffix(path, "/token") || x.Body.Form == conversation.None || x.Status >= 400 {
		return false
	}
	body, err := x.Body.Bytes(nil)
	return err == nil && !bytes.Contains(body, []byte("grant_type"))
}

// maxTenant bounds what is read of a tenant, in bytes.
const maxTenant = 256 << 20

// tenant asks an emulator for all that it has, whose names requests may have stand-ins of
// before an answer tells one. Any other service tells nothing.
func (s *session) tenant(ctx context.Context) {
	req, err := http.NewRequestWithContext(ctx, "GET", s.base(s.upstream())+"/_emulator/tenant", nil)
	if err != nil {
		return
	}
	resp, err := s.v.Transport.RoundTrip(req)
	if err != nil {
		return
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(io.LimitReader(resp.Body, maxTenant)); err == nil && resp.StatusCode == http.StatusOK {
		s.scrubber.Body("application/json", body)
	}
}

// upstream is the origin that paths of requests belong to.
func (s *session) upstream() string {
	if r := s.file.Recording; r != nil && r.Upstream != "" {
		return s.known.translate(strings.TrimSuffix(r.Upstream, "/"))
	}
	return "https://graph.microsoft.com"
}

// hold makes one exchange.
func (s *session) hold(ctx context.Context, x *conversation.Exchange) []Difference {
	req, err := s.request(ctx, x)
	if err != nil {
		return unable(err)
	}
	resp, err := s.v.Transport.RoundTrip(req) // not a client: redirects are answers
	if err != nil {
		return unable(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return unable(fmt.Errorf("the answer ends early: %w", err))
	}
	if s.file.Recording != nil {
		return s.compare(x, resp, body)
	}
	var out []Difference
	for _, d := range x.Differences(resp.StatusCode, resp.Header, body, s.vars) {
		k := Value
		switch {
		case d.Reason != "":
			out = append(out, Difference{Kind: Request, At: d.At, Got: d.Reason})
			continue
		case d.At == "status":
			k = Status
		case d.At != "" && d.At[0] != '/':
			k = Header
		case d.Got == "nothing":
			k = Missing
		case d.Want == "nothing":
			k = More
		}
		out = append(out, Difference{k, d.At, d.Got, d.Want})
	}
	return out
}

func unable(err error) []Difference { return []Difference{{Kind: Request, Got: err.Error()}} }

// request makes the request of an exchange, of a recorded one with the ids that
// earlier answers gave us.
func (s *session) request(ctx context.Context, x *conversation.Exchange) (*http.Request, error) {
	upstream := s.upstream()
	if s.file.Recording == nil {
		base := s.base(upstream)
		s.vars["url"] = base
		req, err := x.NewRequest(ctx, base, s.vars)
		if err == nil {
			err = s.identify(req, x)
		}
		return req, err
	}
	y := *x
	y.Headers = nil
	for _, h := range x.Headers {
		if !passing[strings.ToLower(h.Name)] {
			h.Value = s.known.translate(h.Value)
			y.Headers = append(y.Headers, h)
		}
	}
	method, target, _ := strings.Cut(x.Request, " ")
	origin := upstream
	if u, err := url.Parse(target); err == nil && u.Host != "" {
		origin, target = s.known.translate(u.Scheme+"://"+u.Host), u.RequestURI()
	}
	base := s.base(origin)
	s.known.origin(origin, base)
	s.parts.find(target, s.known)
	s.strangers = s.known.strangers(target)
	y.Request = method + " " + s.known.request(target)
	if x.Body.Form != conversation.None {
		content, err := x.Body.Bytes(nil)
		if err != nil {
			return nil, err
		}
		s.strangers = append(s.strangers, s.known.strangers(string(content))...)
		y.Body = conversation.Literal([]byte(s.known.request(string(content))))
	}
	req, err := y.NewRequest(ctx, base, nil)
	if err == nil && s.v.Base != "" && !ofThisMachine(origin) && origin != upstream {
		u, _ := url.Parse(origin) // it was taken from a URL
		req.Host = u.Host
	}
	return req, err
}

// identify gives a request that was thought up the token of its caller.
func (s *session) identify(req *http.Request, x *conversation.Exchange) error {
	switch {
	case x.Says("Authorization"):
		return nil
	case s.v.Token == nil && x.As != "":
		return fmt.Errorf("as: nobody here can give %s a token", x.As)
	case s.v.Token == nil:
		return nil
	}
	token, ok := s.tokens[x.As]
	if !ok { // who is deleted on the way has it still
		var err error
		if token, err = s.v.Token(x.As); err != nil {
			return fmt.Errorf("as: %w", err)
		}
		s.tokens[x.As] = token
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return nil
}

// passing are headers of a request that belong to its way, or to who made it: who
// that was is not in a recording.
var passing = map[string]bool{"authorization": true, "cookie": true, "host": true, "content-length": true, "connection": true,
	"accept-encoding": true, "transfer-encoding": true, "user-agent": true, "proxy-authorization": true, "via": true, "traceparent": true, "content-encoding": true}

// base is the origin that requests to a recorded one go to.
func (s *session) base(origin string) string {
	switch {
	case s.v.Base != "":
		return strings.TrimSuffix(s.v.Base, "/")
	case ofThisMachine(origin):
		scheme, _, _ := strings.Cut(origin, "://")
		return scheme + "://localhost"
	}
	return origin
}

func ofThisMachine(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	host := u.Hostname()
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
