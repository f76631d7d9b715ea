package bare

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Handler is the least that somebody would write by hand. It is safe for concurrent use.
type Handler struct {
	mux   *http.ServeMux
	mu    sync.RWMutex
	byID  map[string]map[string]any
	order []string
	items []map[string]any // in that order
	made  int
}

// New makes a handler that holds nothing. It answers POST /items, GET /items (the first
// hundred), GET /items/{id} and GET /find.
func New() *Handler {
	s := &Handler{mux: http.NewServeMux(), byID: map[string]map[string]any{}}
	s.mux.HandleFunc("POST /items", s.post)
	s.mux.HandleFunc("GET /items/{id}", s.get)
	s.mux.HandleFunc("GET /items", s.list)
	s.mux.HandleFunc("GET /find", s.find)
	return s
}

// ServeHTTP answers a request.
func (s *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Handler) post(w http.ResponseWriter, r *http.Request) {
	var item map[string]any
	if err := json.NewDecoder(r.Body).Decode(&item); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.made++
	id := ID(s.made)
	s.add(id, item)
	s.mu.Unlock()
	w.Header().Set("Location", "/items/"+id)
	answerJSON(w, http.StatusCreated, item)
}

// ID is what the n-th item that was posted is known by; the first is 1.
func ID(n int) string { return fmt.Sprintf("%08x-0000-4000-8000-000000000000", n) }

// Add stores an item without a request. It must not run beside requests.
func (s *Handler) Add(id string, item map[string]any) { s.add(id, item) }

// IDs are those of the items, in the order in which they came.
func (s *Handler) IDs() []string { return s.order }

func (s *Handler) add(id string, item map[string]any) {
	item["id"] = id
	s.byID[id] = item
	s.order = append(s.order, id)
	s.items = append(s.items, item)
}

func (s *Handler) get(w http.ResponseWriter, r *http.Request) {
	s.mu.RLock()
	item, ok := s.byID[r.PathValue("id")]
	s.mu.RUnlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	answerJSON(w, http.StatusOK, item)
}

func (s *Handler) list(w http.ResponseWriter, _ *http.Request) {
	s.mu.RLock()
	page := make([]map[string]any, 0, 100)
	for _, id := range s.order[:min(100, len(s.order))] {
		page = append(page, s.byID[id])
	}
	s.mu.RUnlock()
	answerJSON(w, http.StatusOK, map[string]any{"value": page})
}

func answerJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v) // an error here is the client's going away
}

// Shrink forgets all but the first n.
func (s *Handler) Shrink(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range s.order[n:] {
		delete(s.byID, id)
	}
	s.order, s.items = s.order[:n], s.items[:n]
}

// find is the hard-wired query: a scan over the maps for a member that is equal
// without regard to case, or the first ten by a name.
func (s *Handler) find(w http.ResponseWriter, r *http.Request) {
	q, _ := url.ParseQuery(r.URL.RawQuery)
	var page []map[string]any
	s.mu.RLock()
	switch by, text := q.Get("by"), q.Get("text"); {
	case q.Has("orderby"):
		by = q.Get("orderby")
		page = slices.Clone(s.items)
		slices.SortFunc(page, func(a, b map[string]any) int { return cmp.Compare(a[by].(string), b[by].(string)) })
		top, _ := strconv.Atoi(q.Get("top"))
		page = page[:top]
	default:
		for _, item := range s.items {
			if have, ok := item[by].(string); ok && strings.EqualFold(have, text) {
				page = append(page, item)
			}
		}
	}
	s.mu.RUnlock()
	answerJSON(w, http.StatusOK, map[string]any{"value": page})
}
