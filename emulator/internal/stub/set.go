package stub

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
)

// Set holds the stubs of an emulator, in their order. The zero Set is empty; all
// methods may be called from many goroutines.
type Set struct {
	Folder string // what the ids of added stubs begin with; set before all else

	some  atomic.Bool
	mu    sync.Mutex
	own   []*use // of the fixtures; what Reset goes back to
	stubs []*use // those that answer: what was added last stands first
	made  int
}

// use is a stub with what has become of it.
type use struct {
	*Stub
	matched int // requests that it is for, until it is spent
	size    int // bytes of its text, if it was added
}

// hit is how many requests it has answered.
func (u *use) hit() int { return max(0, u.matched-u.skip) }

func (u *use) spent() bool { return u.times > 0 && u.matched >= u.skip+u.times }

// Limits of the stubs that are added to those of the fixtures.
const (
	Max      = 10_000
	MaxBytes = 64 << 20 // of their texts
)

// Replace puts stubs in the place of those that were there, none of them used.
func (s *Set) Replace(stubs []*Stub) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.own = make([]*use, len(stubs))
	for i, st := range stubs {
		s.own[i] = &use{Stub: st}
	}
	s.set(s.own)
}

func (s *Set) set(to []*use) {
	s.stubs = to
	s.some.Store(len(to) > 0)
}

// Reset goes back to the stubs that Replace gave, none of them used.
func (s *Set) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range s.own {
		u.matched = 0
	}
	s.set(s.own)
}

// Add puts stubs in front of all others, in their order, and gives their ids, which are
// their places from now on. size is that of the text that they were written in.
func (s *Set) Add(stubs []*Stub, size int) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	total := size
	for _, u := range s.stubs {
		total += u.size
	}
	switch {
	case len(s.stubs)+len(stubs) > len(s.own)+Max:
		return nil, fmt.Errorf("at most %d stubs can be added; remove some, or reset", Max)
	case total > MaxBytes:
		return nil, fmt.Errorf("the stubs that were added may have %d bytes together; remove some, or reset", MaxBytes)
	}
	var ids []string
	var to []*use
	for _, st := range stubs {
		s.made++
		st.Place = "stub-" + strconv.Itoa(s.made)
		st.PutIn(s.Folder)
		ids = append(ids, st.Place)
		to = append(to, &use{Stub: st, size: size / len(stubs)})
	}
	s.set(append(to, s.stubs...))
	return ids, nil
}

// Remove takes a stub away; false when there is none of that id.
func (s *Set) Remove(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := slices.DeleteFunc(slices.Clone(s.stubs), func(u *use) bool { return u.Place == id })
	found := len(left) < len(s.stubs)
	s.set(left)
	return found
}

// Clear takes all stubs away.
func (s *Set) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set(nil)
}

// Status is a stub as List shows it.
type Status struct {
	ID, Request               string // its place, and its request as it is written
	Skip, Times, Matched, Hit int
	Spent                     bool
}

// List gives all stubs, in the order in which they are tried.
func (s *Set) List() []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Status, 0, len(s.stubs))
	for _, u := range s.stubs {
		out = append(out, Status{u.Place, u.line, u.skip, u.times, u.matched, u.hit(), u.spent()})
	}
	return out
}

// Any reports whether there are stubs; a nil Set has none. It takes no lock.
func (s *Set) Any() bool { return s != nil && s.some.Load() }

// Request is a request as stubs see it.
type Request struct {
	Method  string
	Version string                 // "v1.0"
	Path    string                 // escaped, behind the version
	Query   string                 // escaped
	Header  map[string][]string    // canonical names
	Body    func() ([]byte, error) // called when a stub looks at it, once or more

	parts []string
	query url.Values
}

// Hit is a stub with the request that it answers.
type Hit struct {
	*Stub
	r    *Request
	path map[string]string
	vars conversation.Vars
	body []byte
}

// Find finds the stub that answers a request, and counts it; nil: none does. The error is
// that of reading the body.
func (s *Set) Find(r *Request) (*Hit, error) {
	s.mu.Lock()
	stubs := s.stubs
	s.mu.Unlock()
	for _, u := range stubs {
		h, err := u.match(r)
		if err != nil {
			return nil, err
		}
		if h != nil && s.take(u) {
			return h, nil
		}
	}
	return nil, nil
}

// take counts a match and reports whether the stub answers it.
func (s *Set) take(u *use) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.spent() {
		return false
	}
	u.matched++
	return u.matched > u.skip
}

// match compares a request with what the stub is for; nil: it is not for this one.
func (st *Stub) match(r *Request) (*Hit, error) {
	method := r.Method
	if method == "HEAD" && st.method == "GET" {
		method = "GET"
	}
	if st.method != "" && st.method != method || st.version != "" && !strings.EqualFold(st.version, r.Version) {
		return nil, nil
	}
	if r.parts == nil {
		r.parts = split(r.Path)
	}
	path, ok := fit(st.path, r.parts)
	if !ok {
		return nil, nil
	}
	h := &Hit{Stub: st, r: r, path: path, vars: conversation.Vars{}}
	if !h.options() || !h.headers() {
		return nil, nil
	}
	if st.usesBody {
		var err error
		if h.body, err = r.Body(); err != nil {
			return nil, err
		}
	}
	if st.body != nil && len(st.body.Differences(0, nil, h.body, h.vars)) > 0 {
		return nil, nil
	}
	return h, nil
}

