package authority

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Permit judges a part of a request by what its caller's token holds (B-10.32, B-10.34).
// In the modes other than enforce what would have been refused is only noted (B-10.38).
func (a *Authority) Permit(r *http.Request, c *workload.Caller, t *bind.Target, need workload.Need) error {
	if a.Mode != Enforce && c.App == "" && c.Tenant == "" {
		return nil // a caller without a token asks for nothing
	}
	err := a.judge(r, c, t, need)
	if err != nil && a.Mode != Enforce {
		a.Log.LogAttrs(r.Context(), slog.LevelDebug, "enforce would refuse this request", slog.String("method", r.Method),
			slog.String("operation", t.Template()), slog.String("cause", err.Cause))
		return nil
	}
	if err != nil {
		return err
	}
	return nil
}

func (a *Authority) judge(r *http.Request, c *workload.Caller, t *bind.Target, need workload.Need) *grapherr.Error {
	held, claim := c.Scopes, "scp"
	if c.AppOnly {
		held, claim = c.Roles, "roles"
	}
	accepted := accepts(c, need)
	if !c.AppOnly && a.foreign(c, t) {
		accepted = a.shared(accepted)
	}
	denied := func() *grapherr.Error {
		words := grapherr.Scopes
		if c.AppOnly {
			words = grapherr.Roles
		}
		return grapherr.Denied(accepted).Holding(words, held)
	}
	switch {
	case c.AppOnly && mine(t): // the answer to that is another (B-2.21)
		return nil
	case need.Permissions == nil && a.Unpublished:
		a.Log.LogAttrs(r.Context(), slog.LevelInfo, "no permissions are published for this operation; it is allowed",
			slog.String("method", need.Method), slog.String("operation", need.Template))
	case need.Permissions == nil:
		return denied().Because("No permissions are published for "+need.Method+" "+need.Template+", nor for a documented path to the same type.",
			"Use a documented path, or start the emulator with --switch auth.unpublished=allow.")
	case len(accepted) == 0:
		return denied().Because("The operation does not support "+kind(c)+" tokens.", "")
	case len(held) == 0:
		return denied().Because("The token holds no permission: its claim "+claim+" is empty.", cure(accepted))
	case !slices.ContainsFunc(accepted, func(name string) bool { return holds(held, name) }):
		return denied().Because("The token holds "+strings.Join(held, ", ")+", and none of these is enough for "+need.Method+" "+need.Template+".", cure(accepted))
	case a.Mode == Enforce && !slices.ContainsFunc(accepted, func(name string) bool { return name != readBasic && holds(held, name) }):
		c.Basic = true
	}
	return nil
}

// accepts are the permissions that a need takes from this kind of caller.
func accepts(c *workload.Caller, need workload.Need) []string {
	switch {
	case need.Permissions == nil:
		return nil
	case c.AppOnly:
		return need.Application
	case c.Personal():
		return need.DelegatedPersonal
	case need.Own:
		return others(need.DelegatedWork)
	}
	return need.DelegatedWork
}

// others are the delegated permissions that reach more than what belongs to the
// signed-in user.
func others(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		name, _, _ = strings.Cut(name, "+")
		return !strings.HasSuffix(name, ".All") && !strings.HasSuffix(name, ".Shared")
	})
}

// foreign reports whether an operation is on the mailbox of another user than the
// caller (B-10.33).
func (a *Authority) foreign(c *workload.Caller, t *bind.Target) bool {
	of := t.Owning()
	if of == nil || len(t.Steps) == 0 || t.Steps[0].Nav == nil || t.Steps[0].Nav.Name != "users" || !a.Traits(of).Mailbox {
		return false
	}
	return !a.owned(c, t)
}

// shared are the permissions that reach what others have shared: of those that reach
// one's own, the ones that have such a form.
func (a *Authority) shared(accepted []string) []string {
	var out []string
	for _, name := range accepted {
		if a.STS.Scope == nil {
			break
		}
		if known, _ := a.STS.Scope(name + ".Shared"); known {
			out = append(out, name+".Shared")
		}
	}
	if len(out) == 0 {
		return accepted
	}
	return out
}

// readBasic is the permission to see no more of users than who they are (B-10.35).
const readBasic = "User.ReadBasic.All"

// holds reports whether a token holds a permission with what it needs as well.
func holds(held []string, name string) bool {
	has := func(name string) bool {
		return slices.ContainsFunc(held, func(h string) bool { return strings.EqualFold(h, name) })
	}
	name, also, more := strings.Cut(name, "+")
	return has(name) && (!more || slices.ContainsFunc(strings.Split(also, "|"), has))
}

func kind(c *workload.Caller) string {
	if c.AppOnly {
		return "app-only"
	}
	return "delegated"
}

// cure names what would have sufficed, the least privileged first.
func cure(accepted []string) string {
	words := strings.NewReplacer("+", " with ", "|", " or ")
	accepted = slices.Clone(accepted)
	for i, name := range accepted {
		accepted[i] = words.Replace(name)
	}
	ask := "Ask for " + accepted[0]
	if len(accepted) > 1 {
		ask += ", the least privileged, or one of " + strings.Join(accepted[1:], ", ")
	}
	least, _, _ := strings.Cut(accepted[0], " ")
	return ask + ". The emulator grants it with --grant " + least + "."
}

// mine reports whether a path begins with the caller.
func mine(t *bind.Target) bool {
	return len(t.Steps) > 0 && t.Steps[0].Nav != nil && t.Steps[0].Nav.Name == "me"
}

// owned reports whether the entity at the beginning of a path is the caller, or is
// owned by the caller.
func (a *Authority) owned(c *workload.Caller, t *bind.Target) (ok bool) {
	set, key := t.Steps[0].Nav, ""
	switch {
	case set == nil:
		return false
	case t.Steps[0].Keyed:
		key = t.Steps[0].Key()
	case len(t.Steps) > 1 && t.Steps[1].Kind == edm.Key:
		key = t.Steps[1].Key()
	}
	if u, found := a.STS.User(key); found && set.Name == "users" {
		return strings.EqualFold(u.ID, c.User)
	}
	_ = a.STS.Store.View(func(tx *store.Tx) error {
		self, there := tx.Find(0, "users", c.User)
		if ref, found := tx.Find(0, set.Name, key); found && there {
			ok = tx.Contains(ref, "owners", self)
		}
		return nil
	})
	return ok
}
