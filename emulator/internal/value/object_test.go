package value

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestObject(t *testing.T) {
	s := NewShapes()
	m := Members{{"id", `"1"`}, {`q"`, "[1]"}, {"n", ""}, {"last", "{}"}}
	o := s.Object("t", m)
	if got, want := string(o.Raw()), `{"id":"1","q\"":[1],"n":null,"last":{}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := string(o.AppendSelected(nil, "last", "none", `q"`)); got != `"last":{},"q\"":[1]` {
		t.Errorf("selected: %s", got)
	}
	for i, x := range o.Members() {
		if v, ok := o.Get(x.Name); !ok || v != x.Value || x.Name != m[i].Name || v != m[i].Value.orNull() {
			t.Errorf("member %d is %v", i, x)
		}
	}
	if _, ok := o.Get("none"); ok {
		t.Error("a member that is not there is found")
	}
	if p := s.Object("t", m); p != o || !p.Equal(o) {
		t.Error("the same members make another object")
	}
	if p := NewShapes().Object("t", m); !p.Equal(o) {
		t.Error("shapes of another set are not equal")
	}
	if s.Object("u", m).Equal(o) {
		t.Error("objects of two types are equal")
	}
	var none Object
	if none.Len() != 0 || none.Type() != "" || len(none.Members()) != 0 || string(none.Raw()) != "{}" || none.Shape().Slot("a") != -1 {
		t.Error("the zero object is not empty")
	}
	if e := s.Object("t", nil); string(e.Raw()) != "{}" || e.Type() != "t" {
		t.Error("an object without members")
	}
}

// TestWide walks over the size where offsets need four bytes.
func TestWide(t *testing.T) {
	s := NewShapes()
	for size := wideText - 40; size < wideText+40; size++ {
		m := Members{{"a", "1"}, {"big", String(strings.Repeat("x", size-18))}, {"z", "2"}}
		o := s.Object("t", m)
		if v, _ := o.Get("z"); v != "2" {
			t.Fatalf("text of %d: z is %q", size, v)
		}
		if v, _ := o.Get("big"); v != m[1].Value {
			t.Fatalf("text of %d: big is wrong", size)
		}
	}
}

func TestShapesBound(t *testing.T) {
	s := NewShapes()
	for i := range 3 * maxSteps {
		o := s.Object("open", Members{{fmt.Sprint("n", i), "1"}, {"b", "2"}})
		if v, _ := o.Get("b"); v != "2" {
			t.Fatalf("object %d is broken", i)
		}
		if interned := o.Shape().ID() >= 0; interned != (i < maxSteps) {
			t.Fatalf("object %d interned: %t", i, interned)
		}
	}
}

func TestShapesShared(t *testing.T) {
	s := NewShapes()
	var wg sync.WaitGroup
	shapes := make([]*Shape, 8)
	for g := range shapes {
		wg.Go(func() {
			for i := range 200 {
				m := Members{{fmt.Sprint("n", i%20), "1"}, {"b", "2"}}
				if o := s.Object("t", m); i == 7 {
					shapes[g] = o.Shape()
				}
			}
		})
	}
	wg.Wait()
	for _, sh := range shapes {
		if sh != shapes[0] {
			t.Error("one list of names has two shapes")
		}
	}
}
