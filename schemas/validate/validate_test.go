package validate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

var sample = map[string]string{
	"entity.json": `{"title":"microsoft.graph.entity","type":["object","null"],"properties":{"id":{"type":"string"}},"x-graph":{"kind":"entity","key":["id"]}}`,
	"presence.json": `{"$schema":"https://json-schema.org/draft/2020-12/schema","title":"microsoft.graph.presence","type":["object","null"],
		"allOf":[{"$ref":"entity.json"}],"required":["availability"],
		"properties":{
			"activity":{"type":["string","null"]},
			"availability":{"type":["string","null"]},
			"outOfOfficeSettings":{"$ref":"outOfOfficeSettings.json"},
			"location":{"$ref":"place.json","type":"object"},
			"numbers":{"type":["array","null"],"items":{"type":"integer","format":"int32"}},
			"big":{"type":["integer","string","null"],"format":"int64"},
			"ratio":{"type":["number","string"],"format":"double"},
			"state":{"$ref":"state.json"},
			"rights":{"$ref":"rights.json","type":"string"},
			"anything":{},
			"places":{"type":"array","items":{"$ref":"place.json"}}},
		"x-graph":{"kind":"entity","operations":[
			{"name":"setPresence","action":true,"parameters":[
				{"name":"sessionId","schema":{"type":["string","null"]},"type":"Edm.String"},
				{"name":"availability","schema":{"type":"string"},"type":"Edm.String","nullable":false},
				{"name":"note","schema":{"type":"string"},"type":"Edm.String","nullable":false,"optional":true},
				{"name":"place","schema":{"$ref":"place.json"},"type":"microsoft.graph.place"}]},
			{"name":"clear","action":true}]}}`,
	"outOfOfficeSettings.json": `{"title":"microsoft.graph.outOfOfficeSettings","type":["object","null"],"properties":{"isOutOfOffice":{"type":["boolean","null"]},"message":{"type":["string","null"]}},"x-graph":{"kind":"complex"}}`,
	"place.json":               `{"title":"microsoft.graph.place","type":["object","null"],"properties":{"a/b":{"type":"boolean"},"in":{"$ref":"place.json"}},"x-graph":{"kind":"complex"}}`,
	"state.json":               `{"title":"microsoft.graph.state","type":["string","null"],"enum":["on","off",null],"x-graph":{"kind":"enum","members":["on","off"]}}`,
	"rights.json":              `{"title":"microsoft.graph.rights","type":["string","null"],"pattern":"^(view|edit)( ?, ?(view|edit))*$","x-graph":{"kind":"enum","flags":true,"members":["view","edit"]}}`,
}

