package emulator_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

var updateCases = flag.Bool("update-cases", false, "write testdata/cases.jsonl.gz anew")

// casesFile has what the tests need of the documented requests: facts of the pages, and
// of the bodies of requests the names of members, with values only where the answer
// depends on them.
const casesFile = "testdata/cases.jsonl.gz"

// documentedCases reads them.
func documentedCases(t *testing.T) []*documented {
	t.Helper()
	cases, err := readCases(casesFile)
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// packedJSON reads the JSON values of a compressed file.
func packedJSON(name string) (*json.Decoder, error) {
	packed, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return json.NewDecoder(z), nil
}

func readCases(name string) (all []*documented, err error) {
	lines, err := packedJSON(name)
	if err != nil {
		return nil, err
	}
	for {
		d := &documented{}
		if err := lines.Decode(d); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
}

// sourceCases reads the requests as the pages print them.
func sourceCases(t *testing.T) (all []*documented) {
	t.Helper()
	for _, version := range [...]string{"v1.0", "beta"} {
		cases, err := readSource(filepath.Join("..", "..", "shared", "cases", "documented-"+version+".jsonl.gz"))
		if errors.Is(err, fs.ErrNotExist) {
			t.Skipf("needs the reference pages: %v", err)
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, cases...)
	}
	return all
}

func readSource(name string) (all []*documented, err error) {
	lines, err := packedJSON(name)
	if err != nil {
		return nil, err
	}
	seen := map[string]int{}
	for {
		var d struct {
			documented
			Page, Name string
		}
		if err := lines.Decode(&d); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		d.ID = d.Page + "/" + d.Name
		if seen[d.ID]++; seen[d.ID] > 1 {
			d.ID += "#" + strconv.Itoa(seen[d.ID])
		}
		if d.Target != "external" && (d.Status != 0 || slices.ContainsFunc(d.TextStatuses, func(s int) bool { return s < 400 })) {
			all = append(all, &d.documented)
		}
	}
}

// TestCaseFacts: the facts are those of the pages.
func TestCaseFacts(t *testing.T) {
	source := sourceCases(t)
	if *updateCases {
		reduceAll(t, source)
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
		for _, d := range source {
			line, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			z.Write(append(line, '\n')) // a buffer does not fail
		}
		if err := errors.Join(z.Close(), os.WriteFile(casesFile, b.Bytes(), 0o644)); err != nil {
			t.Fatal(err)
		}
		return
	}
	have := documentedCases(t)
	if len(have) != len(source) {
		t.Fatalf("%d cases of %d", len(have), len(source))
	}
	for i, d := range have {
		want := *source[i]
		want.Headers, want.Body, want.Resp = d.Headers, d.Body, shape(want.Resp)
		if !reflect.DeepEqual(*d, want) || !sameShape(d.Body, source[i].Body, d.BodyKind) {
			t.Errorf("%s is not current; run go test ./emulator -run TestCaseFacts -update-cases", d.ID)
		}
	}
}

// sameShape reports whether two bodies have the same members.
func sameShape(a, b json.RawMessage, kind string) bool {
	if kind != "json" {
		return len(a) > 0 == (len(b) > 0)
	}
	return bodyNames(a) == bodyNames(b)
}

// bodyNames are the names in a body, in order.
func bodyNames(body json.RawMessage) string {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return ""
	}
	var names func(v any) string
	names = func(v any) (out string) {
		switch v := v.(type) {
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				out += k + "{" + names(v[k]) + "}"
			}
		case []any:
			for _, e := range v {
				out += "[" + names(e) + "]"
			}
		}
		return out
	}
	return names(v)
}

// shape is what of an answer says its kind.
func shape(resp json.RawMessage) json.RawMessage {
	var m map[string]any
	if json.Unmarshal(resp, &m) != nil {
		return resp
	}
	out := map[string]any{}
	if v, ok := m["value"]; ok {
		out["value"] = v
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if len(out) < 2 && !strings.Contains(name, "@") {
			out[name] = m[name]
		}
	}
	text, _ := json.Marshal(out) // texts
	return text
}

// neededHeaders are those whose values say something to the service.
var neededHeaders = []string{"accept", "accept-language", "consistencylevel", "content-language", "content-range", "content-type", "if-match", "if-none-match", "prefer", "range"}

