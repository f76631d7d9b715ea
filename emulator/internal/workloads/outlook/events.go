package outlook

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/zone"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const event edm.Name = "microsoft.graph.event"

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
