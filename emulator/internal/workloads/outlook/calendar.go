package outlook

import (
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/zone"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const (
	calendar edm.Name = "microsoft.graph.calendar"
	todoList edm.Name = "microsoft.graph.todoTaskList"
)

// defaultCalendar is the calendar of every mailbox (C-9.2).
var defaultCalendar = value.Members{{Name: "id", Value: value.String(folderID("calendar"))}, {Name: "name", Value: `"Calendar"`},
	{Name: "isDefaultCalendar", Value: "true"}, {Name: "isRemovable", Value: "false"}, {Name: "canEdit", Value: "true"}, {Name: "canShare", Value: "true"},
	{Name: "canViewPrivateItems", Value: "true"}, {Name: "color", Value: `"auto"`}, {Name: "hexColor", Value: `""`}, {Name: "isTallyingResponses", Value: "true"},
	{Name: "allowedOnlineMeetingProviders", Value: `["teamsForBusiness"]`}, {Name: "defaultOnlineMeetingProvider", Value: `"teamsForBusiness"`}}

// calendars are the built-in entities of a mailbox.
func calendars() []value.Members { return []value.Members{defaultCalendar} }

// todoLists are the lists of tasks that everybody has (B-12.26).
func todoLists() (out []value.Members) {
	for _, l := range [...][2]string{{"Tasks", "defaultList"}, {"Flagged Emails", "flaggedEmails"}} {
		out = append(out, value.Members{{Name: "id", Value: value.String(folderID(l[1]))}, {Name: "displayName", Value: value.String(l[0])},
			{Name: "isOwner", Value: "true"}, {Name: "isShared", Value: "false"}, {Name: "wellknownListName", Value: value.String(l[1])}})
	}
	return out
}

// ownCalendar finds the default calendar of a mailbox.
func ownCalendar(s workload.Scope, owner *workload.Node, _ string) (workload.Item, bool) {
	if owner.Ref == workload.NoRef {
		return workload.Item{}, false
	}
	key := defaultCalendar.Text("id")
	if ref, ok := s.Tx.Find(owner.Ref, "calendars", key); ok {
		return workload.Item{Ref: ref}, true
	}
	for ref, e := range s.Tx.Entities(owner.Ref, "calendars", 0, nil) { // a file may have it under another id
		m := e.Object.Members()
		if m.Bool("isDefaultCalendar") || m.Text("name") == "Calendar" {
			return workload.Item{Ref: ref}, true
		}
	}
	nav, _ := owner.Type.Navigation("calendars")
	return workload.Item{Ref: workload.NoRef, Home: &workload.Home{Owner: owner, Nav: nav, Key: key},
		Object: s.Shapes.Object(string(calendar), defaultCalendar)}, true
}

// namedCalendar finds the default calendar by its well-known name.
func namedCalendar(s workload.Scope, owner *workload.Node, key string) (workload.Item, bool) {
	if !strings.EqualFold(key, "calendar") {
		return workload.Item{}, false
	}
	item, ok := ownCalendar(s, owner, "")
	item.At = max(item.Ref, owner.Ref)
	return item, ok
}

// readCalendar says whose calendar it is.
func readCalendar(c *workload.Call) (workload.Result, error) {
	res, err := c.Next()
	if err != nil || res.One == nil {
		return res, err
	}
	if box := boxOf(&res.One.Node); box != nil {
		address, _ := recipient(box.Text("displayName"), addressOf(box)).Members().Get("emailAddress")
		res.One.Show(value.Member{Name: "owner", Value: address})
	}
	return res, nil
}

// newEvent makes an event in the default calendar where none is named, with what the
// service fills in (C-9.1).
func newEvent(c *workload.Call) (workload.Result, error) {
	box := boxOf(&c.Self)
	if c.Self.Type.Is(user) && c.Nav != nil && c.Nav.Name == "events" {
		own, err := c.System.Member(c, box, "calendar", "")
		if err != nil {
			return workload.Result{}, err
		}
		c.Self = own
		c.Nav, _ = own.Type.Navigation("events")
	}
	body := c.Body.Clone()
	if !c.Loading() {
		timed(&body, c.Now())
	}
	kind := value.Raw(`"singleInstance"`)
	if every, _ := body.Get("recurrence"); !every.IsNull() {
		kind = `"seriesMaster"`
	}
	body.SetMissing("type", kind)
	if box != nil {
		body.SetMissing("organizer", recipient(box.Text("displayName"), addressOf(box)))
	}
	if g := groupOf(&c.Self); g != nil {
		body.SetMissing("organizer", recipient(g.Text("displayName"), g.Text("mail")))
	}
	body.SetMissing("iCalUId", value.String("040000008200E00074C5B7101A82E008"+strings.ToUpper(strings.ReplaceAll(c.Tx.NewGUID(), "-", ""))))
	placed(&body, true)
	start, _ := body.Get("start")
	recurring(&body, start.Members().Text("timeZone"))
	c.Body = body
	return inUTC(c)
}

// slot is how long an event takes that says nothing of its end, and what the times of an
// event begin at that says nothing of its start: a multiple of it.
const slot = 30 * time.Minute

// timed gives an event the times that it lacks. An event without a start or an end would
// never show in a calendar view; Microsoft's own tests of delta queries make such events
// and find them there (B-13.111).
func timed(body *value.Members, now time.Time) {
	start, _ := body.Get("start")
	end, _ := body.Get("end")
	if !start.IsNull() && !end.IsNull() {
		return
	}
	begin, length, bad := now.UTC().Truncate(slot).Add(slot), slot, ""
	if body.Bool("isAllDay") {
		begin, length = now.UTC().Truncate(24*time.Hour), 24*time.Hour
	}
	switch {
	case !start.IsNull():
		begin, bad = zone.Parse(start)
	case !end.IsNull():
		begin, bad = zone.Parse(end)
		begin = begin.Add(-length)
	}
	if bad != "" {
		return // the check of the given times names it
	}
	in := start
	if in.IsNull() {
		in = end
	}
	name, loc := in.Members().Text("timeZone"), time.UTC
	if given, ok := zone.Load(name); ok && name != "" {
		loc = given
	} else {
		name = "UTC"
	}
	if start.IsNull() {
		body.Set("start", zone.PrintIn(begin, loc, name))
	}
	if end.IsNull() {
		body.Set("end", zone.PrintIn(begin.Add(length), loc, name))
	}
}

// dropList keeps the lists that everybody has (B-12.26).
func dropList(c *workload.Call) (workload.Result, error) {
	if name := c.Self.Text("wellknownListName"); c.Self.Exists && name != "" && name != "none" {
		return workload.Result{}, grapherr.BadRequest("The list '%s' cannot be deleted.", c.Self.Text("displayName"))
	}
	return c.Next()
}
