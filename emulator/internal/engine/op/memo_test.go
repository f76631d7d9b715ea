package op

import "testing"

// A Memo is bounded: when it is full it forgets all but the newest.
func TestMemo(t *testing.T) {
	var m Memo[int, string]
	if _, ok := m.Get(1); ok {
		t.Error("an empty memo knows 1")
	}
	for i := range maxMemo {
		m.Put(i, "x")
	}
	if v, ok := m.Get(0); !ok || v != "x" {
		t.Errorf("got %q, %v", v, ok)
	}
	m.Put(maxMemo, "y")
	if _, ok := m.Get(0); ok || len(m.m) != 1 {
		t.Errorf("it holds %d entries", len(m.m))
	}
	if v, ok := m.Get(maxMemo); !ok || v != "y" {
		t.Errorf("the newest is %q, %v", v, ok)
	}
}
