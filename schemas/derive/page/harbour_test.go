package page

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

func readFile(t *testing.T, name, path string) *Page {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Read(name, text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// facts prints a page, one fact a line, for comparison.
func facts(p *Page) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("%d %s|%s|%s", p.Kind, p.Title, p.Namespace, p.Workload)
	for _, l := range p.Operations {
		line("line %d %s %s [%s]", l.Number, l.Method, l.Path, l.Variant)
	}
	for _, q := range p.Permissions {
		line("permissions [%s] work %v personal %v app %v features %d stated %t", q.Heading, q.DelegatedWork, q.DelegatedPersonal, q.Application, len(q.Features), q.Stated)
	}
	rows := func(what string, list []Row) { b.WriteString(rowFacts(what, list)) }
	rows("body", p.Body)
	rows("parameter", p.Parameters)
	for _, h := range p.Headers {
		line("header %s %s %t", h.Name, h.Value, h.Required)
	}
	if p.Query.Stated {
		line("query %v", p.Query.Options)
	}
	if p.Kind == API {
		line("response %v %v %v %t", p.Response.Statuses, p.Response.Links, p.Response.Types, p.Response.Collection)
	}
	for _, e := range p.Examples {
		r := e.Request
		line("request %d [%s] %s %s kind %d %q %v", r.Number, e.Heading, r.Method, r.URL, r.BodyKind, r.Body, r.Repairs)
		for _, a := range e.Responses {
			line("answer %d %d %s kind %d many %t truncated %t %v", a.Number, a.Status, a.ODataType, a.BodyKind, a.IsCollection, a.Truncated, a.Repairs)
		}
	}
	if t := p.Type; t != nil {
		line("type %s base %s key %s open %t abstract %t", t.Name, t.Base, t.Key, t.Open, t.Abstract)
		rows("property", t.Properties)
		rows("relationship", t.Relationships)
		for _, m := range t.Methods {
			line("method %s @%s %s %t", m.Name, m.Link, m.Type, m.Collection)
		}
		for _, m := range t.Sketch {
			line("sketch %s %s %t %d", m.Name, m.Type, m.Collection, len(m.Members))
		}
	}
	for _, e := range p.Enums {
		line("enum %s %v", e.Name, e.Members)
	}
	for _, u := range p.Unknown {
		line("unknown %d %s %s", u.Line, u.Reason, u.Detail)
	}
	return b.String()
}

func rowFacts(what string, list []Row) string {
	var b strings.Builder
	for _, r := range list {
		fmt.Fprintf(&b, "%s %s %s", what, r.Name, r.Type)
		for _, f := range []struct {
			on   bool
			text string
		}{{r.Collection, "*"}, {r.Link != "", " @" + r.Link}, {r.Required, " required"}, {r.Optional, " optional"}, {r.Inherited != "", " from " + r.Inherited}} {
			if f.on {
				b.WriteString(f.text)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func compare(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(strings.TrimSpace(got), "\n"), strings.Split(strings.TrimSpace(want), "\n")
	for i := range max(len(g), len(w)) {
		a, b := "", ""
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			t.Errorf("fact %d\n got %s\nwant %s", i+1, a, b)
		}
	}
}

const harbourPost = `
1 Create harbour|microsoft.graph.sea|sea-traffic
line 36 POST /harbours []
line 39 POST /harbours/{id}/annexes []
line 45 POST /coasts/{id|name}/harbours [Below a coast]
permissions [Acting on self] work [Harbour.Create Harbour.ReadWrite.All] personal [] app [] features 0 stated true
permissions [Acting on others] work [Pilot.ReadWrite.All Tug.ReadWrite.All] personal [] app [Harbour.Ferry.All] features 2 stated true
body id Edm.String from entity
body name Edm.String required
body pilots microsoft.graph.pilot* @sea-pilot optional
body depth 
body berth microsoft.graph.berth @berth
parameter near Edm.String required
header Authorization Bearer true
header Accept application/json false
header ConsistencyLevel eventual false
query [$select $expand deep]
response [201] [sea-harbour] [harbour] false
request 94 [] POST https://graph.microsoft.com/beta/harbours?$select=id, name kind 1 "{\n  \"name\": \"String\"\n}" [trailing comma]
answer 112 201 microsoft.graph.sea.dock kind 1 many false truncated true [missing comma]
answer 122 409  kind 1 many false truncated false [missing closer]
request 130 [Example 2: a list of requests] GET /harbours kind 0 "" []
request 132 [Example 2: a list of requests] GET /coasts/{id}/harbours kind 0 "" []
answer 136 200  kind 1 many true truncated false []
request 144 [Example 3: content] PUT https://graph.microsoft.com/v1.0/harbours/1/plan kind 2 "a plan" []
request 151 [Example 4: a call to the ship] POST https://ship.example.com/callback kind 5 "(binary contents)" []
unknown 30 permission cell is not a list of names 
unknown 38 request line is a generator error POST
unknown 77 type is not understood depth
`

func TestHarbourPost(t *testing.T) {
	p := readFile(t, "harbour-post", "testdata/harbour-post.md")
	compare(t, facts(p), harbourPost)
	if f := p.Permissions[1].Features[1]; f.Name != "Tugs" || f.Scheme != DelegatedWork || len(f.Names) != 2 {
		t.Errorf("feature %+v", f)
	}
	last := p.Examples[len(p.Examples)-1].Request
	if !last.Foreign || last.Path != "" {
		t.Errorf("a call to another host: %+v", last)
	}
	r := p.Examples[0].Request
	if r.Path != "/harbours" || r.Version != "beta" || r.Query != "$select=id, name" || r.Header.Get("content-type") != "application/json" {
		t.Errorf("request %+v", r)
	}
	if !json.Valid(r.Body) || p.Examples[0].Name != "create_harbour" {
		t.Errorf("request %+v", r)
	}
}

const seaHarbour = `
2 harbour resource type|microsoft.graph.sea|
type microsoft.graph.sea.harbour base microsoft.graph.place key id open true abstract false
property id Edm.String from entity
property kind microsoft.graph.harbourKind
relationship berths microsoft.graph.berth* @berth
method Create harbour @harbour-post microsoft.graph.harbour false
method List harbours @harbour-list microsoft.graph.harbour true
method Delete @harbour-delete  false
sketch id Edm.String false 0
sketch opened Edm.DateTimeOffset false 0
sketch depth Edm.Number false 0
sketch open Edm.Boolean false 0
sketch tags Edm.String true 0
sketch pilot microsoft.graph.sea.pilot false 0
sketch berths microsoft.graph.berth true 0
sketch position  false 1
enum harbourKind [{ferry 0 true} {unknownFutureValue 1 true}]
`

func TestHarbourResource(t *testing.T) {
	compare(t, facts(readFile(t, "sea-harbour", "testdata/sea-harbour.md")), seaHarbour)
}

func TestReadRefuses(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", "page x: line 1: the page is empty"},
		{" \n\n", "page x: line 1: the page is empty"},
		{"---\ntitle: a\n", "page x: line 1: front matter is not closed"},
		{"---\ntitle: a\n---\n", "page x: line 4: nothing to read"},
		{"# a\n\xff\n", "page x: line 2: not UTF-8"},
	} {
		_, err := Read("x", []byte(tt.text))
		if got := fmt.Sprint(err); got != tt.want {
			t.Errorf("%q\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

func TestReadWindows(t *testing.T) {
	text, err := os.ReadFile("testdata/harbour-post.md")
	if err != nil {
		t.Fatal(err)
	}
	p, err := Read("harbour-post", []byte("\uFEFF"+strings.ReplaceAll(string(text), "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	compare(t, facts(p), harbourPost)
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"testdata/harbour-post.md", "testdata/sea-harbour.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("# a\n## HTTP request\n```\nGET /a(b=[\n]){c}:/d:/e?f\n```\n## Example\n```\nPOST /a\nb: c\n\n{\"d\":1,}\n```\n```\nHTTP/1.1 200\n```"))
	f.Add([]byte("# a\n## Properties\n|Name|Type|Description|\n|-|-|-|\n|a|[b](c.md)|Required. Inherited from [d][]|\n\n[d]: e.md\n<!-- {\"blockType\": \"resource\"} -->\n```\n{\"a\": [\"b\"]}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		text = bytes.ToValidUTF8(text, nil) // anything else is refused at once
		p, err := Read("x", text)
		if err != nil {
			return
		}
		for _, l := range p.Operations {
			if l.Method == "" || !strings.HasPrefix(l.Path, "/") {
				t.Fatalf("line %+v", l)
			}
		}
		for _, e := range p.Examples {
			if e.Request.BodyKind == JSON && !json.Valid(e.Request.Body) {
				t.Fatalf("body %q", e.Request.Body)
			}
			for _, a := range e.Responses {
				if a.BodyKind == JSON && !json.Valid(a.Body) || a.Status < 100 {
					t.Fatalf("answer %+v", a)
				}
			}
		}
	})
}
