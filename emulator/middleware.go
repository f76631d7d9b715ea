package emulator

import (
	"errors"
	"net/http"
)

// WithMiddleware puts wrap around everything that the emulator answers but its control
// plane: a recorder, a cassette that answers in its stead. Of several the first is
// asked first.
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
