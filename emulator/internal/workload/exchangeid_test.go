package workload_test

import (
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// TestExchangeID: ids have the form of the service's (B-13.11), and equal GUIDs give equal ids.
func TestExchangeID(t *testing.T) {
	one, two := value.NamedGUID("one"), value.NamedGUID("two")
	item := workload.ExchangeID(workload.ExchangeItem, one, "")
	for _, tt := range []struct {
		form, owner, begin, end string
		length                  int
	}{
		{workload.ExchangeItem, "", "AAMkA", "AAA=", 152},
		{workload.ExchangeFolder, "", "AAMkA", "AAA=", 120},
		{workload.ExchangePart, item, strings.TrimSuffix(item, "AAA=") + "AAABEgAQ", "=", 180},
		{workload.ExchangePart, "given=", "givenAAABEgAQ", "=", 37},
	} {
		id := workload.ExchangeID(tt.form, one, tt.owner)
		if len(id) != tt.length || !strings.HasPrefix(id, tt.begin) || !strings.HasSuffix(id, tt.end) {
			t.Errorf("%s: %s has %d characters; want %d, %s...%s", tt.form, id, len(id), tt.length, tt.begin, tt.end)
		}
		if again := workload.ExchangeID(tt.form, one, tt.owner); again != id {
			t.Errorf("%s: %s, then %s", tt.form, id, again)
		}
		if other := workload.ExchangeID(tt.form, two, tt.owner); other == id {
			t.Errorf("%s: two GUIDs give %s", tt.form, id)
		}
	}
}
