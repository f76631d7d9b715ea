package engine

import (
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// window is the time that a query is about (B-6.17). Its token keeps it.
type window struct{ start, end time.Time }

func readWindow(q *odata.Query) (*window, error) {
	w := &window{}
	for _, b := range []struct {
		name string
		at   *time.Time
	}{{"startDateTime", &w.start}, {"endDateTime", &w.end}} {
		text, ok := q.Param(b.name)
		if !ok {
			e := grapherr.BadRequest("This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.")
			e.Target = b.name
			return nil, e
		}
		at, ok := moment(text, time.UTC)
		if !ok {
			e := grapherr.BadRequest("The value '%s' of parameter '%s' is not a point in time.", text, b.name)
			e.Target = b.name
			return nil, e
		}
		*b.at = at
	}
	if w.end.Before(w.start) {
		return nil, grapherr.BadRequest("The end of the time window lies before its start.")
	}
	return w, nil
}

// moment reads a point in time; without an offset it is in that zone.
func moment(text string, in *time.Location) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02"} {
		if at, err := time.ParseInLocation(layout, text, in); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// holds reports whether what has a start and an end overlaps the window. What has
// neither is nowhere.
func (w *window) holds(o value.Object) bool {
	at := func(name string) (time.Time, bool) {
		raw, _ := o.Get(name)
		if raw.Kind() != value.KindObject {
			return time.Time{}, false
		}
		text, _ := raw.Members().Get("dateTime")
		zone, _ := raw.Members().Get("timeZone")
		return moment(plain(text), location(plain(zone)))
	}
	start, ok := at("start")
	end, too := at("end")
	return ok && too && start.Before(w.end) && end.After(w.start)
}

func plain(raw value.Raw) string {
	s, _ := raw.Text()
	return s
}

// location is a zone by its name; UTC when the name is none that is known here.
func location(name string) *time.Location {
	if in, err := time.LoadLocation(name); err == nil && in != time.Local {
		return in
	}
	return time.UTC
}
