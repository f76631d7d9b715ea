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
	for _, u := range []string{"/beta/deviceManagement/microsoftTunnelServerLogCollectionResponses/abc"} {
		w := httptest.NewRecorder()
		emu.ServeHTTP(w, httptest.NewRequest("GET", u, nil))
		t.Log(w.Code, w.Body.String())
	}
}
