package emulator

import (
	"errors"
	"net/http"
)

// WithMiddleware wraps everything that the emulator answers except its control plane: with
// a recorder, or with a cassette that answers in its place. The first of several is the
// outermost. A nil function is an error.
func WithMiddleware(wrap func(http.Handler) http.Handler) Option {
	return func(c *config) error {
		if wrap == nil {
			return errors.New("middleware is nil")
		}
		c.wraps = append(c.wraps, wrap)
		return nil
	}
}

// wrapped puts the middleware around the front door.
func (s *Server) wrapped(door http.Handler) http.Handler {
	if len(s.config.wraps) == 0 {
		return door
	}
	outer := door
	for i := len(s.config.wraps) - 1; i >= 0; i-- {
		outer = s.config.wraps[i](outer)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isControl(r.URL.Path) {
			door.ServeHTTP(w, r)
			return
		}
		outer.ServeHTTP(w, r)
	})
}
