package presence

import (
	_ "embed"
	"iter"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

//go:embed traits.yaml
var traits string

const (
	typ  edm.Name = "microsoft.graph.presence"
	user edm.Name = "microsoft.graph.user"
	set  edm.Name = "microsoft.graph.cloudCommunications"
)

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name: "presence",
		Areas: []workload.Area{
			{Name: "Presence", Paths: "communications/getPresencesByUserId communications/presences users/presence"},
		},
		Traits:   traits,
		Backends: []*workload.Backend{{}}, // B-1.13, B-1.14
		Rules: []workload.Rule{
			{Type: typ, Verb: bind.Create, Do: create},
			{Type: typ, Verb: bind.Update, Do: update},
			{Type: typ, Verb: bind.Delete, Do: remove},
			{Type: typ, Verb: bind.Read, Computes: []string{"availability", "activity", "outOfOfficeSettings", "statusMessage"}, Do: read},
			{Type: set, Verb: bind.Invoke("getPresencesByUserId"), Do: byUserID},

			{Type: typ, Verb: bind.Invoke("setPresence"), Do: own(setPresence)},
			{Type: typ, Verb: bind.Invoke("clearPresence"), Do: own(clearPresence)},
			{Type: typ, Verb: bind.Invoke("setUserPreferredPresence"), Do: own(setPreferred)},
			{Type: typ, Verb: bind.Invoke("clearUserPreferredPresence"), Do: own(clearPreferred)},
			{Type: typ, Verb: bind.Invoke("setStatusMessage"), Do: own(setStatusMessage)},
			{Type: typ, Verb: bind.Invoke("setManualLocation"), Do: own(setLocation(manual))},
			{Type: typ, Verb: bind.Invoke("setAutomaticLocation"), Do: own(setLocation(automatic))},
			{Type: typ, Verb: bind.Invoke("clearLocation"), Do: own(clearLocation(manual, automatic))},
			{Type: typ, Verb: bind.Invoke("clearAutomaticLocation"), Do: own(clearLocation(automatic))},
			{Type: typ, Verb: bind.Invoke(wakes), Do: wake, ByTime: true},
			{Type: user, Verb: bind.Update, After: true, Do: mailbox},
			{Type: user, Verb: bind.WriteValue, After: true, Do: mailbox},
			{Type: user, Verb: bind.Clear, After: true, Do: mailbox},
			{Type: user, Verb: bind.Delete, After: true, Do: leave},
		},
		Views: []workload.View{
			{Type: set, Nav: "presences", Members: members, Find: find, Refuse: refuse},
			{Type: user, Nav: "presence", Find: ofUser, Refuse: refuse},
		},
		Errors: grapherr.Dialect{
			grapherr.CaseNotFound: {Code: "NotFound"},
		},
		Switches: []workload.Switch{
			{Name: fadeNames, Values: []string{enum, prose}, Usage: "name a session that has faded as the lists of values do (AvailableIdle, Inactive) or as the prose (Available, AvailableInactive)"},
			{Name: upn, Values: []string{taken, refused}, Strict: refused, Usage: "whether /users/{userPrincipalName}/presence is taken, or refused as by the real service"},
		},
	}
}

// The switches, with the rules that they are about.
const (
	fadeNames = "presence.fadeNames" // B-11.21
	enum      = "enum"
	prose     = "prose"

	upn     = "presence.upn" // B-11.8
	taken   = "taken"
	refused = "refused"
)

var errPersonal = &grapherr.Error{Status: 403, Code: "Forbidden", Message: "Presence is not supported for personal accounts."} // B-11.7

// refuse turns personal accounts away (B-11.7) and, if it is wanted, users who are
// addressed otherwise than by their id (B-11.8).
func refuse(s workload.Scope, owner *workload.Node) error {
	if s.Caller.Personal() {
		return errPersonal
	}
	if s.Switches[upn] != refused || owner.Ref <= 0 || owner.Home.Key == "" {
		return nil
	}
	if _, _, id, ok := s.Tx.Owner(owner.Ref); ok && owner.Type.Is(user) && !strings.EqualFold(id, owner.Home.Key) {
		return grapherr.BadRequest("The user of a presence is addressed by id, and '%s' is none.", owner.Home.Key).
			Because("The switch "+upn+" refuses it.", "Use /users/"+id+"/presence.")
	}
	return nil
}

// members lists the presence of every user, and the records that belong to none
// (B-11.10). A user's stands at the place of the user.
func members(s workload.Scope, owner *workload.Node, after store.Ref) iter.Seq[workload.Item] {
	users := s.Tx.Members(0, "users", after)
	records := func(func(store.Ref) bool) {}
	if owner.Ref != workload.NoRef {
		records = s.Tx.Members(owner.Ref, "presences", after)
	}
	return func(yield func(workload.Item) bool) {
		for ref := range workload.Rising(users, records) {
			from, _, key, _ := s.Tx.Owner(ref)
			item := workload.Item{At: ref, Ref: ref}
			if from == 0 { // a user
				item, _ = find(s, owner, key)
				item.At = ref
			} else if _, ok := s.Tx.Find(0, "users", key); ok {
				continue // listed with its user
			}
			if !yield(item) {
				return
			}
		}
	}
}

// find gives a record, or the presence that a user without one has.
func find(s workload.Scope, owner *workload.Node, key string) (workload.Item, bool) {
	if owner.Ref != workload.NoRef {
		if ref, ok := s.Tx.Find(owner.Ref, "presences", key); ok {
			return workload.Item{At: ref, Ref: ref}, true
		}
	}
	ref, ok := s.Tx.Find(0, "users", key)
	if !ok {
		return workload.Item{}, false
	}
	_, _, id, _ := s.Tx.Owner(ref)
	nav, _ := owner.Type.Navigation("presences")
	return workload.Item{At: ref, Ref: workload.NoRef, Object: s.Shapes.Object(string(typ), value.Members{{Name: "id", Value: value.String(id)}}),
		Home: &workload.Home{Owner: owner, Nav: nav, Key: id}}, true
}

// ofUser leads from a user to the same presence: there is one, on three roads (B-11.6).
func ofUser(s workload.Scope, owner *workload.Node, _ string) (workload.Item, bool) {
	root := &workload.Node{Type: s.Model.Root(), Exists: true}
	nav, ok := root.Type.Navigation("communications")
	if !ok || owner.Ref == workload.NoRef {
		return workload.Item{}, false
	}
	at := &workload.Node{Ref: workload.NoRef, Type: nav.Target(), Exists: true, Home: workload.Home{Owner: root, Nav: nav}}
	if ref, ok := s.Tx.One(0, "communications"); ok {
		at.Ref = ref
	}
	_, _, key, _ := s.Tx.Owner(owner.Ref)
	item, ok := find(s, at, key)
	if ok && item.Home == nil {
		members, _ := at.Type.Navigation("presences")
		item.Home = &workload.Home{Owner: at, Nav: members, Key: key}
	}
	return item, ok
}
