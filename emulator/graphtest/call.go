package graphtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Add creates an entity in a collection as the signed-in user and returns it as created.
// path is that of the collection, "/users"; without a version it is that of v1.0. entity
// is anything that encodes as a JSON object, or JSON in a string or json.RawMessage. A
// refusal ends the test.
func (s *Server) Add(path string, entity any) map[string]any {
	s.t.Helper()
	status, answer := s.call(s.own(), http.MethodPost, path, entity)
	if status != http.StatusCreated {
		s.t.Fatalf("graphtest: POST %s answered %d: %s", path, status, text(answer))
	}
	return answer
}

// Get reads path as the signed-in user; without a version it is that of v1.0. Blanks are
// encoded. An answer other than a JSON object with status 200 ends the test.
func (s *Server) Get(path string) map[string]any {
	s.t.Helper()
	status, answer := s.call(s.own(), http.MethodGet, path, nil)
	if status != http.StatusOK || answer == nil {
		s.t.Fatalf("graphtest: GET %s answered %d: %s", path, status, text(answer))
	}
	return answer
}

// List reads a collection as the signed-in user, page after page, and returns its members;
// without a version path is that of v1.0. A collection without members is an empty list.
// An answer that is no collection of objects ends the test.
func (s *Server) List(path string) []map[string]any {
	s.t.Helper()
	out := []map[string]any{}
	for path != "" {
		page := s.Get(path)
		members, ok := page["value"].([]any)
		if !ok {
			s.t.Fatalf("graphtest: GET %s answered no collection: %s", path, text(page))
		}
		for _, m := range members {
			member, ok := m.(map[string]any)
			if !ok {
				s.t.Fatalf("graphtest: GET %s answered a collection of values: %s", path, text(page))
			}
			out = append(out, member)
		}
		next, _ := page["@odata.nextLink"].(string)
		if u, err := url.Parse(next); err == nil {
			path = u.RequestURI()
		}
		if next == "" {
			path = ""
		}
	}
	return out
}

// Patch changes an entity as the signed-in user. It returns the changed entity where Graph
// sends it, and nil where Graph answers 204, as for most types. changes is what Add takes.
// A refusal ends the test.
func (s *Server) Patch(path string, changes any) map[string]any {
	s.t.Helper()
	status, answer := s.call(s.own(), http.MethodPatch, path, changes)
	if status != http.StatusOK && status != http.StatusNoContent {
		s.t.Fatalf("graphtest: PATCH %s answered %d: %s", path, status, text(answer))
	}
	return answer
}

// Delete deletes an entity, or removes a reference ("/groups/{id}/members/{id}/$ref"), as
// the signed-in user. A refusal ends the test.
func (s *Server) Delete(path string) {
	s.t.Helper()
	if status, answer := s.call(s.own(), http.MethodDelete, path, nil); status != http.StatusNoContent {
		s.t.Fatalf("graphtest: DELETE %s answered %d: %s", path, status, text(answer))
	}
}

// call makes one request; the answer is nil when it is no JSON object.
func (s *Server) call(c *http.Client, method, path string, body any) (status int, answer map[string]any) {
	s.t.Helper()
	var sent io.Reader
	if body != nil {
		b, err := encoded(body)
		if err != nil {
			s.t.Fatalf("graphtest: %s %s: %v", method, path, err)
		}
		sent = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, s.URL+versioned(strings.ReplaceAll(path, " ", "%20")), sent)
	if err != nil {
		s.t.Fatalf("graphtest: %v", err)
	}
	req.Header.Set(ownHeader, s.seen.mark)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.Do(req)
	if err != nil {
		s.t.Fatalf("graphtest: %v", err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatalf("graphtest: %s %s: %v", method, path, err)
	}
	if json.Unmarshal(b, &answer) != nil {
		answer = nil
	}
	return resp.StatusCode, answer
}

func encoded(body any) ([]byte, error) {
	if text, ok := body.(string); ok {
		return []byte(text), nil
	}
	b, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("the body does not encode: %w", err)
	}
	return b, nil
}

// versioned puts v1.0 in front of a path without a version.
func versioned(path string) string {
	path = "/" + strings.TrimLeft(path, "/")
	for _, v := range [...]string{"/v1.0", "/beta"} {
		if path == v || strings.HasPrefix(path, v+"/") {
			return path
		}
	}
	return "/v1.0" + path
}

func text(answer map[string]any) string {
	b, err := json.Marshal(answer)
	if err != nil { // unreachable: it was decoded from JSON
		return err.Error()
	}
	return string(b)
}
