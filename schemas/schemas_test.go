package schemas_test

import (
	"fmt"
	"io/fs"
	"os"
	"testing"
	"testing/fstest"

	"github.com/graph-emulator/graph-emulator/fixtures/pack"
	"github.com/graph-emulator/graph-emulator/schemas"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
	"github.com/graph-emulator/graph-emulator/schemas/validate"
)

func ExampleModel() {
	m, err := schemas.Model("v1.0")
	if err != nil {
		fmt.Println(err)
		return
	}
	steps, err := m.Walk(
		edm.Segment{Text: "communications"},
		edm.Segment{Text: "presences"},
		edm.Segment{Text: "c26302f8-02f8-c263-f802-63c2f80263c2"},
		edm.Segment{Text: "AVAILABILITY"},
	)
	fmt.Println(steps, err)
	// Output: [nav communications: cloudCommunications nav presences: presence* key: presence prop availability: Edm.String] <nil>
}

func ExampleOverlay() {
	base, err := schemas.Model("beta")
	if err != nil {
		fmt.Println(err)
		return
	}
	m := schemas.Overlay(base, fstest.MapFS{"outOfOfficeSettings.json": {Data: []byte(`{
		"title": "microsoft.graph.outOfOfficeSettings",
		"type": ["object", "null"],
		"properties": {"until": {"type": "string", "format": "date"}},
		"x-graph": {"kind": "complex"}
	}`)}})
	presence, _ := m.Type("microsoft.graph.presence")
	p, _ := presence.Property("outOfOfficeSettings")
	until, _ := p.Def().Property("until")
	fmt.Println(m.Check(), until.Type)
	// Output: <nil> Edm.Date
}

func TestModel(t *testing.T) {
	for _, v := range schemas.Versions() {
		m, err := schemas.Model(v)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := schemas.Model(v); again != m {
			t.Errorf("%s: two callers get two models", v)
		}
		if _, err := fs.Stat(schemas.Files(v), edm.RootName.Path()); err != nil {
			t.Errorf("%s: %v", v, err)
		}
		if len(m.Root().Navigations()) == 0 {
			t.Errorf("%s: the root is empty", v)
		}
	}
	if _, err := schemas.Model("v2.0"); err == nil || err.Error() != `no version "v2.0" of Graph: there are v1.0 and beta` {
		t.Errorf("v2.0: %v", err)
	}
	if _, err := fs.ReadDir(schemas.Patches(), "."); err != nil {
		t.Errorf("patches: %v", err)
	}
}

// TestPacks proves that the embedded packs hold the files beside them.
func TestPacks(t *testing.T) {
	for _, v := range schemas.Versions() {
		if err := schemas.Files(v).(*pack.Pack).Holds(os.DirFS(v)); err != nil {
			t.Errorf("%s: %v; run go generate ./schemas", v, err)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, v := range schemas.Versions() {
		m, err := schemas.Model(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Check(); err != nil {
			t.Errorf("%s: %v", v, err)
		}
	}
}

// BenchmarkPresence is the road of a request to a presence: walk and check.
func BenchmarkPresence(b *testing.B) {
	m, err := schemas.Model("v1.0")
	if err != nil {
		b.Fatal(err)
	}
	path := []edm.Segment{{Text: "communications"}, {Text: "presences"}, {Text: "c26302f8-02f8-c263-f802-63c2f80263c2"}}
	body := map[string]any{"availability": "Busy", "activity": "InAMeeting", "outOfOfficeSettings": map[string]any{"isOutOfOffice": true}}
	v := validate.New(m)
	b.ReportAllocs()
	for b.Loop() {
		c := m.Start()
		var s edm.Step
		for _, seg := range path {
			if s, err = c.Step(seg); err != nil {
				b.Fatal(err)
			}
		}
		if list := v.Body(s.Type, body); list != nil {
			b.Fatal(list)
		}
	}
}

// BenchmarkFirstTouch is what the first request to a user costs beyond the rest.
func BenchmarkFirstTouch(b *testing.B) {
	for b.Loop() {
		m := edm.Open(schemas.Files("v1.0"), nil)
		if _, err := m.Walk(edm.Segment{Text: "users"}); err != nil {
			b.Fatal(err)
		}
	}
}
