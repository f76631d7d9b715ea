package emulator_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// badInput is a request that must be refused.
type badInput struct {
	name, method, path string
	body               string
	header             string // "Name: value" lines besides Content-Type: application/json; "Name:" sends none
	status             int
	code               string
	says               string // what message and cause hold, parts between |
	allow              string
}

const (
	record    = "11111111-2222-4333-8444-555555555555" // made before each table
	presences = "/beta/communications/presences"
	unknown   = "99999999-0000-4000-8000-000000000000"
)

// standing makes an emulator with a record in it. The same seed makes the same ids.
func standing(t *testing.T, opts ...emulator.Option) *emulator.Server {
	t.Helper()
	s := emulatortest.New(t, append([]emulator.Option{emulator.WithRandomSeed(7), emulator.WithBodyLimit(64 << 10)}, opts...)...)
	made := call(s, "POST", presences, `{"id":"`+record+`","availability":"Busy","activity":"Busy","outOfOfficeSettings":{}}`, "")
	if made.Code != http.StatusCreated {
		t.Fatalf("%d %s", made.Code, made.Body)
	}
	return s
}

// call makes a request without a network.
func call(h http.Handler, method, path, body, header string) *httptest.ResponseRecorder {
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, "http://graph.test"+path, in)
	r.Header.Set("Origin", "https://app.northgale.test") // a browser must be able to read refusals (C-1.20, C-1.23)
	r.RequestURI = path
	r.Header.Set("Content-Type", "application/json")
	for line := range strings.Lines(header) {
		name, v, _ := strings.Cut(strings.TrimSpace(line), ":")
		if v = strings.TrimSpace(v); v == "" {
			r.Header.Del(name)
		} else {
			r.Header.Set(name, v)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestBadInputs: each is answered in Graph's envelope with the right code, a
// message that says which property and why, and changes nothing.
func TestBadInputs(t *testing.T) {
	for _, group := range []struct {
		name   string
		opts   []emulator.Option
		inputs []badInput
	}{
		{"body", nil, badBodies()},
		{"values", nil, badValues()},
		{"headers", nil, badHeaders()},
		{"addresses", nil, badAddresses()},
		{"strict", []emulator.Option{emulator.WithStrict()}, strictly()},
	} {
		t.Run(group.name, func(t *testing.T) {
			s := standing(t, group.opts...)
			before := state(t, s)
			for _, in := range group.inputs {
				t.Run(in.name, func(t *testing.T) {
					in.check(t, call(s, in.method, in.path, in.body, in.header))
					if after := state(t, s); after != before {
						t.Errorf("the store has changed\nbefore: %s\n after: %s", before, after)
					}
				})
			}
			// Neither have the dice: the next id is that of an emulator that saw none of it.
			const body = `{"availability":"Away","activity":"Away","outOfOfficeSettings":{}}`
			got, want := call(s, "POST", presences, body, ""), call(standing(t, group.opts...), "POST", presences, body, "")
			if got.Code != http.StatusCreated || got.Body.String() != want.Body.String() {
				t.Errorf("after all of it a create answers\n%d %s, and without\n%d %s", got.Code, got.Body, want.Code, want.Body)
			}
		})
	}
}

// state is everything that a refused request must leave as it is.
func state(t *testing.T, s *emulator.Server) string {
	t.Helper()
	dump, err := s.Dump()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s\nlast change: %d", dump, s.Seq())
}

var (
	isGUID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	isDate = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$`) // without a zone (B-2.2)
)

// failure is the envelope (B-2.1, B-2.2).
type failure struct {
	Error struct {
		Code, Message, Target string
		Details               []map[string]string
		InnerError            map[string]any `json:"innerError"`
	}
}

// check compares an answer with what in must be answered.
func (in *badInput) check(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	if w.Code != in.status {
		t.Errorf("status %d, want %d: %s", w.Code, in.status, w.Body)
	}
	if w.Header().Get("Allow") != in.allow {
		t.Errorf("Allow is %q, want %q", w.Header().Get("Allow"), in.allow)
	}
	f := envelope(t, w.Header(), w.Body.Bytes())
	if f.Error.Code != in.code {
		t.Errorf("code %q, want %q: %s", f.Error.Code, in.code, f.Error.Message)
	}
	for part := range strings.SplitSeq(in.says, "|") {
		cause, _ := f.Error.InnerError["cause"].(string)
		if !strings.Contains(f.Error.Message, part) && !strings.Contains(cause, part) {
			t.Errorf("the message does not say %q: %s", part, w.Body)
		}
	}
}

// envelope checks what every error answer has in common.
func envelope(t *testing.T, h http.Header, body []byte) *failure {
	t.Helper()
	var whole map[string]json.RawMessage
	var f failure
	if err := json.Unmarshal(body, &whole); err != nil || len(whole) != 1 || whole["error"] == nil {
		t.Fatalf("no envelope (%v): %s", err, body)
	}
	if err := json.Unmarshal(body, &f); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	inner := f.Error.InnerError
	id, date := h.Get("request-id"), ""
	if v, ok := inner["date"].(string); ok {
		date = v
	}
	if !isGUID.MatchString(id) || inner["request-id"] != id || inner["client-request-id"] != h.Get("client-request-id") || !isDate.MatchString(date) {
		t.Errorf("innerError does not agree with the headers %v: %v", h, inner)
	}
	if f.Error.Code == "" || f.Error.Message == "" {
		t.Errorf("code or message is empty: %s", body)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/json", "Access-Control-Allow-Origin": "*", "Location": "", "ETag": "", "OData-Version": "",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("header %s is %q, want %q", name, got, want)
		}
	}
	if !strings.Contains(h.Get("Access-Control-Expose-Headers"), "request-id") {
		t.Error("Access-Control-Expose-Headers does not name request-id")
	}
	return &f
}
