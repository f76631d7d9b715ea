package emulator_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// somewhere is a listener that says it listens on an address that others reach.
type somewhere struct{ net.Listener }

func (somewhere) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 3650} }

// TestServeWarns: in open mode a listener that others can reach is worth a line; a
// loopback one, or a mode that wants tokens, is not. The URL of the authority is the
// listener's.
func TestServeWarns(t *testing.T) {
	for _, tt := range []struct {
		mode  emulator.Auth
		far   bool
		warns bool
		url   string
	}{{emulator.AuthOpen, false, false, "https://localhost:"}, {emulator.AuthOpen, true, true, "https://192.0.2.7:3650"}, {emulator.AuthVerify, true, false, "https://192.0.2.7:3650"}} {
		var log bytes.Buffer
		emu := emulatortest.New(t, emulator.WithAuth(tt.mode), emulator.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		if got := emu.AuthorityURL(); got != "" {
			t.Errorf("before it listens: %s", got)
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		own := l.Addr().String()
		if tt.far {
			l = somewhere{l}
		}
		served := make(chan error, 1)
		go func() { served <- emu.Serve(l) }()
		resp, err := http.Get("http://" + own + "/common/v2.0/.well-known/openid-configuration")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := emu.AuthorityURL(); !strings.HasPrefix(got, tt.url) {
			t.Errorf("%+v: the authority is at %s", tt, got)
		}
		if err := emu.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Fatal(err)
		}
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		if got := strings.Contains(log.String(), "level=WARN msg=\"whoever reaches this address"); got != tt.warns {
			t.Errorf("%+v: %s", tt, &log)
		}
	}
}
