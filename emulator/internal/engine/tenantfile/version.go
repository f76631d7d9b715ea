package tenantfile

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// version picks the version of Graph that knows every member of a mapping; where none
// does, one that knows its navigations, and the first one where there is none either, so
// that the error is about it.
func (l *loader) version(x *op.Op, owner *workload.Node, nav *edm.Navigation, r *fixtures.Record) (*op.Op, *workload.Node, *edm.Navigation) {
	for _, needs := range [...]func(edm.Name, string) bool{everything, func(t edm.Name, name string) bool { return hasNavigation(l.e.Models, t, name) }} {
		if knows(nav.Target(), r, needs) {
			return x, owner, nav
		}
		for _, m := range l.models {
			t, ok := m.Type(owner.Type.Name)
			if owner.Ref == 0 {
				t, ok = m.Root(), true
			}
			if !ok || m == x.Call.Model {
				continue
			}
			if other, ok := t.Navigation(nav.Name); ok && knows(other.Target(), r, needs) {
				return l.exchange(x.Tx, &bind.Target{Model: m}), owned(owner, t), other
			}
		}
	}
	return x, owner, nav
}

func everything(edm.Name, string) bool { return true }

// hasNavigation reports whether a member of a type is a navigation in any version.
func hasNavigation(models []*edm.Model, t edm.Name, name string) bool {
	for _, m := range models {
		if t, ok := m.Type(t); ok {
			if _, ok := t.Navigation(name); ok {
				return true
			}
		}
	}
	return false
}

// knows reports whether a type has those members of a mapping that needs names.
func knows(t *edm.Type, r *fixtures.Record, needs func(t edm.Name, name string) bool) bool {
	for i := range r.Members {
		name := r.Members[i].Name
		if strings.IndexByte(name, '@') >= 0 || !needs(t.Name, name) {
			continue
		}
		_, p := t.Property(name)
		_, n := t.Navigation(name)
		if !p && !n {
			if _, _, _, ok := t.DerivedMember(name); !ok && !t.Takes(name) {
				return false
			}
		}
	}
	return true
}
