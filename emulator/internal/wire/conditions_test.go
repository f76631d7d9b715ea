package wire_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// Conditions and ranges are for GET and HEAD; what they refuse has Graph's form.
func TestFaultA18Conditions(t *testing.T) {
	emu := emulatortest.New(t)
	r := httptest.NewRequest("POST", "/v1.0/deviceManagement/reports/getReportFilters", strings.NewReader(`{}`))
	for k, v := range map[string]string{"Content-Type": "application/json", "Range": "bytes=5-2", "If-None-Match": "*", "If-Unmodified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"} {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	emu.ServeHTTP(w, r)
	if w.Code != 200 || w.Body.Len() == 0 {
		t.Errorf("a POST with conditions: %d %s", w.Code, w.Body)
	}
	ticket := emulatortest.Get(emu, "/v1.0/reports/getEmailActivityCounts(period='D7')").Header().Get("Location")
	for _, rng := range []string{"bytes=5-2", "bytes=99999-", "furlongs=1-2", "bytes=9223372036854775807-"} {
		w := emulatortest.Get(emu, ticket, "Range", rng)
		if w.Code != 416 || !strings.Contains(w.Body.String(), `"error"`) || w.Header().Get("Content-Range") == "" {
			t.Errorf("%s: %d %s", rng, w.Code, w.Body)
		}
	}
	if w := emulatortest.Get(emu, ticket, "Range", "bytes=0-3"); w.Code != 206 {
		t.Errorf("a good range: %d %s", w.Code, w.Body)
	}
}
