package emulator_test

import (
	"encoding/json"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// documented is one request of the reference pages with what they answer to it.
type documented struct {
	ID           string            `json:"id"` // page/name, numbered where a page repeats it
	Version      string            `json:"version"`
	Method       string            `json:"method"`
	URL          string            `json:"url"`
	Headers      map[string]string `json:"headers,omitempty"`
	BodyKind     string            `json:"bodyKind,omitempty"`
	Body         json.RawMessage   `json:"body,omitempty"`
	Status       int               `json:"status,omitempty"`
	TextStatuses []int             `json:"textStatuses,omitempty"`
	RespKind     string            `json:"respKind,omitempty"`
	Resp         json.RawMessage   `json:"resp,omitempty"` // a kind of value for each member
	RespType     string            `json:"respType,omitempty"`
	IsCollection bool              `json:"isCollection,omitempty"`
	Target       string            `json:"target,omitempty"`
}

// intune reports whether the request belongs to the half of the corpus that was
// generated, with placeholders for values.
func (d *documented) intune() bool {
	u := strings.ToLower(d.URL)
	return strings.Contains(u, "/devicemanagement") || strings.Contains(u, "/deviceappmanagement")
}

// outcome is a documented request with our answer to it.
type outcome struct {
	*documented
	got               answer
	status, kind      bool // agrees
	noStatus, unknown bool // the page gives no status, no kind
}

// TestDocumentedRequests sends every request of the reference pages to a fresh
// emulator that makes up what is missing, and compares status and kind of the
// answer with the page's. What differs is listed with its reason in
// testdata/cases-known.txt, and the list may only shrink.
func TestDocumentedRequests(t *testing.T) {
	cases := documentedCases(t)
	outcomes := ask(t, cases, emulator.MissingSynthesize)
	for _, s := range scores(outcomes) {
		t.Log(s)
		if s.status() < 0.97 || s.kind() < 0.97 {
			t.Errorf("%s: below 97%%", s)
		}
	}
	compareKnown(t, outcomes)
}

// TestDocumentedRequestsUnmade reports the score without anything made up: most
// pages read what they never create.
func TestDocumentedRequestsUnmade(t *testing.T) {
	if testing.Short() {
		t.Skip("only reports a score")
	}
	for _, s := range scores(ask(t, documentedCases(t), emulator.MissingNotFound)) {
		t.Log("on-missing 404: ", s)
	}
}

// ask sends each request to an emulator in its first state.
func ask(t *testing.T, cases []*documented, missing emulator.Missing) []outcome {
	t.Helper()
	out := make([]outcome, len(cases))
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		emu := emulatortest.New(t, emulator.WithOnMissing(missing), emulator.WithRandomSeed(1))
		workers.Go(func() {
			for i := range next {
				if err := emu.Reset(); err != nil {
					t.Error(err)
				}
				out[i] = judge(cases[i], send(emu, cases[i]))
			}
		})
	}
	for i := range cases {
		next <- i
	}
	close(next)
	workers.Wait()
	return out
}

func judge(d *documented, got answer) outcome {
	o := outcome{documented: d, got: got, noStatus: d.Status == 0 && len(d.TextStatuses) == 0, unknown: d.kind() == ""}
	o.status = slices.Contains(d.statuses(), got.status)
	// The example shows the kind of its own status; of the others that the text names
	// nothing is shown.
	o.unknown = o.unknown || o.status && d.Status != 0 && got.status != d.Status
	o.kind = o.unknown || got.kind == d.kind()
	return o
}

// statuses are those that the example and the page's text name.
func (d *documented) statuses() []int { return append([]int{d.Status}, d.TextStatuses...) }

// kind is what the documented answer is.
func (d *documented) kind() string {
	switch {
	case d.Status >= 400:
		return "error"
	case d.RespKind == "none" && d.answers():
		return "" // something is answered, and the page does not print it
	case d.Status == 204 || d.RespKind == "none":
		return "none"
	case d.RespKind == "media" || d.RespKind == "xml":
		return "stream"
	case d.RespKind != "json":
		return ""
	}
	var shape map[string]any
	if json.Unmarshal(d.Resp, &shape) != nil {
		return ""
	}
	switch v, _ := shape["value"].(string); {
	case v == "array" && d.RespType != "" && !strings.HasPrefix(d.RespType, "Collection(") && !d.IsCollection && (d.Target == "entity" || d.Method == "POST" && d.Target == "coll"):
		return "entity" // the address and the annotation against the printed body
	case v == "array":
		return "collection"
	case v == "object" || v == "":
		return "entity"
	case structural(shape) > 1:
		return "entity"
	}
	return "value"
}

// answers reports whether the request is one that always has a body in its answer: a
// read, or a create or update that is not answered 202 or 204.
func (d *documented) answers() bool {
	switch {
	case d.Status == 200 && d.Method == "GET":
		return true
	case d.Status != 200 && d.Status != 201:
		return false
	}
	return d.Method == "POST" && d.Target == "coll" || d.Method == "PATCH" && d.Target == "entity"
}

// structural counts the members that are not control information.
func structural[V any](m map[string]V) (n int) {
	for name := range m {
		if !strings.Contains(name, "@") {
			n++
		}
	}
	return n
}

// escaped is the URL as a client sends it: printed in pages with blanks and quotes.
func (d *documented) escaped() string {
	raw := d.URL
	if _, rest, ok := strings.Cut(raw, "://"); ok {
		_, rest, _ = strings.Cut(rest, "/")
		raw = "/" + rest
	}
	raw = strings.TrimSpace(raw)
	if low := strings.ToLower(raw); !strings.HasPrefix(low, "/v1.0/") && !strings.HasPrefix(low, "/beta/") {
		raw = "/" + d.Version + "/" + strings.TrimLeft(raw, "/")
	}
	var b strings.Builder
	for i := range len(raw) {
		switch c := raw[i]; {
		case c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}#", c) >= 0:
			b.WriteString("%" + strings.ToUpper(strconv.FormatUint(uint64(c)|0x100, 16)[1:]))
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// own is the address in the version that the page is about: some pages print the
// other one's name before a path that only their own has.
func (d *documented) own() string {
	rest, ok := strings.CutPrefix(d.escaped(), "/v1.0/")
	if !ok {
		return d.escaped()
	}
	return "/" + d.Version + "/" + rest
}

// parsed is the address as net/http gives it to a handler.
func parsed(target string) *url.URL {
	u, err := url.ParseRequestURI(target)
	if err != nil { // a % that escapes nothing
		u, _ = url.ParseRequestURI(strings.ReplaceAll(target, "%", "%25"))
	}
	return u
}
