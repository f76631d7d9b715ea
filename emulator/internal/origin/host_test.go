package origin_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// A host that cannot stand in a URL is refused: answers begin with it.
func TestFaultA17QuotedHost(t *testing.T) {
	emu := emulatortest.New(t, emulator.WithForwardedHeaders())
	for _, host := range []string{`a"b`, `a\\b`, "a b", "a\nb", "a/b", "a<b", "\xff"} {
		for _, header := range []string{"", "X-Forwarded-Host"} {
			r := httptest.NewRequest("GET", "/v1.0/users?$top=1", nil)
			if header == "" {
				r.Host = host
			} else {
				r.Header.Set(header, host)
			}
			w := httptest.NewRecorder()
			emu.ServeHTTP(w, r)
			if !json.Valid(w.Body.Bytes()) || header == "" && w.Code != 400 || strings.Contains(w.Body.String(), host) {
				t.Errorf("%s %q: %d %.200s", header, host, w.Code, w.Body)
			}
		}
	}
}
