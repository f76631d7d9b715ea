package graphtest

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
)

// Server is a running emulator that belongs to a test. Its methods end the test on an
// error and are for the goroutine of the test, unless they say otherwise. URL and the
// clients are for any goroutine.
type Server struct {
	URL      string           // "http://127.0.0.1:port", without a slash at the end
	Emulator *emulator.Server // what answers there

	t         testing.TB
	host      string
	public    string // of the options; empty: none
	transport *http.Transport
	served    chan error
	log       *testLog
	seen      *recorder
	own       func() *http.Client // Client, made once
	callers   map[string]string   // tokens of a conversation's callers
}

// patience is how long requests in flight may take when the test is over.
const patience = time.Second

// Start starts an emulator on a random port of 127.0.0.1 and stops it when the test ends.
// Its log goes to the test, unless WithLogger is given. An option that cannot be honored
// ends the test.
func Start(t testing.TB, opts ...emulator.Option) *Server {
	t.Helper()
	log := &testLog{t: t}
	logger := slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	seen := &recorder{mark: rand.Text()}
	emu, err := emulator.New(append([]emulator.Option{emulator.WithLogger(logger), emulator.WithMiddleware(seen.wrap)}, opts...)...)
	if err != nil {
		t.Fatalf("graphtest: %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("graphtest: %v", err)
	}
	s := &Server{URL: "http://" + l.Addr().String(), Emulator: emu, t: t, host: l.Addr().String(), public: emu.AuthorityURL(),
		transport: &http.Transport{}, served: make(chan error, 1), log: log, seen: seen, callers: map[string]string{}}
	s.own = sync.OnceValue(s.Client)
	go func() { s.served <- emu.Serve(l) }()
	t.Cleanup(s.stop)
	return s
}

// stop leaves no goroutine behind: requests in flight end or are cut off. It names the
// operations without effect, which a test that passes may have relied on.
func (s *Server) stop() {
	idle := s.Emulator.WithoutEffect()
	for _, operation := range slices.Sorted(maps.Keys(idle)) {
		s.t.Logf("graphtest: %s is not emulated: its parameters are checked, nothing changes (%d requests)", operation, idle[operation])
	}
	s.transport.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.Emulator.Shutdown(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		s.t.Errorf("graphtest: %v", err)
	}
	if err := s.Emulator.Close(); err != nil {
		s.t.Errorf("graphtest: %v", err)
	}
	if err := <-s.served; !errors.Is(err, http.ErrServerClosed) {
		s.t.Errorf("graphtest: %v", err)
	}
	s.log.end()
}

// GraphURL returns the base URL of a version of Graph, "v1.0" or "beta", as Graph clients
// take it.
func (s *Server) GraphURL(version string) string {
	return s.URL + "/" + strings.Trim(version, "/")
}

// Reset puts the emulator back to its start, as emulator.Server.Reset does, and forgets
// the requests that Requests returns. A failure ends the test.
func (s *Server) Reset() {
	s.t.Helper()
	if err := s.Emulator.Reset(); err != nil {
		s.t.Fatalf("graphtest: reset: %v", err)
	}
	s.seen.clear()
}

// testLog writes to a test as long as it runs: a test that is over must not be
// written to, and a handler that was cut off may still want to.
type testLog struct {
	mu   sync.Mutex
	t    testing.TB
	over bool
}

func (l *testLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return len(p), nil
	}
	return l.t.Output().Write(p)
}

func (l *testLog) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
}
