package conversation

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// TestWrite: what a recorder writes can be read, by people too.
func TestWrite(t *testing.T) {
	f := &File{
		Recording: &Recording{Upstream: "https://graph.microsoft.com", Made: time.Date(2026, 11, 22, 8, 15, 2, 0, time.UTC)},
		Exchanges: []*Exchange{{
			Request: "POST /v1.0/users/ida@northgale.test/messages?$select=id,subject",
			Headers: []Header{{Name: "Prefer", Value: `outlook.timezone="UTC"`}, {Name: "Content-Type", None: true}},
			Body:    Literal([]byte(`{"subject":"Tide table: yes","importance":"high","body":{"contentType":"text","content":"Dear all,\n\nhigh water is at 4.\n  Ida\n"},"toRecipients":[]}`)),
			Status:  201,
			AnswerHeaders: []Header{{Name: "Content-Type", Value: "application/json"}, {Name: "Vary", Value: "Prefer"},
				{Name: "Location", Value: "https://graph.microsoft.com/v1.0/x('${a}')"}, {Name: "vary", Value: "Accept"}},
			Answer: Literal([]byte(`{"@odata.context":"https://x/$metadata#y","id":"c26302f8-02f8-c263-f802-63c2f80263c2","when":"2026-11-22T08:15:02Z","n":1.0,"big":12345678901234567890,"null":null,"word":"true","list":[1,"two",{"three":[[]]},[{},false]],"name":"Åse","":"","marker":"${x}"}`)),
			Took:   12 * time.Millisecond,
		}, {
			Request: "GET /v1.0/me/photo/$value", Status: 200, Answer: Literal([]byte{0x89, 'P', 'N', 'G'}), Took: time.Second,
		}, {
			Request: "PUT /v1.0/me/photo/$value", Body: Literal([]byte("")), Status: 204, Took: time.Millisecond,
		}},
	}
	got, err := f.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	const want = `recording: {format: 1, state: done, upstream: "https://graph.microsoft.com", made: 2026-11-22T08:15:02Z}
---
request: POST /v1.0/users/ida@northgale.test/messages?$select=id,subject
headers:
  Prefer: "outlook.timezone=\"UTC\""
  Content-Type: null
body:
  subject: "Tide table: yes"
  importance: high
  body:
    contentType: text
    content: |
      Dear all,

      high water is at 4.
        Ida
  toRecipients: []
status: 201
answerHeaders:
  Content-Type: application/json
  Vary:
    - Prefer
    - Accept
  Location: https://graph.microsoft.com/v1.0/x('${a}')
answer:
  "@odata.context": "https://x/$metadata#y"
  id: c26302f8-02f8-c263-f802-63c2f80263c2
  when: "2026-11-22T08:15:02Z"
  "n": 1.0
  big: 12345678901234567890
  "null": null
  word: "true"
  list:
    - 1
    - two
    - three:
        - []
    - - {}
      - false
  name: Åse
  "": ""
  marker: $${x}
took: 12ms
---
request: GET /v1.0/me/photo/$value
status: 200
answerBase64: "iVBORw=="
took: 1s
---
request: PUT /v1.0/me/photo/$value
text: ""
status: 204
took: 1ms
`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	again, err := Parse("x.yaml", got, nil)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := again.Append(nil); err != nil || string(text) != want {
		t.Errorf("read and written again (%v):\n%s", err, text)
	}
}