func model(base *edm.Model, tables ...map[string]string) *edm.Model {
	fsys := fstest.MapFS{}
	for _, table := range tables {
		for name, text := range table {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return edm.Open(fsys, base)
}

func decode(t testing.TB, text string) map[string]any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var body map[string]any
	if err := d.Decode(&body); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return body
}

func typeOf(t testing.TB, m *edm.Model, n edm.Name) *edm.Type {
	t.Helper()
	typ, ok := m.Type(n)
	if !ok {
		t.Fatalf("no type %s", n)
	}
	return typ
}

// print gives one line a violation.
func print(list []Violation) string {
	var b strings.Builder
	for _, v := range list {
		fmt.Fprintf(&b, "%s %s [%s] %s | %s\n", v.Pointer, v.Property, v.Keyword, v.Want, v.Message)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func TestBody(t *testing.T) {
	m := model(nil, sample)
	v, presence := New(m), typeOf(t, m, "microsoft.graph.presence")
	for _, tt := range []struct{ body, want string }{
		{`{"availability":"Busy"}`, ""},
		{`{"availability":null,"activity":"x","outOfOfficeSettings":null,"unknown":1,"anything":[1,{"a":null}]}`, ""},
		{`{"availability":"String","numbers":[1,2],"big":"12","ratio":"INF","state":null,"rights":"view, edit","places":[null,{}]}`, ""},
		{`{"availability":"a","numbers":[1.0,1e2],"big":12,"ratio":1.5,"state":"on","location":{"in":{"in":{"a/b":true}}}}`, ""},
		{`{}`, "/availability availability [required] a value | The property 'availability' is required."},
		{`{"availability":1}`, "/availability availability [type] a string or null | The property 'availability' must be a string or null, not a number."},
		{`{"availability":"a","outOfOfficeSettings":"b"}`, "/outOfOfficeSettings outOfOfficeSettings [type] an object or null | The property 'outOfOfficeSettings' must be an object or null, not a string."},
		{`{"availability":"a","outOfOfficeSettings":{"isOutOfOffice":"yes","message":true}}`,
			"/outOfOfficeSettings/isOutOfOffice isOutOfOffice [type] true, false or null | The property 'outOfOfficeSettings/isOutOfOffice' must be true, false or null, not a string.\n" +
				"/outOfOfficeSettings/message message [type] a string or null | The property 'outOfOfficeSettings/message' must be a string or null, not a boolean."},
		{`{"availability":"a","location":null}`, "/location location [type] an object | The property 'location' must be an object, not null."},
		{`{"availability":"a","location":{"in":{"a/b":[]}}}`, "/location/in/a~1b a/b [type] true or false | The property 'location/in/a~1b' must be true or false, not an array."},
		{`{"availability":"a","numbers":[1,"2",1.5]}`, "/numbers/1 numbers [type] an integer | The property 'numbers/1' must be an integer, not a string.\n" +
			"/numbers/2 numbers [type] an integer | The property 'numbers/2' must be an integer, not a number."},
		{`{"availability":"a","big":true}`, "/big big [type] an integer, a string or null | The property 'big' must be an integer, a string or null, not a boolean."},
		{`{"availability":"a","state":"up"}`, "/state state [enum] one of on, off, or null | The property 'state' must be one of on, off, or null."},
		{`{"availability":"a","rights":"print"}`, "/rights rights [pattern] one or more of view, edit, parted by commas | The property 'rights' must be one or more of view, edit, parted by commas."},
		{`{"availability":"a","ratio":1e999999999,"numbers":[1e-999999999]}`,
			"/numbers/0 numbers [type] a number that a double can hold | The property 'numbers/0' must be a number that a double can hold.\n" +
				"/ratio ratio [type] a number that a double can hold | The property 'ratio' must be a number that a double can hold."},
		{`{"availability":"a","id":7}`, "/id id [type] a string | The property 'id' must be a string, not a number."},
	} {
		if got := print(v.Body(presence, decode(t, tt.body))); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.body, got, tt.want)
		}
	}
	if got := print(v.Body(presence, map[string]any{"availability": make(chan int)})); !strings.Contains(got, "JSON values") {
		t.Errorf("a channel gives %q", got)
	}
}

func TestParameters(t *testing.T) {
	m := model(nil, sample)
	v, ops := New(m), typeOf(t, m, "microsoft.graph.presence").Operations()
	for _, tt := range []struct {
		op         int
		body, want string
	}{
		{0, `{"availability":"Busy","sessionId":null}`, ""},
		{0, `{"availability":"Busy","place":{"a/b":true},"extra":1}`, ""},
		{0, `null`, "/availability availability [required] a value | The parameter 'availability' is required."},
		{0, `{"availability":null,"note":1,"place":{"a/b":1}}`,
			"/availability availability [type] a string | The parameter 'availability' must be a string, not null.\n" +
				"/note note [type] a string | The parameter 'note' must be a string, not a number.\n" +
				"/place/a~1b a/b [type] true or false | The parameter 'place/a~1b' must be true or false, not a number."},
		{1, `null`, ""},
		{1, `{"x":1}`, ""},
	} {
		if got := print(v.Parameters(ops[tt.op], decode(t, tt.body))); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.body, got, tt.want)
		}
	}
}

