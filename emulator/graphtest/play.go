package graphtest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/internal/converse"
)

// play makes the request of an exchange and tells what of the answer is not as
// expected. An error means that the exchange could not be made.
func (s *Server) play(x *conversation.Exchange, vars conversation.Vars) (differences []conversation.Difference, body []byte, err error) {
	req, err := s.build(x, vars)
	if err != nil {
		return nil, nil, err
	}
	resp, err := s.transport.RoundTrip(req) // not a client: redirects are answers
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	if body, err = io.ReadAll(resp.Body); err != nil {
		return nil, nil, fmt.Errorf("the answer ends early: %w", err)
	}
	return x.Differences(resp.StatusCode, resp.Header, body, vars), body, nil
}

// build makes the request with what earlier answers gave.
func (s *Server) build(x *conversation.Exchange, vars conversation.Vars) (*http.Request, error) {
	if _, target, _ := strings.Cut(x.Request, " "); !strings.HasPrefix(target, "/") && !strings.HasPrefix(target, "${") {
		return nil, fmt.Errorf("the request is not a method and a path: %q", x.Request)
	}
	req, err := x.NewRequest(context.Background(), s.URL, vars)
	if err != nil || x.Says("Authorization") {
		return req, err
	}
	token, ok := s.callers[x.As]
	if !ok {
		if token, err = converse.Token(s.Emulator, x.As); err != nil {
			return nil, fmt.Errorf("as: %w", err)
		}
		s.callers[x.As] = token
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return req, nil
}
