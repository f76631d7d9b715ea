package graphtest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
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
	line, err := vars.Fill(x.Request)
	if err != nil {
		return nil, err
	}
	method, path, ok := strings.Cut(line, " ")
	if !ok || !strings.HasPrefix(path, "/") {
		return nil, fmt.Errorf("the request is not a method and a path: %q", line)
	}
	var body io.Reader
	if x.Body.Form != conversation.None {
		content, err := x.Body.Bytes(vars)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(content)
	}
	req, err := http.NewRequest(method, s.URL+strings.ReplaceAll(path, " ", "%20"), body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	token, ok := s.callers[x.As]
	if !ok {
		token = s.tokenOf(x.As)
		s.callers[x.As] = token
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for _, h := range x.Headers {
		if h.None {
			req.Header.Del(h.Name)
			continue
		}
		v, err := vars.Fill(h.Value)
		if err != nil {
			return nil, err
		}
		req.Header.Set(h.Name, v)
	}
	return req, nil
}

// tokenOf is that of the caller that as names, with the permissions behind the name.
func (s *Server) tokenOf(as string) string {
	words := strings.Fields(as)
	if len(words) == 0 {
		return s.Token()
	}
	switch who, permissions := words[0], words[1:]; who {
	case "me":
		return s.Token(permissions...)
	case "app":
		return s.AppToken(permissions...)
	case "nobody":
		return ""
	default:
		return s.TokenOf(who, permissions...)
	}
}