// TestKeywords covers what only hand-written overlays use.
func TestKeywords(t *testing.T) {
	for _, tt := range []struct{ schema, value, want string }{
		{`{"minLength":3}`, `"ab"`, "at least 3 characters long"},
		{`{"maxLength":1}`, `"ab"`, "at most 1 characters long"},
		{`{"minimum":3}`, `2`, "at least 3"},
		{`{"maximum":0.5}`, `2`, "at most 0.5"},
		{`{"exclusiveMinimum":2}`, `2`, "more than 2"},
		{`{"exclusiveMaximum":2}`, `2`, "less than 2"},
		{`{"multipleOf":2}`, `3`, "a multiple of 2"},
		{`{"minItems":2}`, `[1]`, "a list of at least 2"},
		{`{"maxItems":0}`, `[1]`, "a list of at most 0"},
		{`{"uniqueItems":true}`, `[1,1]`, "a list without repetition"},
		{`{"minProperties":1}`, `{}`, "an object with at least 1 members"},
		{`{"maxProperties":0}`, `{"a":1}`, "an object with at most 0 members"},
		{`{"const":{"a":1}}`, `2`, `{"a":1}`},
		{`{"pattern":"^a"}`, `"b"`, "text of the form ^a"},
		{`{"enum":[1,"b",true]}`, `2`, "one of 1, b, true"},
		{`{"anyOf":[{"type":"string"},{"type":"null"}]}`, `2`, "of one of the forms the schema allows"},
		{`{"oneOf":[{"type":"string"},{"type":"null"}]}`, `2`, "of one of the forms the schema allows"},
		{`{"allOf":[{"type":"string"}]}`, `2`, "a string"},
		{`{"additionalProperties":false}`, `{"a":1}`, "an object of the members the schema names"},
		{`{"additionalProperties":{"type":"string"}}`, `{"a":1}`, "a string"},
		{`{"patternProperties":{"^a":{"type":"string"}}}`, `{"a":1}`, "a string"},
		{`{"prefixItems":[{"type":"string"}]}`, `[1]`, "a string"},
		{`{"if":{"type":"integer"},"then":{"minimum":5},"else":{"type":"null"}}`, `2`, "at least 5"},
		{`{"if":{"type":"integer"},"then":{"minimum":5},"else":{"type":"null"}}`, `""`, "null"},
		{`{"propertyNames":{"maxLength":1}}`, `{"ab":1}`, "at most 1 characters long"},
		{`{"not":{"type":"integer"}}`, `2`, "as the schema says under not"},
		{`{"type":"string","enum":["a"]}`, `null`, "a string"},
		{`{"type":["string","null"],"enum":["a"]}`, `null`, "one of a"},
		{`{"enum":["a","b","c","d","e","f","g","h","i","j","k","l","m","n"]}`, `0`, "one of a, b, c, d, e, f, g, h, i, j, k, l and 2 more"},
	} {
		m := model(nil, map[string]string{"a.json": `{"properties":{"p":` + tt.schema + `},"x-graph":{"kind":"complex"}}`})
		list := New(m).Body(typeOf(t, m, "microsoft.graph.a"), decode(t, `{"p":`+tt.value+`}`))
		if len(list) != 1 || list[0].Want != tt.want || !strings.HasPrefix(list[0].Pointer, "/p") {
			t.Errorf("%s with %s\n got %s\nwant %s", tt.schema, tt.value, print(list), tt.want)
		}
	}
}

func TestUnusableSchemas(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{`{"properties":{"p":{"$ref":"b.json"}},"x-graph":{"kind":"complex"}}`, "The schema of microsoft.graph.a is not usable: no type file b.json."},
		{`{"properties":{"p":{"minLength":"x"}},"x-graph":{"kind":"complex"}}`, `The schema of microsoft.graph.a is not usable: it is no JSON Schema at "/properties/p/minLength".`},
		{`{"properties":{"p":{"pattern":"("}},"x-graph":{"kind":"complex"}}`, "The schema of microsoft.graph.a is not usable: it is no JSON Schema"},
		{`{"allOf":[{"$ref":"a.json"}],"x-graph":{"kind":"complex"}}`, "The schema of microsoft.graph.a is not usable: it refers to itself."},
	} {
		m := model(nil, sample, map[string]string{"a.json": tt.text})
		v := New(m)
		typ := typeOf(t, m, "microsoft.graph.a")
		list := v.Body(typ, map[string]any{})
		if len(list) != 1 || list[0].Keyword != "$schema" || !strings.HasPrefix(list[0].Message, tt.want) {
			t.Errorf("%s\n got %s\nwant %s", tt.text, print(list), tt.want)
		}
		// The others are still served.
		if got := print(v.Body(typeOf(t, m, "microsoft.graph.presence"), map[string]any{"availability": "x"})); got != "" {
			t.Errorf("after %s: %s", tt.text, got)
		}
	}
}

