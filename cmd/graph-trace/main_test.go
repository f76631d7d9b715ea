package main

import (
	"go/format"
	"slices"
	"testing"
)

func TestInstrument(t *testing.T) {
	out, names, err := instrument([]byte("package p\n\nvar v = func() {}\n\nfunc (x *T[K]) F() int { return 1 }\n\nfunc outside()\n"), "a/p", 7)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"a/p literal in a variable", "a/p T.F"}; !slices.Equal(names, want) {
		t.Errorf("names %q", names)
	}
	want := "package p; import calltrace_ \"" + probe + "\"\n\nvar v = func() { calltrace_.Enter(7); defer calltrace_.Leave(); }\n\n" +
		"func (x *T[K]) F() int { calltrace_.Enter(8); defer calltrace_.Leave();  return 1 }\n\nfunc outside()\n"
	if string(out) != want {
		t.Errorf("got %s", out)
	}
	if _, err := format.Source(out); err != nil {
		t.Error(err)
	}
	for _, text := range [][]byte{probeText, driverText} {
		if _, err := format.Source(text); err != nil {
			t.Error(err)
		}
	}
}
