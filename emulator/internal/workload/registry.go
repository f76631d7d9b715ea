package workload

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Workload is one service's exceptions: its types and facts about them, what verbs do on
// them, what is computed, and what is there from the first day.
type Workload struct {
	Name string

	// The types, which speak the service's words in errors.
	Traits      string   // traits.yaml: the types with their facts; empty: none
	Types       []string // more types; a star at the end: all that begin so
	Areas       []Area   // of the documentation, that are its own
	Errors      grapherr.Dialect
	Backends    []*Backend // by their types, the first that has one; of types without: the directory's
	Consistency Consistency
	Switches    []Switch

	// What verbs do: on a type, on a link, on a list, and later.
	Rules         []Rule
	LinkRules     []LinkRule
	QueryPolicies []QueryPolicy
	Tracking      []Tracking
	Jobs          []Job
	Uploads       []Upload
	Guards        []Guard

	// Computed navigations, paths of names, and properties that the tenant declares.
	Views              []View
	Ways               []Way
	DeclaredProperties []DeclaredProperty

	// Provisioned entities.
	Builtins []Builtin
}

// Consistency says what of a service may lag behind. The zero value: nothing.
type Consistency struct {
	// Late is what the service says of a user whom it does not know yet; nil: it
	// knows every user at once (B-2.36).
	Late *grapherr.Error
	// Lates is the same for what is no user, by its type: a group (B-14.157).
	Lates map[edm.Name]*grapherr.Error
	// Lacks reports whether a user never has what the service keeps of a type: Late is then
	// the answer. nil: every user has everything.
	Lacks func(s Scope, user *Node, t *edm.Type) bool

	// Replicated says that the service keeps copies which may lag behind its writes; see
	// Consistency in the engine.
	Replicated bool
}

// QueryPolicy is what a service makes of the query options of lists and counts of a type:
// what it is known to refuse is refused, what it ignores is named.
type QueryPolicy struct {
	Type  edm.Name // applies to derived types too
	Check func(a *Ask) error
	// First is asked before the options are compiled: where the service has words of its own
	// for names that it does not know, or reads them otherwise. It may replace a.Query.
	First func(a *Ask) error

	Ignores     []string          // options that have no effect ("$filter")
	Order       []odata.OrderItem // where the request has no $orderby
	Words       *eval.Words       // where $search looks for words; nil: in all texts
	SearchOrder []odata.OrderItem // of what $search finds; nil: as without
	SearchLimit int               // how much $search finds in all; 0: everything
	SkipLinks   bool              // a next page is asked for by $skip
	EmptyTop    bool              // $top=0 is an empty page and no error
	PageTotal   bool              // @odata.count is always there, and the size of the page
	AlwaysTotal bool              // @odata.count is always there
}

// OrderBy reads the value of an $orderby that a workload declares. It panics on a text
// that is none, as regexp.MustCompile does.
func OrderBy(text string) []odata.OrderItem {
	items, err := odata.ParseOrderBy(text)
	if err != nil {
		panic(err)
	}
	return items
}

// Ignored reports whether an option has no effect.
func (g *QueryPolicy) Ignored(option string) bool { return slices.Contains(g.Ignores, option) }

// Ask is what a query policy judges. It may take away what is ignored, and say so in Warn.
type Ask struct {
	Type     *edm.Type // of the members
	Cast     bool      // the path narrows them to Type
	Nav      *edm.Navigation
	Query    *odata.Query
	Eventual bool // ConsistencyLevel: eventual
	Counts   bool // the path ends in $count
	Later    bool // it is not the first page
	Strict   bool // documented restrictions apply even where the service is known to be more tolerant
	Caller   *Caller
	Owner    *Node                    // of the collection; nil: an operation answers members of its own
	Scope    Scope                    // what there is
	Prefers  func(option string) bool // the request has the preference, in lower case
	NoTotal  bool                     // set: $count=true is ignored
	Most     int                      // set: pages have at most so many members
	Warn     []string
}