func TestLayersShareWhatTheyHaveInCommon(t *testing.T) {
	base := model(nil, sample)
	over := model(base, map[string]string{
		"outOfOfficeSettings.json": `{"title":"microsoft.graph.outOfOfficeSettings","type":["object","null"],"properties":{"isOutOfOffice":{"type":"integer"}},"x-graph":{"kind":"complex"}}`,
	})
	if one, two := New(base), New(base); one.cache != two.cache {
		t.Error("two validators of a model do not share")
	}
	b, o := New(base), New(over)
	for _, tt := range []struct {
		v    *Validator
		m    *edm.Model
		want string
	}{
		{b, base, ""},
		{o, over, "/outOfOfficeSettings/isOutOfOffice isOutOfOffice [type] an integer | The property 'outOfOfficeSettings/isOutOfOffice' must be an integer, not a boolean."},
	} {
		body := decode(t, `{"availability":"a","outOfOfficeSettings":{"isOutOfOffice":true}}`)
		if got := print(tt.v.Body(typeOf(t, tt.m, "microsoft.graph.presence"), body)); got != tt.want {
			t.Errorf("got %s\nwant %s", got, tt.want)
		}
	}
	place := edm.Name("microsoft.graph.place")
	if b.cache.typeEntry(typeOf(t, base, place)) != o.cache.typeEntry(typeOf(t, over, place)) {
		t.Error("a type no overlay touches is compiled twice")
	}
	name := edm.Name("microsoft.graph.presence")
	if b.cache.typeEntry(typeOf(t, base, name)) == o.cache.typeEntry(typeOf(t, over, name)) {
		t.Error("a type with an overlaid part is shared")
	}
	op := func(m *edm.Model) *edm.Operation { return typeOf(t, m, name).Operations()[0] }
	if b.cache.operationEntry(op(base)) != o.cache.operationEntry(op(over)) {
		t.Error("an operation no overlay touches is compiled twice")
	}
	if got := print(o.Body(typeOf(t, base, place), map[string]any{"a/b": 1})); got == "" {
		t.Error("a type of the base model is not checked")
	}
}

func TestConcurrentFirstTouch(t *testing.T) {
	base := model(nil, sample)
	over := model(base, map[string]string{"state.json": `{"type":["string","null"],"x-graph":{"kind":"enum"}}`})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, m := range []*edm.Model{base, over} {
				for _, n := range []edm.Name{"microsoft.graph.presence", "microsoft.graph.place"} {
					typ, _ := m.Type(n)
					New(m).Body(typ, map[string]any{"availability": "x", "in": 1, "state": "on"})
				}
				typ, _ := m.Type("microsoft.graph.presence")
				New(m).Parameters(typ.Operations()[0], nil)
			}
		})
	}
	wg.Wait()
}

// FuzzQuick: whatever the short cut lets pass, the library lets pass.
func FuzzQuick(f *testing.F) {
	f.Add(`{"type":["string","null"],"enum":["a",null]}`, `null`)
	f.Add(`{"enum":["a"]}`, `1`)
	f.Add(`{"type":"integer"}`, `1.0`)
	f.Add(`{"type":"array","items":{"type":"number"}}`, `[1,"a"]`)
	f.Add(`{"required":["a"],"properties":{"a":{"$ref":"b.json","type":"object"}}}`, `{"a":{"x":true}}`)
	f.Add(`{"allOf":[{"pattern":"^a"}],"minLength":2}`, `"ab"`)
	f.Fuzz(func(t *testing.T, schema, value string) {
		d := json.NewDecoder(strings.NewReader(`{"p":` + value + `}`))
		d.UseNumber()
		var body map[string]any
		if d.Decode(&body) != nil {
			return
		}
		var compact bytes.Buffer
		if json.Compact(&compact, []byte(schema)) != nil {
			return
		}
		m := model(nil, map[string]string{
			"a.json": `{"properties":{"p":` + schema + `},"x-graph":{"kind":"complex"}}`,
			"b.json": `{"type":["object","null"],"properties":{"x":{"type":"string"}},"x-graph":{"kind":"complex"}}`,
		})
		typ, ok := m.Type("microsoft.graph.a")
		if !ok {
			return
		}
		v := New(m)
		e := v.cache.typeEntry(typ)
		if e.err != nil {
			return
		}
		if err := e.schema.Validate(body); err != nil && e.quick.passes(body) {
			t.Fatalf("%s passes %s, the library says %v", value, schema, err)
		} else if err != nil && len(v.Body(typ, body)) == 0 {
			t.Fatalf("%s with %s: nothing found, the library says %v", value, schema, err)
		}
	})
}

func BenchmarkBody(b *testing.B) {
	m := model(nil, sample)
	v, presence := New(m), typeOf(b, m, "microsoft.graph.presence")
	for _, bb := range []struct{ name, body string }{
		{"valid", `{"id":"c26302f8","availability":"Busy","activity":"InAMeeting","outOfOfficeSettings":{"isOutOfOffice":true,"message":"x"}}`},
		{"library", `{"availability":"Busy","numbers":[1.0]}`},
		{"invalid", `{"availability":1,"activity":"InAMeeting"}`},
	} {
		body := decode(b, bb.body)
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				v.Body(presence, body)
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		m := model(nil, sample)
		New(m).Body(typeOf(b, m, "microsoft.graph.presence"), nil)
	}
}
