package zone

import (
	_ "embed"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // containers without a zone database

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

//go:embed windows.txt
var windowsZones string

// byWindows gives the IANA name of a zone's Windows name in lower case.
var byWindows = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for line := range strings.Lines(windowsZones) {
		name, iana, _ := strings.Cut(strings.TrimSpace(line), "\t")
		m[strings.ToLower(name)] = iana
	}
	return m
})

// Load finds a time zone by its IANA name or that of Windows; letter case does not
// matter to the latter. false when there is none of that name.
func Load(name string) (*time.Location, bool) {
	switch strings.ToLower(name) {
	case "utc", "z", "tzone://microsoft/utc":
		return time.UTC, true
	case "", "local": // Go's names of what is no zone here
		return nil, false
	}
	if iana, ok := byWindows()[strings.ToLower(name)]; ok {
		name = iana
	}
	loc, err := time.LoadLocation(name)
	return loc, err == nil
}

// wall is how a dateTimeTimeZone prints: seven digits, no offset.
const wall = "2006-01-02T15:04:05.0000000"

// Parse reads a dateTimeTimeZone. A dateTime with an offset of its own means what
// it says. bad names the member that is not understood; empty: none.
func Parse(v value.Raw) (t time.Time, bad string) {
	m := v.Members()
	raw, _ := m.Get("dateTime")
	text, _ := raw.Text()
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t.UTC(), ""
	}
	raw, _ = m.Get("timeZone")
	name, _ := raw.Text()
	loc, ok := Load(name)
	if !ok {
		return time.Time{}, "timeZone"
	}
	for _, form := range [...]string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(form, text, loc); err == nil { // a fraction is taken where seconds are
			return t.UTC(), ""
		}
	}
	return time.Time{}, "dateTime"
}

// Print writes a point in time as a dateTimeTimeZone in UTC.
func Print(t time.Time) value.Raw { return PrintIn(t, time.UTC, "UTC") }

// PrintIn writes a point in time as a dateTimeTimeZone in a zone, by the name that the
// zone is known by.
func PrintIn(t time.Time, loc *time.Location, name string) value.Raw {
	return value.Members{
		{Name: "dateTime", Value: value.String(t.In(loc).Format(wall))},
		{Name: "timeZone", Value: value.String(name)},
	}.Object()
}