// Rule answers one verb on one type.
type Rule struct {
	Type     edm.Name  // applies to derived types too
	Verb     bind.Verb // bind.Invoke("setPresence") for a bound operation
	Computes []string  // properties that a read rule makes; others are stored
	Do       Func      // may call c.Next once, before or after its own work
	After    bool      // Do runs after the verb and its rule, in the same transaction, and cannot change the answer; a type and verb may have several
	ByTime   bool      // Do runs when Wake asked for it and answers no request
	Reads    bool      // Do, on an action, changes nothing: it is a read of what there is
	Leads    bool      // Do, on a function, gives the entity from which a path goes on behind it
	Builtins bool      // Do, on a read, looks for built-in entities of the tenant to which its path does not lead
}

// View is a navigation whose members are computed. Members that are not stored
// have the Ref of what they are made from as their place in the order.
type View struct {
	Type edm.Name // of the owner
	Nav  string
	// Members gives the members behind `after` in rising order of Item.At. nil: as stored.
	Members func(s Scope, owner *Node, after store.Ref) iter.Seq[Item]
	// Find gives the member with this key, or the one member of a single-valued
	// navigation (key is empty then).
	Find func(s Scope, owner *Node, key string) (Item, bool)
	// Among gives of Members those whose property has a text, where that is known without
	// a walk of them all; false: it is not. nil: it never is.
	Among func(s Scope, owner *Node, name, text string, after store.Ref) (iter.Seq[Item], bool)
	// Lies says where a member that is missing lies once it is made up; nil: in the navigation.
	Lies func(s Scope, owner *Node, key string) *Home
	// To says that the navigation is another path to a collection or a singleton: the path
	// to it from the owner, or behind a slash from the service root. The other fields are empty then.
	To string
	// Beside says that Find is asked for what is not found as a stored member; lists show
	// the stored ones alone.
	Beside bool
	// Refers says that what Find gives of a single-valued navigation lies elsewhere: where
	// it gives nothing, nothing is below the navigation, and no write makes it.
	Refers bool
	// Computed says that nothing can be linked, created or deleted there: the members
	// follow from other entities.
	Computed bool
	Links    []string // the navigations that a Computed view shows from their other end; nil: it shows more than that
	// Refuse says that this caller cannot follow the navigation, or not from this
	// owner; nil: every caller can.
	Refuse func(s Scope, owner *Node) error
	// Lost says why no member has a key; nil: in the words of any key that nothing has.
	Lost func(s Scope, owner *Node, key string) error
	// Settle is called for what a tenant file lists there, when everything else is loaded; nil:
	// there is nothing to do.
	Settle func(c *Call, owner, n *Node) error
}

// Way is how the names between colons lead from an entity, all of them in one go: to a site by
// its path on a host. From types without one each name leads to a child.
type Way struct {
	Type edm.Name
	// Find gives the entity, or says why there is none.
	Find func(s Scope, from *Node, path string) (Item, error)
}

// Item is a member that a view gives.
type Item struct {
	At     store.Ref    // its place in the order of the view
	Ref    store.Ref    // NoRef when it is not stored
	Object value.Object // what a member that is not stored shows
	Home   *Home        // where the first write puts it; nil: the view's own navigation
}

// Scope is what a view may look at.
type Scope struct {
	Tx     *store.Reader
	Model  *edm.Model
	Shapes *value.Shapes
	Caller Caller
	Query  *odata.Query // of the request, or of the expansion; never nil

	Switches Switches
}

// Guard says what a caller may do with the entities of a type and with what lies in them, where
// permissions are checked (Caller.Enforced). The guard of the nearest entity of a path is asked,
// before the rule on the verb and whatever the road.
type Guard struct {
	Type edm.Name // applies to derived types too
	// Do refuses with an error. n is the entity, which exists.
	Do func(c *Call, n *Node, writes bool) error
}

type ruleKey struct {
	typ  edm.Name
	verb bind.Verb
}

type viewKey struct {
	typ edm.Name
	nav string
}