// TestInFlight: what a recorder that goes on, or was killed, has begun to write is as if it
// had never been asked; see cassette. What was ended has to be whole.
func TestInFlight(t *testing.T) {
	const head, whole = "recording: {format: 1, state: open}\n", "---\nrequest: GET /v1.0/me\nstatus: 200\ntook: 1ms\n"
	for tail, want := range map[string]int{"": 1, "---\nrequest: GET /v1.0/me\nsta": 1, "---\nrequest: GET /v1.0/me\nstatus: 200\ntook: 1": 1, "\x00\x00\x00": 1, whole + "-": 2} {
		f, err := Parse("x.yaml", []byte(head+whole+tail), nil)
		if err != nil || len(f.Exchanges) != want || !f.Recording.Open {
			t.Errorf("%q: %v, %v", tail, f, err)
		}
		if tail != "" {
			if _, err := Parse("x.yaml", []byte(strings.Replace(head, "open", "done", 1)+whole+tail), nil); err == nil {
				t.Errorf("%q is taken behind what was ended", tail)
			}
		}
	}
	if f, err := Parse("x.yaml", []byte(head+"---\nrequ"), nil); err != nil || len(f.Exchanges) != 0 {
		t.Errorf("%v, %v", f, err)
	}
	if _, err := Parse("x.yaml", []byte("recording: {format: 1, state: shut}\n"), nil); err == nil || !strings.Contains(err.Error(), `"shut" is neither open nor done`) {
		t.Error(err)
	}
}

// TestSideFile: the content of a file beside the conversation is a body.
func TestSideFile(t *testing.T) {
	folder := fstest.MapFS{"big/1.bin": {Data: []byte("\x00\x01")}}
	f, err := Parse("x.yaml", []byte("request: PUT /x\nfile: big/1.bin\nstatus: 200\nanswerFile: big/1.bin\n"), folder)
	if err != nil {
		t.Fatal(err)
	}
	x := f.Exchanges[0]
	if b, err := x.Body.Bytes(nil); err != nil || string(b) != "\x00\x01" {
		t.Errorf("%q, %v", b, err)
	}
	if d := x.Differences(200, nil, []byte("\x00\x01"), nil); d != nil {
		t.Error(d)
	}
	if d := x.Differences(200, nil, []byte("\x00\x02"), nil); len(d) != 1 {
		t.Error(d)
	}
}

