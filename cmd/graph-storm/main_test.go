package main

import (
	"strings"
	"testing"
)

// The storm finds nothing, and the same seed sends the same requests.
func TestStorm(t *testing.T) {
	var first, again strings.Builder
	for _, out := range []*strings.Builder{&first, &again} {
		if err := run(t.Context(), []string{"--requests", "300", "--seed", "7"}, out); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	counts := func(text string) string {
		_, text, _ = strings.Cut(text, "\n")
		text, _, _ = strings.Cut(text, "slowest")
		return text
	}
	if a, b := counts(first.String()), counts(again.String()); a != b || !strings.Contains(a, "  200  ") {
		t.Errorf("the same seed gives\n%sand\n%s", a, b)
	}
}

// A cause is reported with the fewest requests that show it.
func TestShrink(t *testing.T) {
	f := &finding{cause: "400 without Graph's envelope: /made up"}
	needless := request{Method: "GET", URL: "/v1.0/me"}
	f.requests = []request{needless}
	f.shrink([]request{needless, needless})
	if f.alone || len(f.requests) != 1 {
		t.Errorf("a cause that does not repeat: %v", f)
	}
	r := request{Method: "POST", URL: "/v1.0/groups?a=b&c=d", Headers: []header{{"X", "y"}}, Body: `{"a":1,"b":2}`}
	if got := len(r.smaller()); got != 5 {
		t.Errorf("%d smaller forms, want 5", got)
	}
}

// What is one cause has one name.
func TestCause(t *testing.T) {
	const stack = "panic: runtime error: index out of range [%] with length 0\ngoroutine 7 [running]:\n" +
		"github.com/graph-emulator/graph-emulator/emulator/internal/eval.(*Sorter).Add(0xc0001)\n\t/src/emulator/internal/eval/order.go:119 +0x1d\n"
	a, b := cause(strings.Replace(stack, "%", "5", 1)), cause(strings.Replace(stack, "%", "12", 1))
	if a != b || !strings.Contains(a, "eval.(*Sorter).Add order.go:119") {
		t.Errorf("%q and %q", a, b)
	}
}
