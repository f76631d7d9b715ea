package emulator_test

import (
	"net/http"
	"reflect"
	"sync"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

func TestObserver(t *testing.T) {
	var mu sync.Mutex
	var heard []emulator.Exchange
	p := emulatortest.Listen(t, emulator.WithObserver(func(e emulator.Exchange) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, e)
	}))
	c := p.Client(t, true)
	emulatortest.Fetch(t, c, "https://graph.microsoft.com/v1.0/me?$orderby=displayName")
	emulatortest.Fetch(t, c, "https://graph.microsoft.com/v3/me")
	emulatortest.Fetch(t, c, "http://graph.microsoft.us/_emulator/health")
	if resp, err := c.Get("https://example.com/"); err == nil {
		resp.Body.Close()
		t.Error(resp.Status)
	}
	p.End(t)
	mu.Lock()
	defer mu.Unlock()
	if len(heard) == 0 || len(heard[0].Warnings) == 0 {
		t.Fatalf("no warning: %+v", heard)
	}
	heard[0].Warnings = nil
	if want := []emulator.Exchange{
		{Method: "GET", Host: "graph.microsoft.com", Path: "/v1.0/me", Status: http.StatusOK, Fidelity: emulator.FidelityModelled},
		{Method: "GET", Host: "graph.microsoft.com", Path: "/v3/me", Status: http.StatusNotFound},
		{Method: "GET", Host: "graph.microsoft.us", Path: "/_emulator/health", Status: http.StatusOK},
		{Method: "CONNECT", Host: "example.com:443", Status: http.StatusBadGateway, Refused: true},
	}; !reflect.DeepEqual(heard, want) {
		t.Errorf("heard %+v", heard)
	}
	if _, err := emulator.New(emulator.WithObserver(nil)); err == nil {
		t.Error("no observer is taken for one")
	}
}