// options compares the query, whose names may go without their dollar.
func (h *Hit) options() bool {
	for _, o := range h.Stub.query {
		got, there := h.r.option(o.name)
		if o.value == "${absent}" {
			if there {
				return false
			}
			continue
		}
		if ok, err := h.vars.Match(o.value, got); !there || !ok || err != nil {
			return false
		}
	}
	return true
}

func (r *Request) option(name string) (string, bool) {
	if r.query == nil {
		r.query = url.Values{}
		for part := range strings.SplitSeq(r.Query, "&") {
			n, v, _ := strings.Cut(part, "=")
			n = strings.TrimPrefix(strings.ToLower(unescaped(n)), "$")
			r.query[n] = append(r.query[n], unescaped(v))
		}
	}
	v, ok := r.query[strings.TrimPrefix(strings.ToLower(name), "$")]
	if !ok {
		return "", false
	}
	return v[0], true
}

func (h *Hit) headers() bool {
	for _, want := range h.Stub.headers {
		got := h.r.Header[textproto.CanonicalMIMEHeaderKey(want.Name)]
		if want.None || want.Value == "${absent}" {
			if len(got) > 0 {
				return false
			}
			continue
		}
		if ok, err := h.vars.Match(want.Value, strings.Join(got, ", ")); len(got) == 0 || !ok || err != nil {
			return false
		}
	}
	return true
}

// Path calls set for each {name} in the path of the stub, with what stands there in the
// request.
func (h *Hit) Path(set func(name, value string)) {
	for name, value := range h.path {
		set(name, value)
	}
}

// Values is what answers take from where they are given.
type Values struct {
	URL  string // the origin of the emulator
	GUID func() string
	Time string
}

// Header calls set for each header of the answer, or drop for one that it goes without.
func (h *Hit) Header(v *Values, set func(name, value string), drop func(name string)) {
	if h.answerType != "" {
		set("Content-Type", h.answerType)
	}
	for _, a := range h.answerHeader {
		if a.value == nil {
			drop(a.name)
			continue
		}
		set(a.name, clean(string(a.value.Append(nil, h.value(v)))))
	}
}

// clean takes out of a header what cannot be sent.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

// Body appends the body of the answer.
func (h *Hit) Body(dst []byte, v *Values) []byte { return h.answer.Append(dst, h.value(v)) }

// value gives what stands behind a marker, as JSON.
func (h *Hit) value(v *Values) func(string) []byte {
	return func(name string) []byte {
		switch name {
		case "url":
			return text(v.URL)
		case "guid":
			return text(v.GUID())
		case "time":
			return text(v.Time)
		case "request.method":
			return text(h.r.Method)
		case "request.path":
			return text("/" + strings.Trim(h.r.Path, "/"))
		case "request.body":
			return member(h.body, "")
		}
		if key, ok := strings.CutPrefix(name, "request.path."); ok {
			return text(h.path[key])
		}
		if option, ok := strings.CutPrefix(name, "request.query."); ok {
			if got, there := h.r.option(option); there {
				return text(got)
			}
			return nil
		}
		if header, ok := strings.CutPrefix(name, "request.header."); ok {
			if got := h.r.Header[textproto.CanonicalMIMEHeaderKey(header)]; len(got) > 0 {
				return text(strings.Join(got, ", "))
			}
			return nil
		}
		if pointer, ok := strings.CutPrefix(name, "request.body."); ok {
			return member(h.body, pointer)
		}
		if kept, ok := h.vars[name]; ok {
			return text(kept)
		}
		return nil
	}
}

func text(s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil { // unreachable: it is a text
		return nil
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// member is what a JSON pointer leads to in a body; a body that is no JSON is a text.
func member(body []byte, pointer string) []byte {
	if !json.Valid(body) {
		if pointer == "" {
			return text(string(body))
		}
		return nil
	}
	at := json.RawMessage(body)
	for part := range strings.SplitSeq(pointer, "/") {
		if part == "" {
			continue
		}
		part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		var object map[string]json.RawMessage
		var list []json.RawMessage
		if json.Unmarshal(at, &object) == nil && object != nil {
			at = object[part]
		} else if json.Unmarshal(at, &list) == nil {
			at = element(list, part)
		} else {
			at = nil
		}
		if at == nil {
			return nil
		}
	}
	return at
}

func element(list []json.RawMessage, index string) json.RawMessage {
	n := 0
	for _, c := range []byte(index) {
		if c < '0' || c > '9' || n >= len(list) {
			return nil
		}
		n = n*10 + int(c-'0')
	}
	if n >= len(list) {
		return nil
	}
	return list[n]
}