// reduceAll takes out of the requests what the answers do not depend on.
func reduceAll(t *testing.T, cases []*documented) {
	t.Helper()
	next := make(chan *documented)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		emu := emulatortest.New(t, emulator.WithOnMissing(emulator.MissingSynthesize), emulator.WithRandomSeed(1))
		workers.Go(func() {
			for d := range next {
				if err := reduce(emu, d); err != nil {
					t.Errorf("%s: %v", d.ID, err)
				}
			}
		})
	}
	for _, d := range cases {
		next <- d
	}
	close(next)
	workers.Wait()
}

func reduce(emu *emulator.Server, d *documented) error {
	type result struct {
		status       int
		kind, reason string
	}
	answers := func() (result, error) {
		if err := emu.Reset(); err != nil {
			return result{}, err
		}
		o := judge(d, send(emu, d))
		r := result{o.got.status, o.got.kind, ""}
		if !o.status || !o.kind {
			r.reason = explain(&o)
		}
		return r, nil
	}
	d.Resp = shape(d.Resp)
	want, err := answers()
	if err != nil {
		return err
	}
	same := func() bool { got, err := answers(); return err == nil && got == want }
	maps.DeleteFunc(d.Headers, func(name, _ string) bool { return !slices.Contains(neededHeaders, strings.ToLower(name)) })
	if !same() {
		return errors.New("a header was needed")
	}
	if d.BodyKind != "json" {
		if len(d.Body) == 0 {
			return nil
		}
		mail := base64.StdEncoding.EncodeToString([]byte("From: someone@northgale.test\r\nTo: someone@northgale.test\r\n\r\ntext\r\n"))
		for _, text := range []string{"text", "text!", mail, "From"} {
			if d.Body = json.RawMessage(strconv.Quote(text)); same() {
				return nil
			}
		}
		return fmt.Errorf("no text will do: %+v", want)
	}
	var body any
	decoder := json.NewDecoder(bytes.NewReader(d.Body))
	decoder.UseNumber()
	if err := decoder.Decode(&body); err != nil {
		return nil // what is no JSON is to be refused
	}
	set := func() {
		text, _ := json.Marshal(body) // was JSON
		d.Body = text
	}
	var leaves func(v any, put func(any))
	leaves = func(v any, put func(any)) {
		switch v := v.(type) {
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				if k != "@odata.type" {
					leaves(v[k], func(e any) { v[k] = e })
				}
			}
		case []any:
			for i := range v {
				leaves(v[i], func(e any) { v[i] = e })
			}
		default:
			if g := generic(v); g != v {
				put(g)
				if set(); !same() {
					put(v)
					set()
				}
			}
		}
	}
	full := d.Body
	leaves(body, func(e any) { body = e })
	if set(); !same() { // the order of members mattered
		d.Body = full
		return errors.New("stays as it is printed")
	}
	return nil
}

var kinds = []struct {
	form    *regexp.Regexp
	generic string
}{
	{regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`), "11111111-2222-4333-8444-555555555555"},
	{regexp.MustCompile(`^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$`), "2026-11-22T08:00:00Z"},
	{regexp.MustCompile(`^\d{4}-\d\d-\d\dT`), "2026-11-22T08:00:00"},
	{regexp.MustCompile(`^\d{4}-\d\d-\d\d$`), "2026-11-22"},
	{regexp.MustCompile(`^https://graph\.microsoft\.com/`), ""},
	{regexp.MustCompile(`^https?://`), "https://northgale.test/"},
	{regexp.MustCompile(`^[^@\s]+@[^@\s]+$`), "someone@northgale.test"},
	{regexp.MustCompile(`^$`), ""},
}

// generic is a value of the same kind that says nothing.
func generic(v any) any {
	switch v := v.(type) {
	case json.Number:
		if strings.ContainsAny(string(v), ".eE") {
			return json.Number("1.5")
		}
		return json.Number("1")
	case string:
		for _, k := range kinds {
			switch {
			case !k.form.MatchString(v):
			case k.generic == "":
				return v // an address of Graph, or nothing
			default:
				return k.generic
			}
		}
		return "text"
	}
	return v
}