// Registry holds all exceptions of all workloads. It is shared and never changes but for
// what it has read of the traits.
type Registry struct {
	rules      map[ruleKey]Rule
	acting     map[ruleKey]*Backend // of operations, by the workload of the rule
	after      map[ruleKey][]Rule
	policies   map[edm.Name]QueryPolicy
	tracking   map[edm.Name]Tracking
	views      map[viewKey]View
	ways       map[edm.Name]Way
	linkRules  map[viewKey]LinkRule
	guards     map[edm.Name]Guard
	declared   map[edm.Name][]DeclaredProperty
	switches   []Switch
	jobs       map[ruleKey]Job
	uploads    map[ruleKey]Upload
	operations []string // navigations that show jobs
	builtins   []Builtin
	traits     map[edm.Name]*entry
	areas      func() (map[string]string, error) // path -> name
	common     map[*Workload]*entry              // of all types of a workload
	unique     sync.Map                          // property -> []edm.Name, the types that share its values
	owner      map[edm.Name]*Workload            // by type name, for the dialect
	family     []family
}

// family is the types whose names begin alike.
type family struct {
	prefix string
	w      *Workload
}

// NewRegistry puts workloads together; a second rule on the same type and verb is
// refused by name. known says whether any version's model has a type of that name: a
// rule, view or trait about a type that none has is then refused, too, and traits that
// cannot be read. nil: all this is known to be right, and no traits are read yet.
func NewRegistry(known func(edm.Name) bool, ws ...Workload) (*Registry, error) {
	proven := known == nil
	if proven {
		known = func(edm.Name) bool { return true }
	}
	var rules, views int
	for i := range ws {
		rules, views = rules+len(ws[i].Rules), views+len(ws[i].Views)
	}
	r := &Registry{rules: make(map[ruleKey]Rule, rules), acting: map[ruleKey]*Backend{}, after: map[ruleKey][]Rule{}, policies: map[edm.Name]QueryPolicy{}, tracking: map[edm.Name]Tracking{}, views: make(map[viewKey]View, views), ways: map[edm.Name]Way{},
		linkRules: map[viewKey]LinkRule{}, guards: map[edm.Name]Guard{}, declared: map[edm.Name][]DeclaredProperty{}, jobs: map[ruleKey]Job{}, uploads: map[ruleKey]Upload{},
		traits: map[edm.Name]*entry{}, areas: sync.OnceValues(func() (map[string]string, error) { return areaPaths(ws) }), common: map[*Workload]*entry{}, owner: map[edm.Name]*Workload{}}
	for i := range ws {
		w := &ws[i]
		for _, b := range w.Backends {
			b.ready()
		}
		if err := r.add(w, known); err != nil {
			return nil, fmt.Errorf("workload %s: %w", w.Name, err)
		}
	}
	slices.SortFunc(r.switches, func(a, b Switch) int { return strings.Compare(a.Name, b.Name) })
	if !proven {
		if _, err := r.areas(); err != nil {
			return nil, err
		}
		return r, r.check()
	}
	return r, nil
}

// check reads all traits.
func (r *Registry) check() error {
	for n, e := range r.traits {
		if _, err := e.decode(); err != nil {
			return fmt.Errorf("workload %s: %w", r.owner[n].Name, err)
		}
	}
	for w, e := range r.common {
		if _, err := e.decode(); err != nil {
			return fmt.Errorf("workload %s: %w", w.Name, err)
		}
	}
	return nil
}

// own enters the types that speak a workload's dialect; a type speaks one.
func (r *Registry) own(w *Workload, n edm.Name) error {
	if other, taken := r.owner[n]; taken && other != w {
		return fmt.Errorf("%s belongs to %s", n, other.Name)
	}
	r.owner[n] = w
	return nil
}

func (r *Registry) addTypes(w *Workload, known func(edm.Name) bool) error {
	for _, n := range w.Types {
		if prefix, all := strings.CutSuffix(n, "*"); all {
			r.family = append(r.family, family{prefix, w})
			continue
		}
		if !known(edm.Name(n)) {
			return fmt.Errorf("its dialect is about %s, which no model has", n)
		}
		if err := r.own(w, edm.Name(n)); err != nil {
			return err
		}
	}
	return nil
}

