package emulator_test

import (
	"log/slog"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
)

func TestZZ(t *testing.T) {
	emu, err := emulator.New(emulator.WithOnMissing("synthesize"), emulator.WithLogger(slog.New(slog.NewTextHandler(os.Stdout, nil))))
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range []string{"/v1.0/reports/getEmailActivityCounts(period=%27D7%27)"} {
		w := httptest.NewRecorder()
		emu.ServeHTTP(w, httptest.NewRequest("GET", u, nil))
		t.Log(w.Code, w.Body.String(), w.Header()); if l := w.Header().Get("Location"); l != "" { w = httptest.NewRecorder(); emu.ServeHTTP(w, httptest.NewRequest("GET", l, nil)); t.Log(w.Code, w.Body.String(), w.Header()) }
	}
}