// FuzzLiteral: whatever bytes a body has, it has them again when it has been written
// and read.
func FuzzLiteral(f *testing.F) {
	for _, s := range []string{``, `{}`, `[]`, `{"a":1}`, `{"a": 1}`, `{"a":1.50,"b":-0,"c":1e400,"d":1E5,"e":123456789012345678901234567890}`,
		`{"a":{"b":[[1],[{}],[[]]]}}`, `{"a":"x\ny\n","b":"x\n\ny","c":"\n","d":" x\ny","e":"x\r\ny","f":"a text that is long enough\nfor two lines\n\n"}`,
		`{"a":"a text that is long enough\n\tfor two lines\n  ","b":"\u001f\u007f\u0085\u2028\ufeff\ud83d\ude00"}`, "{\"a\":\"\u2028\u0085\ufeff\x7f😀\"}",
		`{"a":1,"a":2}`, `{"a":"${x} $${y} ${","${z}":0}`, `["true","null","1","-","- x","a: b","a #b","~","2026-11-22","0x1","1_000","=","<<","*a","&a","!a","%a"]`,
		`{"<<":{"a":1},"y":"n"}`, "x: y", "\x00", "\xff", "\U000bffff", `{"a":"\u0001` + "\U0010fffe" + `"}`, "[1", `"a"`, "a text\nwith lines that are long\n", "[\"\\u0041\"]", `{"a":tru}`, `{"a":"\/"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		x := &Exchange{Request: "GET /", Status: 200, Answer: Literal(data)}
		text, err := x.Append(nil, false)
		if err != nil {
			t.Fatalf("%q: %v", data, err)
		}
		again, err := Parse("x.yaml", text, nil)
		if err != nil {
			t.Fatalf("%q is written as\n%s\n%v", data, text, err)
		}
		if len(again.Exchanges) != 1 {
			t.Fatalf("%q is written as\n%s", data, text)
		}
		if got, err := again.Exchanges[0].Answer.Bytes(nil); err != nil || !bytes.Equal(got, data) {
			t.Fatalf("%q is written as\n%s\nand read as %q, %v", data, text, got, err)
		}
		if d := again.Exchanges[0].Differences(200, nil, data, Vars{}); d != nil && !(x.Answer.Form == JSON && twice(data)) {
			t.Fatalf("%q differs from itself: %v", data, d)
		}
		if x.Answer.Form == Text && json.Valid(data) && len(data) > 0 && strings.IndexByte("{[", data[0]) >= 0 && tidy(data) {
			t.Fatalf("%q is written as a text", data)
		}
	})
}

// twice reports whether numbers are too large to be compared.
func twice(data []byte) bool { return bytes.ContainsAny(data, "eE") }

// tidy reports whether JSON is as simple as most services write it.
func tidy(data []byte) bool {
	var v map[string]string
	if json.Unmarshal(data, &v) != nil {
		return false
	}
	for name, s := range v {
		if strings.ContainsAny(name+s, "\\\"") || len(name) > 100 {
			return false
		}
	}
	b := []byte{'{'}
	for name, s := range v {
		b = append(append(append(appendString(b, name), ':'), appendString(nil, s)...), '}')
	}
	return len(v) == 1 && bytes.Equal(b, data) || bytes.Equal(data, []byte("{}"))
}

// A null without a word is written as null, not as an empty text.
func TestFaultA19NullWithoutWord(t *testing.T) {
	for _, answer := range []string{"{0: 1_000,0}", "{a: 1_000, b: , c: ~}", "[1_000, {a: }]", "{a: [1_000, {b: {c: }}]}"} {
		f, err := Parse("x.yaml", []byte("request: A 0\nstatus: 100\nanswer: "+answer+"\n"), nil)
		if err != nil {
			t.Fatal(err)
		}
		want, err := f.Exchanges[0].Answer.Source()
		if err != nil {
			t.Fatal(err)
		}
		text, err := f.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse("x.yaml", text, nil)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got, err := again.Exchanges[0].Answer.Source(); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is %s, and %s when it was written (%v)\n%s", answer, want, got, err, text)
		}
	}
}

// FuzzParse: nothing that is read ends the program, and what was read is written so
// that it reads the same.
func FuzzParse(f *testing.F) {
	f.Add([]byte("options: {strict: true}\n---\n- request: GET /v1.0/me\n  as: me\n  headers: {A: [b, c], D: null}\n  body: {a: [1, 2.50, x, null, true]}\n  status: 200\n  expect: {id: '${id=guid}'}\n"))
	f.Add([]byte("recording: {format: 1, state: done, upstream: x, made: 2026-11-22T08:15:02Z}\n---\nrequest: GET /\nstatus: 200\nanswerText: |\n  a\n  b\ntook: 1ms\n"))
	f.Add([]byte("request: GET /\nstatus: 200\nanswer: &a [{b: 1}, *a]\n"))
	f.Add([]byte("request: GET /\nstatus: 200\nbase64: AAA=\nanswer: {a: 0x1F, b: 1_000, c: 2026-11-22, ? d : e}\nstub: true\n"))
	f.Add([]byte("request: A 0\nstatus: 100\nanswer: {0: 1_000,0}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		one, err := Parse("x.yaml", text, nil)
		if err != nil {
			return
		}
		written, err := one.Append(nil)
		if err != nil {
			return // a text that no YAML can hold
		}
		two, err := Parse("x.yaml", written, nil)
		if err != nil {
			t.Fatalf("%q is written as\n%s\n%v", text, written, err)
		}
		if a, b := bare1(t, one), bare1(t, two); !reflect.DeepEqual(a, b) {
			t.Fatalf("%q is written as\n%s\n%v\n%v", text, written, a, b)
		}
	})
}

// bare1 is what a file says, without where it says it.
func bare1(t *testing.T, f *File) (out []any) {
	out = append(out, f.Recording)
	for _, o := range f.Options {
		out = append(out, o.Name)
	}
	for _, x := range f.Exchanges {
		body, err := x.Body.Source()
		if err != nil {
			t.Fatal(err)
		}
		answer, err := x.Answer.Source()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, x.Request, x.As, string(body), x.Status, string(answer), x.Partial && x.Answer.Form == JSON, x.Took, x.Stub, len(x.Headers), len(x.AnswerHeaders))
	}
	return out
}
