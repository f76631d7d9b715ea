package value

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{` {"a" : [1, 2.50 , -0e+1], "b":null} `, `{"a":[1,2.50,-0e+1],"b":null}`},
		{`"A\/é\u000a\u001F\ud83d\uDE00<>&"`, `"A/é\n\u001f😀<>&"`},
		{`[]`, `[]`}, {`{ }`, `{}`}, {`[[ ]]`, `[[]]`}, {`true`, `true`}, {` 0 `, `0`},
		{`{"a":{"x":1},"b":{"x":2}}`, `{"a":{"x":1},"b":{"x":2}}`},
		{``, `0  empty`}, {"\n ", `2  empty`},
		{`{"a":1,"a":2}`, `7 /a duplicate`},
		{`{"a":1,"\u0061":2}`, `7 /a duplicate`},
		{`{"s":[{"x":1},{"x":1,"y":0,"x":2}]}`, `27 /s/1/x duplicate`},
		{`{"a/b~":01}`, `9  form`}, {`{"a/b~":-}`, `9 /a~1b~0 form`},
		{`{"a":1}x`, `7  trailing`}, {`1 2`, `2  trailing`},
		{`{"a":"\ud83d"}`, `6 /a surrogate`}, {`["\ude00\ud83d"]`, `2 /0 surrogate`},
		{"{\"a\":\"\xff\"}", `6 /a encoding`}, {"\"\xed\xa0\x80\"", `1  encoding`},
		{"\"a\tb\"", `2  form`}, {`"\x"`, `1  form`}, {`"\u12"`, `1  form`}, {`"abc`, `4  form`},
		{`{"a"}`, `4 /a form`}, {`{"a":}`, `5 /a form`}, {`{a:1}`, `1  form`}, {`{"a":1,}`, `7  form`}, {`{`, `1  form`},
		{`[1,]`, `3 /1 form`}, {`[1 2]`, `3  form`}, {`nul`, `0  form`}, {`NaN`, `0  form`}, {`+1`, `0  form`},
		{`1.`, `2  form`}, {`1e`, `2  form`}, {`-`, `1  form`}, {`.5`, `0  form`}, {"\ufeff1", `0  form`}, {"1\x00", `1  trailing`},
		{`[[[[1]]]]`, `3 /0/0/0 depth`}, {`[12345678901]`, `1 /0 number`},
	} {
		got := describe(Parse([]byte(tt.in), Limits{Depth: 3, Digits: 10}))
		if got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.in, got, tt.want)
		}
	}
}

var faults = [...]string{"empty", "form", "encoding", "surrogate", "duplicate", "depth", "number", "trailing", "object"}

func describe(r Raw, err error) string {
	if err == nil {
		return string(r)
	}
	e := err.(*SyntaxError)
	return string(Int(int64(e.Offset))) + " " + e.Pointer + " " + faults[e.Fault]
}

func TestParseObject(t *testing.T) {
	m, err := ParseObject([]byte(` {"a": [ {"x":1} ], "b\"\u0062" : "z", "" : {} } `), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(m.Object()), `{"a":[{"x":1}],"b\"b":"z","":{}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if m[1].Name != `b"b` || m[2].Value != "{}" {
		t.Errorf("members are %q", m)
	}
	for _, in := range []string{`[]`, `1`, `"a"`, ``, `{"a":1`} {
		if _, err := ParseObject([]byte(in), Limits{}); err == nil {
			t.Errorf("%q is taken for an object", in)
		}
	}
	many := `{"n0":0`
	for i := 1; i < 40; i++ {
		many += `,"n` + string(Int(int64(i))) + `":0`
	}
	if m, err := ParseObject([]byte(many+`}`), Limits{}); err != nil || len(m) != 40 {
		t.Errorf("40 members: %d, %v", len(m), err)
	}
	if _, err := ParseObject([]byte(many+`,"n3":0}`), Limits{}); err == nil {
		t.Error("a duplicate among 40 members is not seen")
	}
	if _, err := ParseObject([]byte(many+`,"n39":0}`), Limits{}); err == nil {
		t.Error("a duplicate behind the sixteenth is not seen")
	}
}

