package control

import (
	"net/http"
	"net/url"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/internal/admin"
)

// Stubs are those of all tenants.
type Stubs struct {
	List   func() any
	Add    func(r *http.Request, text []byte) (ids []string, err error) // of the caller's tenant, in the words of a conversation
	Remove func(id string) bool
	Clear  func()
}

func stubEndpoints(s Stubs) []endpoint {
	return []endpoint{
		{"GET", "/stubs", func(*http.Request) (any, error) { return map[string]any{"value": s.List()}, nil }},
		{"POST", "/stubs", func(r *http.Request) (any, error) {
			text, err := content(r)
			if err != nil {
				return nil, err
			}
			ids, err := s.Add(r, text)
			switch {
			case err != nil:
				return nil, grapherr.BadRequest("%s", err.Error())
			case len(ids) == 0:
				return nil, grapherr.BadRequest("The body has no stub.")
			}
			var made []map[string]string
			for _, id := range ids {
				made = append(made, map[string]string{"id": id})
			}
			return created{map[string]any{"value": made}, admin.Prefix + "/stubs/" + url.PathEscape(ids[0])}, nil
		}},
		{"DELETE", "/stubs", func(*http.Request) (any, error) { s.Clear(); return nil, nil }},
		{"DELETE", "/stubs/{id...}", func(r *http.Request) (any, error) {
			if id := r.PathValue("id"); !s.Remove(id) {
				return nil, grapherr.NotFound("stub", id).Because("There is no stub of that id.", "")
			}
			return nil, nil
		}},
	}
}
