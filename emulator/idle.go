package emulator

import (
	"log/slog"
	"maps"
	"sync"
)

// idle counts the requests by operations that have no effect (fidelity generic), because
// an answer of 200 or 204 does not show that nothing happened.
type idle struct {
	log   *slog.Logger
	mu    sync.Mutex
	count map[string]int
}

// maxIdle bounds the operations that are remembered.
const maxIdle = 4096

// add counts a request, and logs the first of each operation.
func (i *idle) add(operation string) {
	i.mu.Lock()
	n, known := i.count[operation]
	if i.count == nil {
		i.count = map[string]int{}
	}
	if known || len(i.count) < maxIdle {
		i.count[operation] = n + 1
	}
	first := !known && len(i.count) < maxIdle
	i.mu.Unlock()
	if first {
		i.log.Warn("operation is not emulated: its parameters are checked, nothing changes", "operation", operation)
	}
}

// WithoutEffect counts the requests by operations that were answered without effect: the
// emulator checked the parameters, returned the declared type and changed nothing. An
// operation is a method and a path with {} in place of keys.
func (s *Server) WithoutEffect() map[string]int {
	s.idle.mu.Lock()
	defer s.idle.mu.Unlock()
	return maps.Clone(s.idle.count)
}