func TestRaw(t *testing.T) {
	r := Raw(`{"a":[1,"x,]}",{"b":[]},null],"c\"":-1.5,"d":true}`)
	var parts []string
	for _, m := range r.Members() {
		parts = append(parts, m.Name+"="+string(m.Value)+":"+m.Value.Kind().String())
		for e := range m.Value.Elements() {
			parts = append(parts, string(e))
		}
	}
	want := `a=[1,"x,]}",{"b":[]},null]:array|1|"x,]}"|{"b":[]}|null|c"=-1.5:number|d=true:boolean`
	if got := strings.Join(parts, "|"); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	for _, tt := range []struct {
		in   Raw
		want int64
		ok   bool
	}{{"1", 1, true}, {"1.0", 1, true}, {"1e3", 1000, true}, {"1.5", 0, false}, {"9223372036854775807", 1<<63 - 1, true}, {"1e19", 0, false}, {`"1"`, 0, false}, {"", 0, false}} {
		if n, ok := tt.in.Int(); n != tt.want || ok != tt.ok {
			t.Errorf("Int of %s is %d, %t", tt.in, n, ok)
		}
	}
	if _, ok := Raw("1e999").Float(); ok {
		t.Error("1e999 is taken for a float")
	}
	if s, ok := String("a\"\\\n\x01é\xff").Text(); !ok || s != "a\"\\\n\x01é\ufffd" {
		t.Errorf("the text comes back as %q", s)
	}
}

func TestEqual(t *testing.T) {
	for _, tt := range []struct {
		a, b Raw
		want bool
	}{
		{`{"a":1,"b":[1,{"c":null}]}`, `{"b":[1.0,{"c":null}],"a":10e-1}`, true},
		{`{"a":1}`, `{"a":1,"b":1}`, false}, {`{"a":1}`, `{"b":1}`, false},
		{`[1,2]`, `[2,1]`, false}, {`[1]`, `[1,2]`, false}, {`[1,2]`, `[1]`, false}, {``, `null`, true},
		{`100`, `1e2`, true}, {`-0`, `0.0`, true}, {`-1`, `1`, false}, {`1e400`, `10e399`, true}, {`0.1`, `1`, false},
		{`12345678901234567890`, `12345678901234567891`, false}, {`"a"`, `"A"`, false}, {`"1"`, `1`, false},
	} {
		if got := equal(tt.a, tt.b); got != tt.want {
			t.Errorf("equal(%s, %s) is %t", tt.a, tt.b, got)
		}
	}
}

func TestMerge(t *testing.T) {
	for _, tt := range []struct{ old, patch, want Raw }{
		{`{"a":1,"b":2}`, `{"b":null,"c":3}`, `{"a":1,"b":null,"c":3}`},
		{`{"o":{"x":1,"y":{"z":1}},"l":[1,2]}`, `{"l":[3],"o":{"y":{"w":2}}}`, `{"o":{"x":1,"y":{"z":1,"w":2}},"l":[3]}`},
		{`{"o":{"x":1}}`, `{"o":null}`, `{"o":null}`}, {`{"o":null}`, `{"o":{"x":1}}`, `{"o":{"x":1}}`},
		{`{"o":{"@odata.type":"#a","x":1}}`, `{"o":{"@odata.type":"#b","y":1}}`, `{"o":{"@odata.type":"#b","y":1}}`},
	} {
		old := tt.old.Members()
		if got := Merge(old, tt.patch.Members()).Object(); got != tt.want {
			t.Errorf("%s + %s\n got %s\nwant %s", tt.old, tt.patch, got, tt.want)
		}
		if old.Object() != tt.old {
			t.Errorf("Merge changed its argument to %s", old.Object())
		}
	}
	m := Raw(`{"s":{"a":1,"b":{"c":1}},"t":2}`).Members()
	if got := Without(m, "s/a", "s/b/c", "t", "none/x").Object(); got != `{"s":{"b":{}}}` {
		t.Errorf("Without leaves %s", got)
	}
}

func TestFrom(t *testing.T) {
	in := map[string]any{"b": []any{1, int64(2), 1.5, json.Number("2.50"), nil, true}, "a": map[string]any{}, "c": []string{"x"}, "d": Raw("{}")}
	got, err := From(in)
	if want := Raw(`{"a":{},"b":[1,2,1.5,2.50,null,true],"c":["x"],"d":{}}`); err != nil || got != want {
		t.Errorf("From gives %s, %v", got, err)
	}
	for _, bad := range []any{make(chan int), json.Number("x"), json.Number(`"x"`), []any{struct{}{}}} {
		if _, err := From(bad); err == nil {
			t.Errorf("From takes %v", bad)
		}
	}
}
