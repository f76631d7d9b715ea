package control

import "net/http"

// Consistency is how late reads see writes.
type Consistency interface {
	Get() any
	// Set changes it; an empty text stays as it is.
	Set(users, apps string) error
	Settle() error
}

func consistencyEndpoints(c Consistency) []endpoint {
	return []endpoint{
		{"GET", "/consistency", func(*http.Request) (any, error) { return c.Get(), nil }},
		{"POST", "/consistency", func(r *http.Request) (any, error) {
			var to struct{ Users, Apps string }
			if err := read(r, &to); err != nil {
				return nil, err
			}
			if err := c.Set(to.Users, to.Apps); err != nil {
				return nil, err
			}
			return c.Get(), nil
		}},
		{"DELETE", "/consistency", func(*http.Request) (any, error) { return nil, c.Set("strong", "strong") }},
		{"POST", "/consistency/settle", func(*http.Request) (any, error) { return nil, c.Settle() }},
	}
}
