package workload

import (
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Backend says how the service behind a workload writes the headers of its answers (B-1.13,
// B-1.14). The zero value is that of Teams and Intune: a version, and no Cache-Control.
type Backend struct {
	Cache       string // Cache-Control; empty: none
	Refusals    bool   // errors carry Cache too
	Spaced      bool   // the parameters of Content-Type have a blank before them
	Unversioned bool   // no OData-Version
	ShortNames  bool   // contexts of lists that operations give name entity types without namespace
	// PathContexts says that contexts of its types follow the path, whatever the metadata calls
	// contained (B-14.35).
	PathContexts bool
	Placed       bool // expanded sets that lie elsewhere than in their owner have a context (R-C7)
	// Address is what Location of a creation begins with where the service names itself
	// (R-H8), {version} and {host} in it; empty: it does not.
	Address string
	Types   []string // that it is about, a star at the end: all that begin so; nil: all of the workload

	cache []string
}

// gateway is the back end of types whose workload names none: the directory's, where errors
// have no Cache-Control.
var gateway = &Backend{Cache: "no-cache", cache: []string{"no-cache"}}

// CacheControl is the value of the header; nil: there is none. The slice is shared.
func (b *Backend) CacheControl() []string { return b.cache }

// ready makes what all answers share.
func (b *Backend) ready() {
	if b.Cache != "" {
		b.cache = []string{b.Cache}
	}
}

// backend is the back end of a type of the workload; nil: none is about it.
func (w *Workload) backend(n edm.Name) *Backend {
	for _, b := range w.Backends {
		if b.has(n) {
			return b
		}
	}
	return nil
}

// has reports whether the back end is about a type.
func (b *Backend) has(n edm.Name) bool {
	return b.Types == nil || slices.ContainsFunc(b.Types, func(of string) bool {
		prefix, all := strings.CutSuffix(of, "*")
		return of == string(n) || all && strings.HasPrefix(string(n), prefix)
	})
}

// Backend is the back end of a type; never nil.
func (r *Registry) Backend(t *edm.Type) *Backend {
	if w := r.dialect(t); w != nil {
		if b := w.backend(t.Name); b != nil {
			return b
		}
	}
	return gateway
}

// Acting is the back end of an operation that is bound to a type, by the rule on it: users
// send their mail through another service than that of the user. nil: no rule says.
func (r *Registry) Acting(t *edm.Type, v bind.Verb) *Backend {
	for ; t != nil; t = t.Base() {
		if b, ok := r.acting[ruleKey{t.Name, v}]; ok {
			return b
		}
	}
	return nil
}
