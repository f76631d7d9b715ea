package outlook

import (
	"cmp"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/zone"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const event edm.Name = "microsoft.graph.event"

// groupOf is the group that a node belongs to; nil: none of the path.
func groupOf(n *workload.Node) *workload.Node {
	for ; n != nil && n.Type != nil; n = n.Home.Owner {
		if n.Type.Is(group) {
			return n
		}
	}
	return nil
}

// readEvent shows of an event what readItem does. Lists of a group's events lead to its
// calendar (R-C9).
func readEvent(c *workload.Call) (workload.Result, error) {
	res, err := readItem(eventLink)(c)
	if err != nil || res.One == nil {
		return res, err
	}
	if g := groupOf(&res.One.Node); g != nil {
		res.One.Linked = []workload.Linked{{Nav: "calendar", Path: "/groups('" + g.Text("id") + "')/calendar"}}
	}
	return res, nil
}

// updateEvent completes what a change of an event gives, as newEvent does.
func updateEvent(c *workload.Call) (workload.Result, error) {
	body := c.Body.Clone()
	placed(&body, false)
	start, _ := body.Get("start")
	recurring(&body, cmp.Or(start.Members().Text("timeZone"), c.Self.Text("originalStartTimeZone")))
	c.Body = body
	return inUTC(c)
}

// inUTC keeps the times of an event in UTC, so that they compare, and the zones that
// they were sent in beside them (B-1.42). Those of a whole day are no points in time.
func inUTC(c *workload.Call) (workload.Result, error) {
	whole, sent := c.Body.Get("isAllDay")
	if !sent && c.Verb != bind.Create {
		whole, _ = c.Self.Get("isAllDay")
	}
	if day, _ := whole.Bool(); day {
		return uninvited(c)
	}
	body := c.Body.Clone()
	for _, m := range [...]struct{ name, origin string }{{"start", "originalStartTimeZone"}, {"end", "originalEndTimeZone"}} {
		raw, ok := body.Get(m.name)
		if !ok || raw.Kind() != value.KindObject {
			continue
		}
		in, _ := raw.Members().Get("timeZone")
		text, ok := in.Text()
		if !ok {
			continue // it is merged with the zone that is there
		}
		at, bad := zone.Parse(raw)
		switch {
		case bad == "timeZone":
			return workload.Result{}, grapherr.NoZone(text)
		case bad != "":
			return workload.Result{}, grapherr.WrongValue(m.name+"/"+bad, "Expected a date and time such as 2026-11-22T09:00:00.")
		}
		body.Set(m.name, zone.Print(at))
		if _, ok := body.Get(m.origin); !ok {
			body.Set(m.origin, in)
		}
	}
	c.Body = body
	return uninvited(c)
}

// uninvited labels the answer to an event with attendees: the service invites them, and
// nobody is invited here.
func uninvited(c *workload.Call) (workload.Result, error) {
	res, err := c.Next()
	if to, _ := c.Body.Get("attendees"); err == nil && !c.Loading() && to.Kind() == value.KindArray && to != value.Array() {
		res.Partial = true
		res.Warn = append(res.Warn, "attendees are stored and not invited")
	}
	return res, err
}
