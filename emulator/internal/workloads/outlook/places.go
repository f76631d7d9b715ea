package outlook

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// nowhere is the location of an event that has none (B-13.109).
var nowhere = value.Members{{Name: "displayName", Value: `""`}, {Name: "locationType", Value: `"default"`}, {Name: "uniqueIdType", Value: `"unknown"`},
	{Name: "address", Value: "{}"}, {Name: "coordinates", Value: "{}"}}

// placed completes the location and the locations of an event: the one that is given replaces
// the other (B-13.109). Without any, a new event has no place.
func placed(body *value.Members, create bool) {
	one, given := body.Get("location")
	many, several := body.Get("locations")
	var all []value.Raw
	for each := range many.Elements() {
		all = append(all, place(each))
	}
	switch {
	case given && !one.IsNull() && one.Kind() == value.KindObject:
		one = place(one)
		if !several && one.Members().Text("displayName") != "" {
			all = append(all, one)
		}
	case len(all) > 0:
		one = together(all)
	case create || given || several:
		one = nowhere.Object()
	default:
		return
	}
	body.Set("location", one)
	if all == nil {
		body.Set("locations", "[]")
	} else {
		body.Set("locations", value.Array(all...))
	}
}

// place completes one location: the name of a private place is its id.
func place(raw value.Raw) value.Raw {
	if raw.Kind() != value.KindObject {
		return raw
	}
	m := raw.Members()
	name := m.Text("displayName")
	if name == "" {
		for _, part := range nowhere {
			m.SetMissing(part.Name, part.Value)
		}
		return m.Object()
	}
	m.SetMissing("locationType", `"default"`)
	m.SetMissing("uniqueId", value.String(name))
	m.SetMissing("uniqueIdType", `"private"`)
	return m.Object()
}

// together is the location of an event with these locations: their names.
func together(all []value.Raw) value.Raw {
	if len(all) == 1 {
		return all[0]
	}
	var names []string
	for _, one := range all {
		if name := one.Members().Text("displayName"); name != "" {
			names = append(names, name)
		}
	}
	return place(value.Members{{Name: "displayName", Value: value.String(strings.Join(names, "; "))}}.Object())
}

// recurring completes the recurrence of an event whose start is in a zone (B-13.127).
func recurring(body *value.Members, zone string) {
	raw, _ := body.Get("recurrence")
	if raw.Kind() != value.KindObject {
		return
	}
	m := raw.Members()
	if pattern, ok := m.Get("pattern"); ok && pattern.Kind() == value.KindObject {
		p := pattern.Members()
		for _, part := range [...]value.Member{{Name: "month", Value: "0"}, {Name: "dayOfMonth", Value: "0"}, {Name: "firstDayOfWeek", Value: `"sunday"`},
			{Name: "index", Value: `"first"`}} {
			p.SetMissing(part.Name, part.Value)
		}
		m.Set("pattern", p.Object())
	}
	if span, ok := m.Get("range"); ok && span.Kind() == value.KindObject {
		r := span.Members()
		r.SetMissing("endDate", `"0001-01-01"`)
		r.SetMissing("numberOfOccurrences", "0")
		if zone != "" && r.Text("recurrenceTimeZone") == "" {
			r.Set("recurrenceTimeZone", value.String(zone))
		}
		m.Set("range", r.Object())
	}
	body.Set("recurrence", m.Object())
}
