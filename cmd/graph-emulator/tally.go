package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator"
)

// tally counts what was asked of an emulator. The zero tally is ready.
type tally struct {
	mu     sync.Mutex
	total  int
	status map[int]int

	unhandled, errors, warnings, refused map[string]int
}

// Limits of a report of one screen, and of what is remembered for it.
const (
	shown      = 8
	remembered = 4096
)

func (t *tally) clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.total, t.status, t.unhandled, t.errors, t.warnings, t.refused = 0, nil, nil, nil, nil, nil
}

// add counts one request.
func (t *tally) add(e emulator.Exchange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e.Refused {
		count(&t.refused, e.Host)
		return
	}
	t.total++
	if t.status == nil {
		t.status = map[int]int{}
	}
	t.status[e.Status]++
	for _, w := range e.Warnings {
		count(&t.warnings, w)
	}
	what := fmt.Sprintf("%d %s %s", e.Status, e.Method, e.Path)
	switch {
	case e.Status >= http.StatusInternalServerError:
		count(&t.unhandled, what)
	case e.Status >= http.StatusBadRequest:
		count(&t.errors, what)
	}
}

func count(m *map[string]int, key string) {
	if *m == nil {
		*m = map[string]int{}
	}
	if _, known := (*m)[key]; known || len(*m) < remembered {
		(*m)[key]++
	}
}

// print writes the report. idle counts the requests by operations without effect.
func (t *tally) print(w io.Writer, idle map[string]int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var parts []string
	for _, status := range slices.Sorted(maps.Keys(t.status)) {
		parts = append(parts, fmt.Sprintf("%d x %d", t.status[status], status))
	}
	fmt.Fprintf(w, "graph-emulator: %s", plural(t.total, "request"))
	if len(parts) > 0 {
		fmt.Fprintf(w, ": %s", strings.Join(parts, ", "))
	}
	fmt.Fprintln(w)
	if t.total == 0 && len(t.refused) == 0 {
		fmt.Fprintln(w, "WARNING: the command sent no request to the emulator. If it called Microsoft Graph, it called the real service:")
		fmt.Fprintln(w, "  its HTTP client ignores HTTPS_PROXY. graph-emulator env CLIENT shows how to point each client at the emulator.")
	}
	list(w, "not handled", t.unhandled)
	list(w, "answered with an error", t.errors)
	list(w, "asked without effect", t.warnings)
	list(w, "operations that are not emulated: parameters are checked, nothing changes", idle)
	list(w, "other hosts, refused by the proxy", t.refused)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// list prints what happened most.
func list(w io.Writer, title string, m map[string]int) {
	if len(m) == 0 {
		return
	}
	fmt.Fprintf(w, "%s:\n", title)
	keys := slices.SortedFunc(maps.Keys(m), func(a, b string) int { return cmp.Or(cmp.Compare(m[b], m[a]), cmp.Compare(a, b)) })
	for i, key := range keys {
		if i == shown {
			fmt.Fprintf(w, "  and %d more\n", len(keys)-shown)
			break
		}
		fmt.Fprintf(w, "%5d x %s\n", m[key], key)
	}
}
