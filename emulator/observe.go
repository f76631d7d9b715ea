package emulator

import (
	"errors"
	"net/http"
)

// Exchange describes an answered request to an observer.
type Exchange struct {
	Method   string
	Host     string // as the client called it
	Path     string
	Status   int
	Fidelity Fidelity // of the answer; FidelityNone also where the answer is not of Graph
	Warnings []string // what of the request had no effect
	Refused  bool     // it was meant for another host, and the proxy did not let it through
}

// WithObserver calls hear for every request once it is answered. It is called from many
// goroutines; the answer may wait for it, so it should return soon. A nil function is an
// error.
func WithObserver(hear func(Exchange)) Option {
	return func(c *config) error {
		if hear == nil {
			return errors.New("observer is nil")
		}
		c.hear = hear
		return nil
	}
}

// observed tells the observer, if there is one, what next answers.
func (s *Server) observed(next http.Handler) http.Handler {
	hear := s.config.hear
	if hear == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &status{ResponseWriter: w}
		defer func() {
			h := w.Header()
			var f Fidelity
			_ = f.UnmarshalText([]byte(h.Get("X-Emulator-Fidelity"))) // absent: none
			hear(Exchange{Method: r.Method, Host: r.Host, Path: r.URL.Path, Status: seen.code,
				Fidelity: f, Warnings: h["X-Emulator-Warning"]})
		}()
		next.ServeHTTP(seen, r)
	})
}

// refused tells the observer what the proxy did not let through.
func (s *Server) refused(r *http.Request, host string, status int) {
	if s.config.hear != nil {
		s.config.hear(Exchange{Method: r.Method, Host: host, Path: r.URL.Path, Status: status, Refused: true})
	}
}

// status remembers the status of an answer.
type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) {
	if s.code == 0 && code >= 200 {
		s.code = code
	}
	s.ResponseWriter.WriteHeader(code)
}

func (s *status) Write(b []byte) (int, error) {
	if s.code == 0 {
		s.code = http.StatusOK
	}
	return s.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the writer beneath.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }
