package emulatortest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

// Client speaks objects with one version of Graph. It is for one goroutine.
type Client struct {
	Handler http.Handler
	Version string
	Headers []string                   // of every request, as Do takes them
	Last    *httptest.ResponseRecorder // nil before the first answer

	t testing.TB
}

// NewClient talks to v1.0 of a handler.
func NewClient(t testing.TB, h http.Handler) *Client {
	return &Client{Handler: h, Version: "v1.0", t: t}
}

// NewEmpty talks to v1.0 of an emulator without entities, which makes the same ids in every
// run. Options come after these.
func NewEmpty(t testing.TB, opts ...emulator.Option) *Client {
	t.Helper()
	return NewClient(t, New(t, append([]emulator.Option{emulator.WithFixtures(fixtures.Empty()), emulator.WithRandomSeed(1)}, opts...)...))
}

// Call sends a body as JSON, unless it is nil. The error says that the status is none of
// those wanted, or that the answer is no object. An answer without a body is an empty object.
func (c *Client) Call(method, path string, body any, want ...int) (map[string]any, error) {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	c.Last = Do(c.Handler, method, "/"+c.Version+path, string(text), c.Headers...)
	if !slices.Contains(want, c.Last.Code) {
		return nil, fmt.Errorf("%s %s: %d, want %v\n%s\n%s", method, path, c.Last.Code, want, text, c.Last.Body)
	}
	out := map[string]any{}
	if c.Last.Body.Len() > 0 {
		if err := json.Unmarshal(c.Last.Body.Bytes(), &out); err != nil {
			return nil, fmt.Errorf("%s %s: %v", method, path, err)
		}
	}
	return out, nil
}

// Must is Call for a test that ends without the answer.
func (c *Client) Must(method, path string, body any, want int) map[string]any {
	c.t.Helper()
	got, err := c.Call(method, path, body, want)
	if err != nil {
		c.t.Fatal(err)
	}
	return got
}

// User creates a user whose names end in n, and returns the id.
func (c *Client) User(n int) string {
	c.t.Helper()
	return c.Must("POST", "/users", map[string]any{"accountEnabled": true, "displayName": fmt.Sprint("Hand ", n), "mailNickname": fmt.Sprint("hand", n),
		"userPrincipalName": fmt.Sprintf("hand%d@northgale.test", n), "passwordProfile": map[string]any{"password": "Mooring-4711"}}, 201)["id"].(string)
}
