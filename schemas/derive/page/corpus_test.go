package page

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

type corpusPage struct {
	folder string // "v1.0/api"
	*Page
}

// corpus reads every page of the reference, and fails when that takes long.
func corpus(t *testing.T) []corpusPage {
	t.Helper()
	f, err := os.Open(filepath.Join(shared, "graph-docs.tar.gz"))
	if err != nil {
		t.Skipf("needs %s: %v", shared, err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var pages []corpusPage
	var spent time.Duration
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag != tar.TypeReg || !strings.HasSuffix(h.Name, ".md") {
			continue
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		p, err := Read(strings.TrimSuffix(path.Base(h.Name), ".md"), text)
		spent += time.Since(start)
		if err != nil {
			t.Fatalf("%s: %v", h.Name, err)
		}
		pages = append(pages, corpusPage{path.Dir(strings.TrimPrefix(h.Name, "./")), p})
	}
	if spent > 10*time.Second { // ordinarily below one
		t.Errorf("reading %d pages took %v", len(pages), spent)
	}
	return pages
}

// census counts what docs-format.md counts.
func census(pages []corpusPage) map[string]int {
	c := map[string]int{}
	json := func(side string, kind BodyKind, repairs []string) {
		switch {
		case kind == Broken:
			c[side+" JSON broken"]++
		case kind == JSON && len(repairs) > 0:
			c[side+" JSON repaired"]++
		case kind == JSON:
			c[side+" JSON strict"]++
		}
	}
	for _, p := range pages {
		if strings.HasSuffix(p.folder, "/resources") {
			c["resource pages"]++
			if t := p.Type; t != nil && t.Name != "" {
				c["types"]++
			}
			if p.Type != nil && p.Type.Sketch != nil {
				c["sketches"]++
			}
			c["enumerations"] += len(p.Enums)
			continue
		}
		c["API pages"]++
		c["lines"] += len(p.Operations)
		c["body rows"] += len(p.Body)
		c["permission tables"] += len(p.Permissions)
		if len(p.Permissions) == 0 {
			c["API pages without permissions"]++
		}
		for _, row := range p.Body {
			if row.Required {
				c["required rows"]++
			}
		}
		if len(p.Operations) > 0 {
			c["API pages with operations"]++
		}
		if len(p.Examples) > 0 {
			c["API pages with examples"]++
		}
		for _, e := range p.Examples {
			c["requests"]++
			json("request", e.Request.BodyKind, e.Request.Repairs)
			for _, a := range e.Responses {
				c["responses"]++
				json("response", a.BodyKind, a.Repairs)
			}
		}
		for _, u := range p.Unknown {
			if u.Reason == LineNotFound || u.Reason == StatusStrange {
				c[string(u.Reason)]++
			}
		}
	}
	return c
}

// The counts of docs-format.md that the copy of the corpus at hand can show.
// That copy lacks blocks which the counts there include: four pages lost
// their operation list (13,097 lines are 13,082 and the 15 generator errors;
// 7,100 pages are 7,096 and those four), and about 1,460 pages lost their
// examples, which is why requests, responses and JSON bodies are fewer. The
// cases file, made from the same copy, has the same requests.
func TestCorpus(t *testing.T) {
	want := map[string]int{
		"API pages": 7116, "API pages with operations": 7096, "lines": 13082,
		"request line is a generator error": 15,
		"API pages with examples":           5650,
		"requests":                          6499, "responses": 6477,
		"request JSON strict": 2267, "request JSON repaired": 50,
		"response JSON strict": 4616, "response JSON repaired": 128,
		"body rows": 22536, "permission tables": 7565, "API pages without permissions": 10, "required rows": 130,
		"resource pages": 4173, "types": 3397, "sketches": 3245, "enumerations": 1164,
	}
	got := census(corpus(t))
	for k, n := range got {
		if want[k] != n {
			t.Errorf("%s: %d, want %d", k, n, want[k])
		}
	}
	for k, n := range want {
		if n != got[k] && got[k] == 0 {
			t.Errorf("%s: none, want %d", k, n)
		}
	}
}

// oracle is one documented request as another reader has read it.
type oracle struct {
	Page, Version, Method, URL string
	Status                     int
	Body                       any
	Repairs                    []string `json:"bodyRepairs"`
}

// better are the cases in which this reader and the other differ and this
// one is right: a URL over three lines, two requests in one block, and a
// typographic quotation mark that is no part of a value.
var better = []string{
	"beta/intune-shared-devicemanagement-getrolescopetagsbyids",
	"v1.0/user-list-agreementacceptances",
	"v1.0/workforceintegration-update", "beta/workforceintegration-update",
}

func TestCases(t *testing.T) {
	pages := map[string]*Page{}
	for _, p := range corpus(t) {
		if version, kind, _ := strings.Cut(p.folder, "/"); kind == "api" {
			pages[version+"/"+p.Name] = p.Page
		}
	}
	for _, name := range []string{"000_6bc3b4673f461a93", "002_2bcb123dfbbbb646"} {
		text, err := os.ReadFile(filepath.Join(shared, "seeds", name+".txt"))
		if err != nil {
			t.Skipf("needs %s: %v", shared, err)
		}
		p, err := Read(name, text)
		if err != nil {
			t.Fatal(err)
		}
		pages["beta/seed-"+name] = p
	}
	total, same, excused := 0, 0, 0
	for _, version := range []string{"v1.0", "beta"} {
		for _, c := range cases(t, version) {
			total++
			name := version + "/" + c.Page
			switch why := c.against(pages[name]); {
			case why == "":
				same++
			case slices.Contains(better, name):
				excused++
			default:
				t.Errorf("%s: %s %s: %s", name, c.Method, c.URL, why)
			}
		}
	}
	t.Logf("%d of %d cases agree, %d differ where this reader is right", same, total, excused)
	if same < 6633 || excused > 5 {
		t.Errorf("%d cases agree, %d excused", same, excused)
	}
}

func cases(t *testing.T, version string) []oracle {
	t.Helper()
	f, err := os.Open(filepath.Join(shared, "cases", "documented-"+version+".jsonl.gz"))
	if err != nil {
		t.Skipf("needs %s: %v", shared, err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var out []oracle
	s := bufio.NewScanner(z)
	s.Buffer(nil, 1<<26)
	for s.Scan() {
		var c oracle
		if err := json.Unmarshal(s.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// against looks for the case among the examples of its page and says how far
// it got.
func (c oracle) against(p *Page) string {
	if p == nil {
		return "no page"
	}
	why := "no such request"
	for _, e := range p.Examples {
		r := e.Request
		if r.Method != c.Method || strings.ReplaceAll(r.URL, " ", "") != strings.ReplaceAll(c.URL, " ", "") {
			continue
		}
		status := len(e.Responses) == 0
		for _, a := range e.Responses {
			status = status || a.Status == c.Status
		}
		if !status {
			why = "another status"
			continue
		}
		var body any
		if r.BodyKind == JSON {
			if err := json.Unmarshal(r.Body, &body); err != nil {
				return err.Error()
			}
		} else if r.Body != nil {
			body = string(r.Body)
		}
		if reflect.DeepEqual(body, c.Body) {
			return ""
		}
		why = "another body"
	}
	return why
}
