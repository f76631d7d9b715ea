package engine_test

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// way is a way from the service root to a collection, by containment.
type way []*edm.Navigation

func (r way) String() string {
	var b strings.Builder
	for i, n := range r {
		b.WriteByte('/')
		b.WriteString(n.Name)
		if n.Type.Many && i < len(r)-1 {
			b.WriteString("/{}")
		}
	}
	return b.String()
}

func (r way) last() *edm.Navigation { return r[len(r)-1] }

// maxWay is how deep the walk goes.
const maxWay = 7

// collections finds every collection whose members can be created, each once for
// the type that has it, by the shortest way. The metadata would let a team be made among
// those that a user has joined, which follow from the members.
func collections(m *edm.Model) (out []way) {
	seen := map[*edm.Navigation]bool{}
	type at struct {
		t   *edm.Type
		way way
	}
	for queue := []at{{t: m.Root()}}; len(queue) > 0; queue = queue[1:] {
		here := queue[0]
		if len(here.way) == maxWay {
			continue
		}
		for _, n := range here.t.Navigations() {
			target := n.Target()
			if seen[n] || target == nil || !n.Contains && !n.Set || here.t.Kind != edm.Root && n.Set && !n.Contains {
				continue
			}
			if elsewhere(here.t, n) {
				continue
			}
			if n.Name == "me" || n.Name == "joinedTeams" || n.Type.Many && (n.Caps.Has(edm.NoInsert) || settled(n.Type.Name)) {
				continue
			}
			seen[n] = true
			next := append(here.way[:len(here.way):len(here.way)], n)
			if n.Type.Many {
				out = append(out, next)
			}
			queue = append(queue, at{target, next})
		}
	}
	return out
}

// elsewhere reports whether what a navigation shows follows from other entities: shares from the
// items that they name, and drives and sites from users, groups and sites.
func elsewhere(t *edm.Type, n *edm.Navigation) bool {
	switch target := n.Target().Name; {
	case t.Kind == edm.Root:
		return n.Name == "shares"
	case target == "microsoft.graph.drive":
		return n.Type.Many
	case target == "microsoft.graph.site":
		return t.Is("microsoft.graph.group")
	}
	return false
}

// settled reports whether members of a type come and go with other entities, so that no one
// makes them, or are only listed for a group or a principal; conversations of their
// workloads show them.
func settled(t edm.Name) bool {
	switch short := t.Short(); short {
	case "unifiedRoleManagementPolicy", "unifiedRoleManagementPolicyAssignment", "unifiedRoleManagementPolicyRule", // C-10.4
		"recycleBinItem",                                                                            // B-14.102
		"directoryObject",                                                                           // B-4.36: only what is one of its kinds is made
		"authenticationMethodConfiguration", "authenticationMethod", "passwordAuthenticationMethod": // C-10.3
		return true
	default:
		return strings.HasPrefix(short, "privilegedAccessGroup") && strings.Contains(short, "Schedule") // C-10.10
	}
}

// concrete is a type of which there can be entities.
func concrete(t *edm.Type) (*edm.Type, bool) {
	if !t.Abstract {
		return t, true
	}
	for _, d := range t.Derived() {
		if c, ok := concrete(d); ok {
			return c, true
		}
	}
	return t, false
}
