package value

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"
)

// FuzzParse: what is accepted, encoding/json accepts and reads alike; canonical
// text reads as itself; packing and unpacking change nothing.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5e-3,"x\ud83d\ude00\u001f\/é"],"b":{"a":null,"":true}}`, `"\ud800"`, `{"a":1,"\u0061":2}`, "[\"\xff\"]", ` [ ] `, `-0.0e+00`, `{"k":"\\u12"}`} {
		f.Add([]byte(s))
	}
	shapes := NewShapes()
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := Parse(in, Limits{})
		if err != nil {
			e := err.(*SyntaxError)
			if e.Offset < 0 || e.Offset > len(in) {
				t.Fatalf("%q: offset %d", in, e.Offset)
			}
			return
		}
		if len(r) > len(in) || !utf8.ValidString(string(r)) {
			t.Fatalf("%q reads as %q", in, r)
		}
		if again, err := Parse([]byte(r), Limits{}); err != nil || again != r {
			t.Fatalf("%q reads as %q, and that as %q: %v", in, r, again, err)
		}
		want := std(t, in)
		if got := r.Tree(); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q\n ours %#v\n std's %#v", in, got, want)
		}
		back, err := From(r.Tree())
		if err != nil || !equal(back, r) {
			t.Fatalf("%q: back from the tree it is %q: %v", in, back, err)
		}
		if r.Kind() != KindObject {
			return
		}
		m, err := ParseObject(in, Limits{})
		if err != nil || m.Object() != r || !reflect.DeepEqual(append(Members{}, m...), append(Members{}, r.Members()...)) {
			t.Fatalf("%q: members %q: %v", in, m, err)
		}
		if o := shapes.Object("t", m); o.Raw() != r || o.Members().Object() != r {
			t.Fatalf("%q: packed it is %q", in, o.Raw())
		}
	})
}

func std(t *testing.T, in []byte) any {
	d := json.NewDecoder(bytes.NewReader(in))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q is refused by encoding/json: %v", in, err)
	}
	return v
}
