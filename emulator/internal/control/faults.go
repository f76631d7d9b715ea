package control

import (
	"net/http"

	"github.com/graph-emulator/graph-emulator/emulator/fault"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/internal/admin"
)

func faultEndpoints(s *fault.Set) []endpoint {
	missing := func(id string) error {
		return grapherr.NotFound("fault", id).Because("There is no fault of that id.", "")
	}
	return []endpoint{
		{"GET", "/faults", func(*http.Request) (any, error) { return map[string]any{"value": s.List()}, nil }},
		{"POST", "/faults", func(r *http.Request) (any, error) {
			var rule fault.Rule
			if err := read(r, &rule); err != nil {
				return nil, err
			}
			id, err := s.Add(rule)
			if err != nil {
				return nil, grapherr.BadRequest("%s", err.Error())
			}
			return created{map[string]any{"id": id}, admin.Prefix + "/faults/" + id}, nil
		}},
		{"DELETE", "/faults", func(*http.Request) (any, error) { s.Clear(); return nil, nil }},
		{"GET", "/faults/{id}", func(r *http.Request) (any, error) {
			for _, st := range s.List() {
				if st.ID == r.PathValue("id") {
					return st, nil
				}
			}
			return nil, missing(r.PathValue("id"))
		}},
		{"DELETE", "/faults/{id}", func(r *http.Request) (any, error) {
			if !s.Remove(r.PathValue("id")) {
				return nil, missing(r.PathValue("id"))
			}
			return nil, nil
		}},
	}
}
