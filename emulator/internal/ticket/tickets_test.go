package ticket

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// A ticket opens with the key that signed it, unchanged, until its time is up.
func TestOpen(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	own := Tickets{Prefix: "/t/", Key: []byte("a key")}
	made := Ticket{Path: "/v1.0/me/drive/items/a/content?x=1", Until: now.Add(TicketLife).Unix(), Caller: workload.Caller{User: "ida", Scopes: []string{"Files.Read"}}}
	text, ok := strings.CutPrefix(own.Issue(made), own.Prefix)
	if !ok {
		t.Fatalf("%q does not lie under %s", text, own.Prefix)
	}
	payload, mac, _ := strings.Cut(text, ".")
	other, _ := strings.CutPrefix(own.Issue(Ticket{Path: "/v1.0/users", Until: made.Until}), own.Prefix)
	stolen, _, _ := strings.Cut(other, ".")
	for _, tt := range []struct {
		name string
		of   Tickets
		text string
		at   time.Time
		want bool
	}{
		{"at once", own, text, now, true},
		{"in the last second", own, text, now.Add(TicketLife - time.Second), true},
		{"when its time is up", own, text, now.Add(TicketLife), false},
		{"under another key", Tickets{Key: []byte("b key")}, text, now, false},
		{"without a key", Tickets{}, text, now, false},
		{"unsigned", own, payload, now, false},
		{"with an empty signature", own, payload + ".", now, false},
		{"with the signature of another", own, stolen + "." + mac, now, false},
		{"damaged", own, "x" + text[1:], now, false},
		{"empty", own, "", now, false},
	} {
		got, ok := tt.of.Open(tt.text, tt.at)
		if ok != tt.want {
			t.Errorf("%s: opens %v, want %v", tt.name, ok, tt.want)
		}
		if ok && !reflect.DeepEqual(got, made) {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, made)
		}
	}
}
