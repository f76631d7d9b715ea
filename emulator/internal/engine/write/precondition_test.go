package write_test

import (
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/enginetest"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// If-Match is judged by what the traits of the type say of its versions.
func TestPreconditions(t *testing.T) {
	for _, tt := range []struct {
		tag, method, header, want string // NOW and OLD stand for the tags of the versions
	}{
		{"", "PATCH", "", ""},
		{"", "PATCH", "NOW", ""},
		{"", "PATCH", "*", ""},
		{"", "PATCH", "OLD", "412"},
		{"", "PATCH", "OLD, NOW", ""},
		{"", "DELETE", "OLD", "412"},
		{"", "DELETE", "NOW", ""},
		{"", "GET", "OLD", ""}, // a read is no change
		{"none", "PATCH", "OLD", ""},
		{"required", "PATCH", "", "412"},
		{"required", "PATCH", "*", ""},
		{"required", "PATCH", "NOW", ""},
		{"required", "PATCH", "OLD", "412"},
		{"required", "DELETE", "no tag", "400"},
		{"required", "GET", "", ""},
	} {
		w := enginetest.New(t, op.Options{}, workload.Workload{Name: "w", Traits: "microsoft.graph.group: {tag: '" + tt.tag + "'}\n"})
		id := w.Create("/groups", crew)
		old := tagOf(w, w.Must("GET", "/groups/"+id, "").One)
		w.Must("PATCH", "/groups/"+id, `{"displayName":"Fog"}`, func(r *op.Request) { r.IfMatch = "*" })
		now := tagOf(w, w.Must("GET", "/groups/"+id, "").One)
		header := tt.header
		switch header {
		case "NOW":
			header = now
		case "OLD":
			header = old
		case "OLD, NOW":
			header = old + ", " + now
		}
		body := ""
		if tt.method == "PATCH" {
			body = `{"displayName":"Ebb"}`
		}
		_, err := w.Do(tt.method, "/groups/"+id, body, func(r *op.Request) { r.IfMatch = header })
		got := enginetest.Told(err)
		if len(got) > 3 {
			got = got[:3]
		}
		if got != tt.want {
			t.Errorf("%s of tag %q with If-Match: %s: %s, want %s", tt.method, tt.tag, tt.header, got, tt.want)
		}
		if name := "Ebb"; tt.method == "PATCH" && (tt.want == "") != (w.Must("GET", "/groups/"+id, "").One.Text("displayName") == name) {
			t.Errorf("%s with If-Match: %s: the group is changed where it is refused, or not where it is not", tt.method, tt.header)
		}
	}
}

func tagOf(w *enginetest.World, e *workload.Entity) string {
	return heap.Tag(w.Core.Types.Of(e.Type), e.Seq)
}
