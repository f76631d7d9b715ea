package odatajson

import (
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/enginetest"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/typeinfo"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/origin"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

func TestReadLevel(t *testing.T) {
	t.Attr("rules", "B-1.36 B-1.37")
	for _, tt := range []struct {
		accept []string
		format string
		want   Level
	}{
		{nil, "", MinimalMetadata},
		{[]string{"*/*"}, "", MinimalMetadata},
		{[]string{"text/html, application/xml"}, "", MinimalMetadata},
		{[]string{"application/json;odata.metadata=none"}, "", NoMetadata},
		{[]string{"application/json; OData.Metadata=FULL; charset=utf-8"}, "", FullMetadata},
		{[]string{"application/json;odata.metadata=minimal, application/json;odata.metadata=full"}, "", MinimalMetadata},
		{[]string{"application/json;odata.metadata=odd;odata.metadata=none"}, "", NoMetadata},
		{[]string{"text/plain", "application/json;odata.metadata=full"}, "", FullMetadata},
		{[]string{"\u0130\u0130;odata.metadata=none"}, "", NoMetadata}, // longer in lower case
		{[]string{"application/json;odata.metadata"}, "", MinimalMetadata},
		{[]string{"application/json;odata.metadata=none"}, "application/json;odata.metadata=full", FullMetadata},
		{[]string{"application/json;odata.metadata=none"}, "json", MinimalMetadata},
	} {
		if got := ReadLevel(tt.accept, tt.format); got != tt.want {
			t.Errorf("Accept %q, $format %q: level %d, want %d", tt.accept, tt.format, got, tt.want)
		}
	}
}

func TestWantsTexts(t *testing.T) {
	t.Attr("rules", "B-1.38")
	for header, want := range map[string]bool{
		"": false, "application/json": false, "application/json;IEEE754Compatible": false,
		"application/json;IEEE754Compatible=true": true, "application/json; ieee754compatible=TRUE; charset=utf-8": true,
		"application/json;IEEE754Compatible=false": false,
	} {
		if got := WantsTexts([]string{header}); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
	if !WantsTexts([]string{"*/*", "application/json;IEEE754Compatible=true"}) {
		t.Error("the second header does not count")
	}
}

func TestContentType(t *testing.T) {
	t.Attr("rules", "B-1.14 B-1.36 B-1.38")
	for _, tt := range []struct {
		level  Level
		texts  int
		spaced bool
		want   string
	}{
		{MinimalMetadata, 0, false, "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"},
		{NoMetadata, 0, false, "application/json;odata.metadata=none;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"},
		{FullMetadata, 1, false, "application/json;odata.metadata=full;odata.streaming=true;IEEE754Compatible=true;charset=utf-8"},
		{MinimalMetadata, 1, true, "application/json; odata.metadata=minimal; odata.streaming=true; IEEE754Compatible=true; charset=utf-8"},
	} {
		if got := ContentType(tt.level, tt.texts, tt.spaced); len(got) != 1 || got[0] != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestTrimComma(t *testing.T) {
	for text, want := range map[string]string{"{": "{", `{"a":1,`: `{"a":1`, "{,": "{", "a,,": "a,", "a, ": "a, "} {
		if got := string(TrimComma([]byte(text))); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

func TestKeys(t *testing.T) {
	t.Attr("rules", "B-1.28")
	for _, tt := range []struct{ key, quoted, segment string }{
		{"c26302f8-02f8", "c26302f8-02f8", "c26302f8-02f8"},
		{"ida@northgale.test", "ida%40northgale.test", "ida@northgale.test"},
		{"a b", "a%20b", "a%20b"},
		{"a+b", "a%2Bb", "a+b"},
		{"host,1!x", "host,1!x", "host%2C1%21x"},
		{"o'neil", "o%27neil", "o%27neil"},
		{"a/b?c#d", "a%2Fb%3Fc%23d", "a%2Fb%3Fc%23d"},
		{"æ", "%C3%A6", "%C3%A6"},
	} {
		if got := quoteKey(tt.key); got != tt.quoted {
			t.Errorf("%s: %s in a context, want %s", tt.key, got, tt.quoted)
		}
		if got := EscapeKey(tt.key); got != tt.segment {
			t.Errorf("%s: %s in a path, want %s", tt.key, got, tt.segment)
		}
	}
}

func TestFragment(t *testing.T) {
	t.Attr("rules", "B-1.24 B-1.25 B-1.28 B-1.29 B-1.30 B-1.31")
	m := enginetest.New(t, op.Options{}).Model
	for _, tt := range []struct {
		path  string
		short bool
		want  string
	}{
		{"/users", false, "users"},
		{"/users/1", false, "users"},
		{"/me", false, "users"},
		{"/users/1/displayName", false, "users('1')/displayName"},
		{"/me/mailboxSettings/timeZone", false, "users('ida%40x.test')/mailboxSettings/timeZone"},
		{"/users/a%20b/messages", false, "users('a%20b')/messages"},
		{"/me/messages", false, "users('ida%40x.test')/messages"},
		{"/me/messages/2/attachments", false, "users('ida%40x.test')/messages('2')/attachments"},
		{"/me/messages/2/attachments/3", false, "users('ida%40x.test')/messages('2')/attachments"},
		{"/users/1/manager", false, "directoryObjects"},
		{"/groups/1/members", false, "directoryObjects"},
		{"/groups/1/members/microsoft.graph.user", false, "users"},
		{"/communications", false, "communications"},
		{"/communications/presences", false, "communications/presences"},
		{"/users/1/getMemberGroups", false, "Collection(Edm.String)"},
		{"/communications/getPresencesByUserId", false, "Collection(microsoft.graph.presence)"},
		{"/communications/getPresencesByUserId", true, "Collection(presence)"},
		{"/users/1/getMemberGroups", true, "Collection(Edm.String)"},
	} {
		if got := string(appendContextOf([]byte("#"), target(t, m, tt.path), forms{me: "ida@x.test", short: tt.short})); got != "#"+tt.want {
			t.Errorf("%s: %s, want #%s", tt.path, got, tt.want)
		}
	}
}

func target(t *testing.T, m *edm.Model, path string) *bind.Target {
	t.Helper()
	p, err := odata.ParsePath(path)
	if err != nil {
		t.Fatal(err)
	}
	to, err := bind.Resolve(m, p)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return to
}

func TestNextLink(t *testing.T) {
	t.Attr("rules", "B-3.66 B-3.72")
	for _, tt := range []struct {
		text string
		skip bool
		want string
	}{
		{"", false, "?$skiptoken=T"},
		{"$top=1&$filter=a%20eq%201", false, "?$top=1&$filter=a%20eq%201&$skiptoken=T"},
		{"$skip=5&$top=1", false, "?$top=1&$skiptoken=T"},
		{"%24skip=5&SKIP=6&top=1", false, "?top=1&$skiptoken=T"},
		{"$top=1&$skip=5", true, "?%24top=1&%24skip=7&%24skiptoken=T"},
		{"&$top=1&", false, "?$top=1&$skiptoken=T"},
	} {
		x := &Encoder{Origin: &origin.Origin{}, HTTP: httptest.NewRequest("GET", "https://graph.test/v1.0/users", nil), VersionName: "v1.0", Path: "a%20b/users"}
		x.Request.Text = tt.text
		a := &engine.Answer{Result: workload.Result{Next: "T", SkipLinks: tt.skip, Given: 7}}
		if got := x.nextLink(a); got != "https://graph.test/v1.0/a%20b/users"+tt.want {
			t.Errorf("%q: got %s", tt.text, got)
		}
	}
}

// What is declared and has no value.
func TestAbsent(t *testing.T) {
	t.Attr("rules", "B-1.39")
	for _, tt := range []struct {
		name     edm.Name
		many     bool
		nullable bool
		want     string
	}{
		{"Edm.String", false, true, "null"},
		{"Edm.Boolean", false, true, "null"},
		{"Edm.String", true, true, "[]"},
		{"Edm.String", true, false, "[]"},
		{"microsoft.graph.address", true, false, "[]"},
		{"microsoft.graph.address", false, false, ""},
		{"Edm.Boolean", false, false, "false"},
		{"Edm.Int64", false, false, "0"},
		{"Edm.Double", false, false, "0"},
		{"Edm.String", false, false, ""},
		{"Edm.DateTimeOffset", false, false, ""},
		{"", false, false, "null"},
	} {
		p := &edm.Property{Name: "p", Type: edm.Ref{Name: tt.name, Many: tt.many}, Nullable: tt.nullable}
		if got := absent(p); got != tt.want {
			t.Errorf("%s, nullable %v: %q, want %q", p.Type, tt.nullable, got, tt.want)
		}
	}
}

// sample is a model of one entity type and one complex type, that no recording knows.
var sample = fstest.MapFS{
	"GraphService.json": {Data: []byte(`{"title":"microsoft.graph.GraphService","x-graph":{"kind":"root","navigation":{
		"boxes":{"type":"sampleBox.json","many":true,"contains":true,"set":true}}}}`)},
	"sampleBox.json": {Data: []byte(`{"title":"microsoft.graph.sampleBox","type":["object","null"],"properties":{
		"id":{"type":"string"},
		"from":{"$ref":"samplePlace.json"},
		"name":{"type":["string","null"]},
		"stops":{"type":"array","items":{"$ref":"samplePlace.json"}},
		"tags":{"type":"array","items":{"type":"string"}},
		"full":{"type":"boolean"},
		"weight":{"type":["integer","string"],"format":"int64"},
		"label":{"type":"string"},
		"to":{"$ref":"samplePlace.json"},
		"lid":{"type":["string","null"],"x-graph":{"type":"Edm.Stream"}}},
		"x-graph":{"kind":"entity","open":true,"key":["id"]}}`)},
	"samplePlace.json": {Data: []byte(`{"title":"microsoft.graph.samplePlace","properties":{"city":{"type":["string","null"]}},"x-graph":{"kind":"complex"}}`)},
}

// boxes is what the type of sample shows under traits.
func boxes(t *testing.T, traits string) (*typeinfo.Info, *edm.Type) {
	t.Helper()
	m := edm.Open(sample, nil)
	typ, ok := m.Type("microsoft.graph.sampleBox")
	if !ok {
		t.Fatal("no type sampleBox")
	}
	if traits != "" {
		traits = "microsoft.graph.sampleBox: " + traits
	}
	reg, err := workload.NewRegistry(func(n edm.Name) bool { _, ok := m.Type(n); return ok }, workload.Workload{Name: "w", Traits: traits})
	if err != nil {
		t.Fatal(err)
	}
	return (&typeinfo.Cache{Registry: reg, Stable: m, Models: []*edm.Model{m}}).Of(typ), typ
}

// Members of an entity, as it is stored and as a rule gives it: primitive ones and nulls
// come first, objects and lists of objects behind them.
func TestOrder(t *testing.T) {
	t.Attr("rules", "B-1.25 B-1.39")
	const place = `{"city":"Oslo"}`
	for _, tt := range []struct {
		what, traits string
		names        string // of $select; empty: none
		stored, want string
	}{
		{"nothing is set", "", "", `{"id":"1"}`,
			`"id":"1","from":null,"name":null,"tags":[],"full":false,"weight":0,"to":null,"stops":[]`},
		{"a complex member with a value moves", "", "", `{"id":"1","from":` + place + `,"label":"x"}`,
			`"id":"1","name":null,"tags":[],"full":false,"weight":0,"label":"x","to":null,"from":` + place + `,"stops":[]`},
		{"a null is as no value", "", "", `{"id":"1","from":null,"name":null}`,
			`"id":"1","from":null,"name":null,"tags":[],"full":false,"weight":0,"to":null,"stops":[]`},
		{"two complex members and a list", "", "", `{"id":"1","from":` + place + `,"stops":[` + place + `],"to":` + place + `}`,
			`"id":"1","name":null,"tags":[],"full":false,"weight":0,"from":` + place + `,"stops":[` + place + `],"to":` + place},
		{"members of an open type come last in their half", "", "", `{"id":"1","from":` + place + `,"x":1,"y":` + place + `,"@note":1}`,
			`"id":"1","name":null,"tags":[],"full":false,"weight":0,"to":null,"x":1,"from":` + place + `,"stops":[],"y":` + place},
		{"the order of $select does not count", "", "to,name,id", `{"id":"1","name":"n","to":` + place + `}`,
			`"id":"1","name":"n","to":` + place},
		{"but where the service follows it", "{asSelected: true}", "to,name,id", `{"id":"1","name":"n"}`, `"to":null,"name":"n","id":"1"`},
		{"nulls stay behind", "{nullsBehind: true}", "", `{"id":"1"}`,
			`"id":"1","name":null,"tags":[],"full":false,"weight":0,"from":null,"stops":[],"to":null`},
		{"an own empty value", `{empty: {name: ""}}`, "name", `{"id":"1"}`, `"name":""`},
		{"what is only written", "{writeOnly: [name]}", "name,id", `{"id":"1","name":"n"}`, `"id":"1","name":null`},
		{"what is shown when it is selected", "{onSelect: [from, stops, tags, full, weight, to]}", "", `{"id":"1","to":` + place + `}`, `"id":"1","name":null`},
		{"and is selected", "{onSelect: [to]}", "to", `{"id":"1","to":` + place + `}`, `"to":` + place},
		{"the default of a type", "{defaultSelect: [to, id]}", "", `{"id":"1","x":1}`, `"to":null,"id":"1"`},
	} {
		info, typ := boxes(t, tt.traits)
		members, err := value.ParseObject([]byte(tt.stored), value.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		p := newProjection(info)
		if tt.names != "" {
			p = selected(info, strings.Split(tt.names, ","), false)
		}
		stored := workload.Entity{Node: workload.Node{Ref: 1, Type: typ, Object: value.NewShapes().Object(string(typ.Name), members)}}
		made := workload.Entity{Node: workload.Node{Ref: 1, Type: typ}, Members: members}
		if got := string(TrimComma(p.append([]byte("{"), &stored))); got != "{"+tt.want {
			t.Errorf("%s, stored:\n got %s\nwant {%s", tt.what, got, tt.want)
		}
		if got := string(TrimComma(p.append([]byte("{"), &made))); got != "{"+tt.want {
			t.Errorf("%s, of a rule:\n got %s\nwant {%s", tt.what, got, tt.want)
		}
	}
}

// A null that is stored where none is allowed shows what the property shows unset.
func TestStoredNull(t *testing.T) {
	t.Attr("rules", "B-1.39")
	info, typ := boxes(t, "")
	for name, want := range map[string]string{"tags": "[]", "full": "false", "weight": "0", "stops": "[]", "label": "null", "name": "null"} {
		stored := workload.Entity{Node: workload.Node{Ref: 1, Type: typ,
			Object: value.NewShapes().Object(string(typ.Name), value.Members{{Name: name, Value: value.Null}})}}
		if got := string(selected(info, []string{name}, false).append(nil, &stored)); got != `"`+name+`":`+want+`,` {
			t.Errorf("%s: got %s", name, got)
		}
		made := stored
		made.Members = value.Members{{Name: name, Value: value.Null}}
		if got := string(selected(info, []string{name}, false).append(nil, &made)); got != `"`+name+`":`+want+`,` {
			t.Errorf("%s of a rule: got %s", name, got)
		}
	}
}

// Exact members are shown as they are, with nothing besides, and in the two halves.
func TestExact(t *testing.T) {
	t.Attr("rules", "B-1.25 B-11.42")
	info, _ := boxes(t, "")
	members := value.Members{{Name: "from", Value: `{"city":"Oslo"}`}, {Name: "@odata.type", Value: `"#x"`}, {Name: "@note", Value: `{"a":1}`}, {Name: "to", Value: ""},
		{Name: "name", Value: "null"}, {Name: "z", Value: `[{"a":1}]`}, {Name: "y", Value: "[1]"}}
	const want = `"@odata.type":"#x","@note":{"a":1},"name":null,"y":[1],"from":{"city":"Oslo"},"z":[{"a":1}],`
	if got := string(newProjection(info).appendExact(nil, members, true)); got != want {
		t.Errorf("got %s", got)
	}
}

// A whole answer begins with its context; what says more of a list stands before value.
func TestEncode(t *testing.T) {
	t.Attr("rules", "B-1.24 B-1.25 B-1.26 B-1.36")
	w := enginetest.New(t, op.Options{})
	ida := w.Create("/users", `{"displayName":"Ida","userPrincipalName":"ida@x.test"}`)
	w.Create("/users", `{"displayName":"Ola","userPrincipalName":"ola@x.test"}`)
	const base = `{"@odata.context":"http://graph.test/v1.0/$metadata#`
	for _, tt := range []struct {
		path  string
		level Level
		want  string // NEXT: the token of the next page
	}{
		{"/users?$select=displayName&$orderby=displayName", MinimalMetadata, base + `users(displayName)","value":[{"displayName":"Ida"},{"displayName":"Ola"}]}`},
		{"/users?$select=displayName&$orderby=displayName&$count=true&$top=1", MinimalMetadata,
			base + `users(displayName)","@odata.count":2,"@odata.nextLink":"http://graph.test/v1.0/users?$select=displayName&$orderby=displayName&$count=true&$top=1&$skiptoken=NEXT","value":[{"displayName":"Ida"}]}`},
		{"/users?$select=displayName&$orderby=displayName&$count=true", NoMetadata, `{"@odata.count":2,"value":[{"displayName":"Ida"},{"displayName":"Ola"}]}`},
		{"/users/" + ida + "?$select=userPrincipalName,displayName", MinimalMetadata,
			base + `users(userPrincipalName,displayName)/$entity","displayName":"Ida","userPrincipalName":"ida@x.test"}`},
		{"/users/" + ida + "/displayName", MinimalMetadata, base + `users('` + ida + `')/displayName","value":"Ida"}`},
		{"/users/" + ida + "/displayName", NoMetadata, `{"value":"Ida"}`},
		{"/users?$filter=displayName%20eq%20'x'", MinimalMetadata, base + `users","value":[]}`},
	} {
		var asked *op.Request
		ans, err := w.Do("GET", tt.path, "", func(r *op.Request) { asked = r })
		if err != nil {
			t.Errorf("%s: %v", tt.path, err)
			continue
		}
		path, _, _ := strings.Cut(tt.path, "?")
		x := &Encoder{Types: w.Types, Projections: &Projections{}, Origin: &origin.Origin{}, HTTP: httptest.NewRequest("GET", "http://graph.test/", nil),
			VersionName: "v1.0", Path: path[1:], Request: *asked, Level: tt.level}
		if got := string(x.Encode(nil, ans)); got != strings.Replace(tt.want, "NEXT", ans.Next, 1) {
			t.Errorf("%s:\n got %s\nwant %s", tt.path, got, tt.want)
		}
	}
}
