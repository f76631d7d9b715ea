package fault_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/fault"
)

var start = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

func probe(path, template string) *fault.Probe {
	return &fault.Probe{Method: "GET", Version: "v1.0", Path: path, Template: func() string { return template },
		App: "a", User: "u", Now: start}
}

func TestPatterns(t *testing.T) {
	for _, tt := range []struct {
		pattern, path, template string
		want                    bool
	}{
		{"", "/users/x", "/users/{}", true},
		{"/users", "/users", "", true},
		{"users", "/Users/", "", true},
		{"/users", "/users/x", "", false},
		{"/users/*", "/users/x", "", true},
		{"/users/*", "/users/x/messages", "", false},
		{"/users/**", "/users/x/messages", "", true},
		{"/users/**", "/users", "", true},
		{"/**/messages", "/me/mailFolders/inbox/messages", "", true},
		{"/v1.0/users/**", "/users/x", "", true},
		{"/beta/users/**", "/users/x", "", false},
		{"/users/ida@*", "/users/ida@northgale.test", "", true},
		{"/users/ida@*", "/users/tomas@northgale.test", "", false},
		{"/users/{id}/messages", "/users('x')/messages", "/users/{}/messages", true},
		{"/users/{id}", "/nonsense", "", false},
		{"/drive/root:/{path}:/content", "/drive/root:/a/b:/content", "/drive/root:/{path}:/content", true},
		{"/**/a/**/b", "/x/a/b/a/c/b", "", true},
		{"/**/a/**/b", "/x/b/a/c", "", false},
		{"/**/{id}/messages", "/users/x/messages", "/users/{}/messages", true},
	} {
		var s fault.Set
		if _, err := s.Add(fault.Rule{Path: tt.pattern, Status: 500}); err != nil {
			t.Fatal(err)
		}
		if _, got := s.Hit(probe(tt.path, tt.template)); got != tt.want {
			t.Errorf("%q on %s (%s): %v", tt.pattern, tt.path, tt.template, got)
		}
	}
}

// Method, every nth, how often; a rule that says nothing hits once.
func TestCounting(t *testing.T) {
	t.Attr("rules", "B-8.3 B-8.14 C-11.3 C-11.4")
	for _, tt := range []struct {
		rule fault.Rule
		want string // x: hit, for nine requests
	}{
		{fault.Rule{}, "x........"},
		{fault.Rule{Times: 3}, "xxx......"},
		{fault.Rule{Times: -1}, "xxxxxxxxx"},
		{fault.Rule{Every: 3, Times: -1}, "..x..x..x"},
		{fault.Rule{Every: 3, Times: 2}, "..x..x..."},
		{fault.Rule{Skip: 2, Times: 2}, "..xx....."},
		{fault.Rule{Skip: 1, Every: 2, Times: -1}, "..x.x.x.x"},
		{fault.Rule{Method: "post", Times: -1}, "........."},
		{fault.Rule{App: "A", User: "U", Times: 1}, "x........"},
		{fault.Rule{App: "other", Times: -1}, "........."},
		{fault.Rule{User: "other", Times: -1}, "........."},
		{fault.Rule{Window: 3}, "xxx......"},              // a request a second: B-8.3
		{fault.Rule{Window: 2, Every: 2}, ".xx......"},    // one window
		{fault.Rule{Window: 2, Times: 2}, "xxxx....."},    // two
		{fault.Rule{Attempts: 3, Times: -1}, "xxx......"}, // C-11.3: the request's number is its attempt
	} {
		var s fault.Set
		tt.rule.Status = 429
		if _, err := s.Add(tt.rule); err != nil {
			t.Fatal(err)
		}
		got := ""
		for i := range 9 {
			p := probe("/me", "/me")
			p.Now, p.Attempt = start.Add(time.Duration(i)*time.Second), i
			mark := "."
			if _, hit := s.Hit(p); hit {
				mark = "x"
			}
			got += mark
		}
		if got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.rule, got, tt.want)
		}
		if l := s.List()[0]; l.Hit != strings.Count(tt.want, "x") {
			t.Errorf("%+v: listed as %+v", tt.rule, l)
		}
	}
}

// A window tells what is left of it.
func TestWindow(t *testing.T) {
	t.Attr("rules", "B-8.3")
	var s fault.Set
	s.Add(fault.Rule{Status: 429, Window: 10})
	s.Hit(probe("/me", ""))
	p := probe("/me", "")
	p.Now = start.Add(4 * time.Second)
	if h, ok := s.Hit(p); !ok || h.Left != 6*time.Second {
		t.Errorf("%v left (%v)", h.Left, ok)
	}
}

func TestRefused(t *testing.T) {
	for _, text := range []string{
		`{}`, `{"status":200}`, `{"status":600}`, `{"status":429,"every":-1}`, `{"status":429,"window":-1}`, `{"status":429,"window":1e12}`,
		`{"delay":1,"code":"x"}`, `{"status":429,"path":"[a"}`, `{"status":429,"path":"` + strings.Repeat("/a", 600) + `"}`, `{"drop":true,"status":500}`,
		`{"challenge":true,"status":403}`, `{"id":"a/b","status":429}`, `{"status":429,"headers":{"a b":"c"}}`, `{"status":429,"headers":{"a":"b\nc"}}`,
	} {
		var r fault.Rule
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			t.Fatal(err)
		}
		if id, err := new(fault.Set).Add(r); err == nil {
			t.Errorf("%s is taken as %s", text, id)
		}
	}
	for _, text := range []string{`{"window":"soon"}`, `{"window":[]}`} {
		if json.Unmarshal([]byte(text), new(fault.Rule)) == nil {
			t.Errorf("%s is read", text)
		}
	}
}

// The set is bounded: spent rules make room, others do not.
func TestBounded(t *testing.T) {
	var s fault.Set
	for i := range fault.Max {
		if _, err := s.Add(fault.Rule{Status: 500, Path: fmt.Sprint("/p", i)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Add(fault.Rule{Status: 500}); err == nil {
		t.Error("a rule too many is taken")
	}
	if _, ok := s.Hit(probe("/p7", "")); !ok {
		t.Fatal("no hit")
	}
	id, err := s.Add(fault.Rule{Status: 503})
	if err != nil || len(s.List()) != fault.Max {
		t.Errorf("%v, %d rules", err, len(s.List()))
	}
	if _, err := s.Add(fault.Rule{ID: id, Status: 504}); err != nil {
		t.Error(err)
	}
	if !s.Remove(id) || s.Remove(id) || !s.Any() {
		t.Error("removal")
	}
	if s.Clear(); s.Any() || len(s.List()) != 0 {
		t.Error("cleared, and there are rules")
	}
}

func FuzzPattern(f *testing.F) {
	f.Add("/users/{id}/**", "/users/x/y")
	f.Fuzz(func(t *testing.T, pattern, path string) {
		var s fault.Set
		if _, err := s.Add(fault.Rule{Path: pattern, Status: 500}); err == nil {
			s.Hit(probe(path, path))
		}
	})
}
