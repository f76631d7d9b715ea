package query

import (
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/zone"
)

// Window is the time that a query is about (B-6.17). Its token keeps it.
type Window struct {
	start, end time.Time
	series     bool // holds has met a recurring event, whose occurrences are not computed
}

// Label marks the answer to a query that has met a recurring event: its occurrences are
// missing, so it is not labelled as modelled.
func (w *Window) Label(res *workload.Result) {
	if w != nil && w.series {
		res.Partial = true
		res.Warn = append(res.Warn, "occurrences of recurring events are not computed: only the first one is shown")
	}
}

func ReadWindow(q *odata.Query) (*Window, error) {
	w := &Window{}
	for _, b := range []struct {
		name string
		at   *time.Time
	}{{"startDateTime", &w.start}, {"endDateTime", &w.end}} {
		text, ok := q.Param(b.name)
		if !ok {
			e := grapherr.BadRequest("This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.")
			e.Code, e.Target = "ErrorMissingArgument", b.name
			return nil, e
		}
		at, bad := zone.Parse(value.Members{{Name: "dateTime", Value: value.String(text)}, {Name: "timeZone", Value: value.String("UTC")}}.Object()) // B-12.17
		if bad != "" {
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

// Holds reports whether what has a start and an end overlaps the window. What has
// neither is nowhere.
func (w *Window) Holds(o value.Object) bool {
	at := func(name string) (time.Time, bool) {
		raw, _ := o.Get(name)
		if raw.Kind() != value.KindObject {
			return time.Time{}, false
		}
		t, bad := zone.Parse(raw)
		return t, bad == ""
	}
	start, ok := at("start")
	end, too := at("end")
	if every, _ := o.Get("recurrence"); ok && !every.IsNull() && start.Before(w.end) {
		w.series = true
	}
	return ok && too && start.Before(w.end) && end.After(w.start)
}
