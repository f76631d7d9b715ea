package presence

import (
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// read shows Offline where nothing is known (B-11.6), and hides what is the
// owner's.
func read(c *workload.Call) (workload.Result, error) {
	res, err := c.Next()
	if err == nil {
		err = show(c, res.One)
	}
	return res, err
}

// unknown are the members that a presence shows where nothing is known.
var unknown = value.Members{{Name: "availability", Value: `"Offline"`}, {Name: "activity", Value: `"Offline"`}, {Name: "outOfOfficeSettings", Value: present}}

func show(c *workload.Call, e *workload.Entity) error {
	if c.Caller.Enforced && foreign(c, e) {
		return grapherr.Denied([]string{readAll}).Because("With Presence.Read the caller's own presence may be read, and no other's.", "Ask for "+readAll+".")
	}
	for _, m := range unknown {
		if _, ok := e.Object.Get(m.Name); !ok {
			if e.Members == nil {
				e.Members = e.Object.Members()
			}
			e.Members.Set(m.Name, m.Value)
		}
	}
	status, _ := e.Object.Get("statusMessage")
	if status.IsNull() || strings.EqualFold(c.Caller.User, e.Text("id")) {
		return nil
	}
	if e.Members == nil {
		e.Members = e.Object.Members()
	}
	e.Members = value.Without(e.Members, "statusMessage/expiryDateTime", "statusMessage/publishedDateTime") // B-11.12
	return nil
}

const readAll = "Presence.Read.All"

// foreign reports whether a presence is another's and the token only permits to read
// the caller's own (B-11.15).
func foreign(c *workload.Call, e *workload.Entity) bool {
	who := c.Caller
	return who.User != "" && slices.Contains(who.Scopes, "Presence.Read") && !slices.Contains(who.Scopes, readAll) &&
		!strings.EqualFold(who.User, e.Text("id"))
}

// maxIDs is how many presences getPresencesByUserId gives (B-11.13).
const maxIDs = 650

// byUserID gives the presence of each id in the order asked, of an unknown one
// PresenceUnknown (B-11.13).
func byUserID(c *workload.Call) (workload.Result, error) {
	t, ok := c.Model.Type(typ)
	switch {
	case !ok:
		return c.Next()
	case c.Caller.Personal():
		return workload.Result{}, errPersonal
	}
	ids, _ := c.Body.Get("ids")
	res := workload.Result{IsList: true, Total: -1, Of: edm.Ref{Name: typ, Many: true}, HasOf: true}
	for id := range ids.Elements() {
		key, _ := id.Text()
		if len(res.List) == maxIDs {
			return workload.Result{}, grapherr.BadRequest("The parameter 'ids' holds more than %d ids.", maxIDs)
		}
		n, err := c.System.Member(c, &c.Self, "presences", key)
		if err != nil {
			return workload.Result{}, err
		}
		e := workload.Entity{Node: n}
		if n.Exists {
			if err := show(c, &e); err != nil {
				return workload.Result{}, err
			}
		} else {
			e.Type, e.Exists = t, true
			e.Members = value.Members{{Name: "id", Value: id}, {Name: "availability", Value: `"PresenceUnknown"`}, {Name: "activity", Value: `"PresenceUnknown"`}}
		}
		res.List = append(res.List, e)
	}
	if len(res.List) == 0 {
		return workload.Result{}, grapherr.BadRequest("The parameter 'ids' is required and must not be empty.")
	}
	return res, nil
}