func (r *Registry) add(w *Workload, known func(edm.Name) bool) error {
	for _, add := range [...]func(*Workload, func(edm.Name) bool) error{r.addTraits, r.addTypes, r.addRules, r.addViews, r.addTracking, r.addJobs, r.addUploads, r.addLinkRules, r.addBuiltins} {
		if err := add(w, known); err != nil {
			return err
		}
	}
	return r.addSwitches(w)
}

func (r *Registry) addTraits(w *Workload, known func(edm.Name) bool) error {
	entries, err := cut(w.Traits)
	if err != nil {
		return err
	}
	for _, e := range entries {
		switch {
		case r.traits[e.name] != nil || e.name == all && r.common[w] != nil:
			return fmt.Errorf("traits.yaml: line %d: %s is given twice", e.line+1, e.name)
		case e.name == all:
			r.common[w] = e
			continue
		case !known(e.name):
			return fmt.Errorf("a trait is about %s, which no model has", e.name)
		}
		if err := r.own(w, e.name); err != nil {
			return err
		}
		r.traits[e.name] = e
	}
	return nil
}

// says is what the traits say of one type, without its base types; nil: nothing.
func (r *Registry) says(n edm.Name) *Traits {
	if e := r.traits[n]; e != nil {
		return e.read()
	}
	return nil
}

func (r *Registry) addRules(w *Workload, known func(edm.Name) bool) error {
	for _, rule := range w.Rules {
		if !known(rule.Type) {
			return fmt.Errorf("the rule on %s is about %s, which no model has", rule.Verb, rule.Type)
		}
		k := ruleKey{rule.Type, rule.Verb}
		if rule.After {
			r.after[k] = append(r.after[k], rule)
			continue
		}
		if _, twice := r.rules[k]; twice {
			return fmt.Errorf("%s has two rules on %s", rule.Type, rule.Verb)
		}
		r.rules[k] = rule
		if _, ok := rule.Verb.Invoked(); ok {
			if b := w.backend(rule.Type); b != nil {
				r.acting[k] = b
			}
		}
	}
	return nil
}

// addViews adds the views, and the policies on what they and stored collections give.
func (r *Registry) addViews(w *Workload, known func(edm.Name) bool) error {
	for _, v := range w.Views {
		if !known(v.Type) {
			return fmt.Errorf("the view %s is about %s, which no model has", v.Nav, v.Type)
		}
		k := viewKey{v.Type, v.Nav}
		if _, twice := r.views[k]; twice {
			return fmt.Errorf("%s has two views on %s", v.Type, v.Nav)
		}
		r.views[k] = v
	}
	for _, way := range w.Ways {
		if !known(way.Type) {
			return fmt.Errorf("a path of names is about %s, which no model has", way.Type)
		}
		if _, twice := r.ways[way.Type]; twice {
			return fmt.Errorf("%s has two paths of names", way.Type)
		}
		r.ways[way.Type] = way
	}
	for _, g := range w.QueryPolicies {
		if !known(g.Type) {
			return fmt.Errorf("a query policy is about %s, which no model has", g.Type)
		}
		if _, twice := r.policies[g.Type]; twice {
			return fmt.Errorf("%s has two query policies", g.Type)
		}
		r.policies[g.Type] = g
	}
	return nil
}

// Rising merges sequences of rising Refs into one, without repetition.
func Rising(seqs ...iter.Seq[store.Ref]) iter.Seq[store.Ref] {
	return func(yield func(store.Ref) bool) {
		heads := make([]store.Ref, len(seqs))
		next := make([]func() (store.Ref, bool), len(seqs))
		for i, s := range seqs {
			n, stop := iter.Pull(s)
			defer stop()
			next[i] = n
			heads[i] = pull(n)
		}
		for {
			low := store.Ref(-1)
			for _, h := range heads {
				if h >= 0 && (low < 0 || h < low) {
					low = h
				}
			}
			if low < 0 || !yield(low) {
				return
			}
			for i := range heads {
				if heads[i] == low {
					heads[i] = pull(next[i])
				}
			}
		}
	}
}

func pull(next func() (store.Ref, bool)) store.Ref {
	if r, ok := next(); ok {
		return r
	}
	return -1
}
