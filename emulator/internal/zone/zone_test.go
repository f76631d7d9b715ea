package zone

import (
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// A wall clock and a zone, by its IANA or Windows name.
func TestParse(t *testing.T) {
	t.Attr("rules", "B-1.42")
	for _, tt := range []struct{ in, want string }{
		{`{"dateTime":"2026-11-22T18:00:00","timeZone":"UTC"}`, "2026-11-22T18:00:00Z"},
		{`{"dateTime":"2026-11-22T18:00:00.0000000","timeZone":"Europe/Oslo"}`, "2026-11-22T17:00:00Z"},
		{`{"dateTime":"2026-07-22T18:00:00","timeZone":"W. Europe Standard Time"}`, "2026-07-22T16:00:00Z"},
		{`{"dateTime":"2026-07-22T18:00","timeZone":"pacific standard time"}`, "2026-07-23T01:00:00Z"},
		{`{"dateTime":"2026-07-22","timeZone":"tzone://Microsoft/Utc"}`, "2026-07-22T00:00:00Z"},
		{`{"dateTime":"2026-11-22T18:00:00.25+02:00","timeZone":"UTC"}`, "2026-11-22T16:00:00.25Z"},
		{`{"dateTime":"2026-11-22T18:00:00","timeZone":"Harbour Standard Time"}`, "timeZone"},
		{`{"dateTime":"2026-11-22T18:00:00","timeZone":"Local"}`, "timeZone"},
		{`{"dateTime":"2026-11-22T18:00:00"}`, "timeZone"},
		{`{"dateTime":"at dusk","timeZone":"UTC"}`, "dateTime"},
		{`{"timeZone":"UTC"}`, "dateTime"},
		{`null`, "timeZone"},
	} {
		raw, err := value.Parse([]byte(tt.in), value.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		at, got := Parse(raw)
		if got == "" {
			got = at.Format(time.RFC3339Nano)
		}
		if got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.in, got, tt.want)
		}
	}
	at := time.Date(2026, 11, 22, 18, 0, 0, 5e8, time.FixedZone("", 3600))
	if got := Print(at); got != `{"dateTime":"2026-11-22T17:00:00.5000000","timeZone":"UTC"}` {
		t.Errorf("got %s", got)
	}
}

// Every Windows name leads to a zone that exists.
func TestWindowsZones(t *testing.T) {
	for line := range strings.Lines(windowsZones) {
		name, _, _ := strings.Cut(line, "\t")
		if _, ok := Load(name); !ok {
			t.Errorf("%q leads nowhere", name)
		}
	}
}
