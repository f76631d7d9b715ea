package op

import (
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/payload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/typeinfo"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Core is what all operations share: the heap, the options and what was compiled. It is
// immutable but for its caches.
type Core struct {
	*heap.Heap
	Options    Options
	Checker    *payload.Checker
	Always     func(*edm.Type) []string // what $select shows beside
	Plans      Memo[QueryKey, any]
	Selections Memo[QueryKey, *eval.Selection]
	Builtins   func() []Builtin
}

// QueryKey is what compiled queries are found by. Requests with the same text share a tree.
type QueryKey struct {
	Query *odata.Query
	Type  *edm.Type
}

// New makes a Core over the exceptions of workloads. shapes is shared with the stores of its
// worlds.
func New(reg *workload.Registry, shapes *value.Shapes, opt Options) *Core {
	ks := &typeinfo.Cache{Registry: reg, Stable: opt.Stable, Models: opt.Models}
	h := &heap.Heap{Registry: reg, Shapes: shapes, Types: ks, Models: opt.Models, Switches: opt.Switches}
	e := &Core{Heap: h, Options: opt, Checker: &payload.Checker{Types: ks, Models: opt.Models, Strict: opt.Strict, Proven: opt.Proven}}
	e.Builtins = sync.OnceValue(e.builtins)
	e.Always = func(t *edm.Type) []string { return ks.Of(t).Traits.Always }
	return e
}

// Request is a request whose path is resolved against the model: what rules may know of
// it, and what only the engine asks.
type Request struct {
	workload.Request
	Verb bind.Verb           // that the method asks for; reference may find another
	Op   *fixtures.Operation // what the documentation says of it; nil: nothing
	// Elsewhere says that Op is about another path to the same type.
	Elsewhere bool
	Text      string        // of the query, escaped, without the page token
	PageToken string        // of $skiptoken; empty: the first page
	Body      value.Members // nil: none was sent
	// Content reads what an upload sends, when it is known that it has a place to go to.
	Content func() (*workload.Media, error)
	IfMatch string // as sent; empty: no condition
	// IfNoneMatch makes a read answer 304 when the entity has this tag.
	IfNoneMatch     string
	MaxPageSize     int             // Prefer: odata.maxpagesize; 0: none
	CreateIfMissing bool            // Prefer: create-if-missing
	Preferences     []string        // the names of all preferences, in lower case
	ExcludeParents  bool            // Prefer: deltaExcludeParent, or the header of that name (B-14.128)
	Eventual        bool            // ConsistencyLevel: eventual
	Done            <-chan struct{} // closed when the client has gone; nil: never
	// Permit judges whether the caller may do this to the entity that the path leads to;
	// nil: everything is permitted.
	Permit func(*workload.Call) error
}

// Op is one request on its way: what is prepared before the transaction
// and what happens inside it.
type Op struct {
	Core    *Core
	World   *World
	Request *Request
	Call    *workload.Call
	Body    *payload.Body
	// Selection is what $select and $expand come to; nil without either.
	Selection *eval.Selection

	Pooled  bool            // the answer's list is from pages
	Scratch workload.Entity // room for the answer of a read
	Budget  *eval.Budget    // of the work; nil: no limit
	// Prepared answers the verb where preparing the operation has made its answer; nil: the
	// generic verb does.
	Prepared workload.Func

	// Tx is the open transaction, with which the engine writes; rules read it as Call.Tx.
	Tx *store.Tx
	// Underway are the deletes and the unlinks that have begun, so that rules which follow
	// each other end.
	Underway []Removal
}

// Removal is the delete of an entity, or the unlink of a member of Owner.
type Removal struct {
	Owner store.Ref
	Nav   string // empty: a delete
	Ref   store.Ref
}

// Begin gives an operation the transaction that it runs in.
func (x *Op) Begin(tx *store.Tx) {
	x.Tx, x.Call.Tx = tx, &tx.Reader
}

// Documented is the status that the operation's page names, if the verb can give it.
func (r *Request) Documented(allowed ...int) int {
	if r.Op == nil {
		return 0
	}
	for _, s := range allowed {
		if r.Op.Status == s {
			return s
		}
	}
	return 0
}

// Page is what is documented of a request: one page of several may be about its key or
// the members that it sends.
func (r *Request) Page() *fixtures.Operation {
	if r.Op == nil || len(r.Op.Variants) == 0 {
		return r.Op
	}
	key := ""
	if last := r.Target.Last(); last.Kind == edm.Key {
		key = last.Seg.Text
	}
	return r.Op.For(key, func(member string) bool {
		_, ok := r.Body.Get(member)
		return ok
	})
}
