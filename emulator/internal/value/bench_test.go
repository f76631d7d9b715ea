package value

import "testing"

const presence = `{"id":"c26302f8-02f8-4263-9802-63c2f80263c2","availability":"Busy","activity":"InAMeeting","sequenceNumber":"638675309"}`

func BenchmarkParseObject(b *testing.B) {
	in := []byte(presence)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseObject(in, Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkObject(b *testing.B) {
	m := Raw(presence).Members()
	s := NewShapes()
	b.ReportAllocs()
	for b.Loop() {
		s.Object("microsoft.graph.presence", m)
	}
}

func BenchmarkTree(b *testing.B) {
	m := Raw(presence).Members()
	b.ReportAllocs()
	for b.Loop() {
		m.Tree()
	}
}

func BenchmarkGet(b *testing.B) {
	o := NewShapes().Object("microsoft.graph.presence", Raw(presence).Members())
	b.ReportAllocs()
	for b.Loop() {
		o.Get("activity")
	}
}

func TestAllocations(t *testing.T) {
	in, s := []byte(presence), NewShapes()
	m, _ := ParseObject(in, Limits{})
	o := s.Object("t", m)
	room := make([]byte, 0, 512)
	for _, tt := range []struct {
		name string
		most float64
		f    func()
	}{
		{"ParseObject", 2, func() { ParseObject(in, Limits{}) }},
		{"Object", 1, func() { s.Object("t", m) }},
		{"Get", 0, func() { o.Get("activity") }},
		{"AppendSelected", 0, func() { o.AppendSelected(room, "id", "activity") }},
	} {
		if n := testing.AllocsPerRun(100, tt.f); n > tt.most {
			t.Errorf("%s allocates %v times, %v are allowed", tt.name, n, tt.most)
		}
	}
}
