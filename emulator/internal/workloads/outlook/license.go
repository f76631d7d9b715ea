package outlook

import (
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// The switch that decides who has a mailbox.
const (
	mailboxes = "outlook.mailbox" // B-13.182
	licensed  = "licensed"
)

// elsewhere are the types that the service keeps outside the mailbox.
var elsewhere = []edm.Name{"microsoft.graph.profilePhoto", "microsoft.graph.person", "microsoft.graph.place"}

// lacks reports whether a user has no mailbox for things of a type to lie in.
func lacks(s workload.Scope, user *workload.Node, t *edm.Type) bool {
	return !slices.ContainsFunc(elsewhere, t.Is) && !hasMailbox(s.Switches, s.Tx, user)
}

// hasMailbox reports whether a user has a mailbox, as the switch wants it.
func hasMailbox(s workload.Switches, tx *store.Reader, user *workload.Node) bool {
	return s[mailboxes] != licensed || workload.HasPlan(tx, user.Object, "exchange", holdsMailbox)
}

// holdsMailbox reports whether a plan has a mailbox. The foundation is in plans without one.
func holdsMailbox(plan string) bool {
	return strings.HasPrefix(plan, "EXCHANGE_S_") && plan != "EXCHANGE_S_FOUNDATION"
}
