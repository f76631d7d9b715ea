package eval

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
)

func sorter(t *testing.T, orderby string, o Options) (*Order, error) {
	t.Helper()
	items, err := odata.ParseOrderBy(orderby)
	if err != nil {
		return nil, err
	}
	return CompileOrder(typeNamed(t, "user"), items, o)
}

func TestOrder(t *testing.T) {
	t.Attr("rules", "B-3.62 B-3.65")
	users, _ := tenant(t)
	for _, tt := range []struct{ orderby, want string }{
		{"displayName", "u1 u4 u2 u3"}, // by code points
		{"displayName desc", "u3 u2 u4 u1"},
		{"mail", "u2 u4 u3 u1"},      // B-3.65, ties by Ref
		{"mail desc", "u1 u3 u2 u4"}, //
		{"age", "u3 u4 u1 u2"},
		{"score desc", "u2 u1 u3 u4"},
		{"createdDateTime", "u4 u3 u1 u2"}, // as instants
		{"importance desc", "u1 u3 u2 u4"},
		{"accountEnabled,id desc", "u4 u3 u2 u1"},
		{"address/city desc,displayName", "u1 u4 u2 u3"}, // B-3.62
		{"manager/displayName", "u3 u4 u1 u2"},
		{"length(displayName) desc", "u3 u4 u2 u1"},
		{"tags/$count desc", "u1 u3 u2 u4"},
		{"ext9vq_crew/berth desc", "u2 u1 u3 u4"},
		{"shoeSize", "Invalid orderby clause: Could not find a property named 'shoeSize' on type 'microsoft.graph.user'."},
		{"tags", "Invalid orderby clause: The $orderby expression must evaluate to a single value of primitive type."},
		{"address", "Invalid orderby clause: The $orderby expression must evaluate to a single value of primitive type."},
	} {
		o, err := sorter(t, tt.orderby, Options{})
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = strings.Join(pages(t, o, users, 0), " ")
			for limit := 1; limit <= 4; limit++ {
				if paged := strings.Join(pages(t, o, users, limit), " "); paged != got {
					t.Errorf("%s by pages of %d\n got %s\nwant %s", tt.orderby, limit, paged, got)
				}
			}
		}
		if got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.orderby, got, tt.want)
		}
	}
	folded, _ := sorter(t, "displayName", Options{Fold: true})
	if got := strings.Join(pages(t, folded, users, 2), " "); got != "u1 u2 u4 u3" {
		t.Errorf("folded: %s", got)
	}
}

// pages lists rows page by page, each behind the last entry of the one before,
// which travels as text.
func pages(t *testing.T, o *Order, rows []*node, limit int) (out []string) {
	var after *Entry
	for {
		s := o.Sorter(limit, after)
		for i, r := range rows {
			s.Push(nodeRow{r}, int64(i+1))
		}
		entries := s.Entries()
		for _, e := range entries {
			out = append(out, id(rows[e.Ref-1]))
		}
		if limit == 0 || len(entries) == 0 {
			return out
		}
		last := entries[len(entries)-1]
		text, err := last.Key.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		after = &Entry{Ref: last.Ref}
		if err := after.Key.UnmarshalText(text); err != nil {
			t.Fatal(err)
		}
		if want := s.Seen() > len(entries); !want && len(out) != len(rows) {
			t.Fatalf("%d seen, %d given, %d of %d rows out", s.Seen(), len(entries), len(out), len(rows))
		}
	}
}

func TestTopAgreesWithSort(t *testing.T) {
	users, _ := tenant(t)
	o, err := sorter(t, "mail desc,age,displayName", Options{Fold: true})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var rows []*node
		for range r.IntN(60) {
			rows = append(rows, users[r.IntN(len(users))])
		}
		all, top := o.Sorter(0, nil), o.Sorter(7, nil)
		for i, n := range rows {
			all.PushObject(n.Object, int64(i))
			top.PushObject(n.Object, int64(i))
		}
		refs := func(s *Sorter) (out []int64) {
			for _, e := range s.Entries() {
				out = append(out, e.Ref)
			}
			return out
		}
		want := refs(all)
		if got := refs(top); !slices.Equal(got, want[:min(7, len(want))]) {
			t.Fatalf("top %v of %v", got, want)
		}
	}
}

func TestKeyRefuses(t *testing.T) {
	for _, text := range []string{"", "{}", `[{"k":99}]`, `[{"k":"x"}]`} {
		var k Key
		if err := k.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q passed", text)
		}
	}
}
