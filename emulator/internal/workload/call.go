package workload

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// User is the type of those who sign in. It is the one type that requests themselves
// name, by /me and by their tokens, and so the only one that is known outside workloads.
const User edm.Name = "microsoft.graph.user"

// Caller is who asks, as far as Graph cares.
type Caller struct {
	User    string // object id of the signed-in user; empty for an app-only caller
	App     string // client id of the application; empty when unknown
	Tenant  string
	Scopes  []string // delegated permissions
	Roles   []string // application permissions
	AppOnly bool
	Admin   bool // the user has a directory role beyond that of a member
	// Enforced says that permissions are checked: what a token does not permit is refused.
	Enforced bool
	Basic    bool // sees only the basic profile of users (B-10.35)
}

// consumers is the tenant of personal accounts (B-2.38).
const consumers = "9188040d-6c67-4c5b-b112-36a304b66dad"

// Personal reports whether the caller signed in with a personal account.
func (c *Caller) Personal() bool { return strings.EqualFold(c.Tenant, consumers) }

// NoRef is the Ref of a node that is not stored.
const NoRef store.Ref = -1

// Node is an entity as a request meets it. It may exist without being stored (a
// singleton nobody has written to, the presence of a user): then the first write
// puts it where Home says.
type Node struct {
	Ref    store.Ref // NoRef: not stored
	At     store.Ref // its place in the list it was met in
	Type   *edm.Type // the runtime type
	Object value.Object
	Seq    int64 // the change that made this version; the etag is made from it
	Exists bool
	Home   Home
}

// Home is where a node lies: member Key of navigation Nav of Owner. Key is
// empty for a single-valued navigation.
type Home struct {
	Owner *Node // nil for the service root
	Nav   *edm.Navigation
	Key   string
	Named bool // Key is the value of alternate keys, not a plain one
}

// Get gives a member of the node as JSON text.
func (n *Node) Get(name string) (value.Raw, bool) { return n.Object.Get(name) }

// Text gives a string member, empty when it is absent, null or no string.
func (n *Node) Text(name string) string {
	r, _ := n.Object.Get(name)
	s, _ := r.Text()
	return s
}

// Bool reports whether a member is true; false when it is absent, null or no Boolean.
func (n *Node) Bool(name string) bool { return n.Object.Bool(name) }

// Media is the content of a stream.
type Media struct {
	Type string // media type
	Blob *store.Blob
	// Make gives the Blob of an answer once the transaction is over, where making it is
	// slow; nil: it is there.
	Make func() (*store.Blob, error)
	Tag  string // entity tag of the content, as @odata.mediaEtag has it; only of Entity.Media
}

// Call is one verb on its way to the store. A rule reads and changes it, and
// calls Next for what the generic verb does.
type Call struct {
	Mode
	*Request
	Tx   *store.Reader // System writes
	Verb bind.Verb     // of this call; that of the request until a rule or the engine does something else

	// Self is the entity that the verb is about. For list and create it is the
	// owner of the collection. It may not exist: the generic verb then answers
	// 404, a rule may know better.
	Self Node
	// Nav is the collection that list, create, count and refs are about, Cast the
	// type that the path narrows it to; nil where the call is about one entity.
	Nav  *edm.Navigation
	Cast *edm.Type
	// Path leads from Self to the property that the call is about; empty for the
	// entity itself.
	Path []string
	// Body holds the checked members of the request body under their canonical
	// names; nil without a body. Sent holds the same members as the client sent
	// them, control information included.
	Body, Sent value.Members
	// Args holds the arguments of a function, as JSON values.
	Args value.Members

	System System
	next   Func
}

// Next runs what this rule stands in front of: the generic verb. A rule calls it
// at most once.
func (c *Call) Next() (Result, error) {
	if c.next == nil {
		return Result{}, grapherr.NotEmulated("The verb "+string(c.Verb), "nothing stands behind the rule")
	}
	next := c.next
	c.next = nil
	return next(c)
}

// With gives the call a function for Next. The engine uses it.
func (c *Call) With(next Func) *Call { c.next = next; return c }

// Owned reports whether the path reaches Self where it lies, and not through a
// navigation that only refers to it.
func (c *Call) Owned() bool {
	h := c.Self.Home
	if h.Nav == nil || h.Nav.Contains || h.Nav.Set || h.Owner == nil || h.Owner.Ref == 0 {
		return true
	}
	from, nav, _, ok := c.Tx.Owner(c.Self.Ref)
	return ok && from == h.Owner.Ref && nav == h.Nav.Name // what was made there lies nowhere else
}

// Same finds the member of a collection that has the texts that text gives under all of
// names. The first of them is an indexed property of t. Letter case does not count, and
// what is missing is the empty text; but nothing is the same where the first is empty.
func Same(tx *store.Reader, owner store.Ref, nav string, t edm.Name, text func(name string) string, names ...string) (store.Ref, bool) {
	for ref := range tx.Lookup(IndexOf(t, names[0]), text(names[0])) {
		e, _ := tx.Get(ref)
		if tx.Contains(owner, nav, ref) && !slices.ContainsFunc(names, func(name string) bool {
			raw, _ := e.Object.Get(name)
			is, _ := raw.Text()
			return !strings.EqualFold(is, text(name))
		}) {
			return ref, true
		}
	}
	return 0, false
}

// Now is the world's time.
func (c *Call) Now() time.Time { return c.Tx.Now() }

// Wake asks that the rule on Invoke(do) of the node's type runs when the clock
// reaches at. What passes with time is done so, and not in a read, so that it is
// in the journal.
//
// There is one wake-up for the same node and do: a later call moves it, and the
// zero time takes it away.
func (c *Call) Wake(n *Node, at time.Time, do string) error { return c.System.Wake(n, at, do) }

// System is what the engine offers to rules beside Next: the generic verbs on
// other entities, in the same transaction. It is the only way in which rules write.
//
// A navigation is given by its name, or by the name under which the traits of its owner
// store it (storedAs).
type System interface {
	// Member finds a member of a navigation by key, through the views.
	Member(c *Call, owner *Node, nav, key string) (Node, error)
	// Named is Member for a key that a body names: where nothing is there, it is an error,
	// or is made up as for a path.
	Named(c *Call, owner *Node, nav, key string) (Node, error)
	// Scope is what the views of a call look at.
	Scope(c *Call) Scope
	// Show is what a read of a node answers: members that its type computes are in it.
	Show(c *Call, n Node) (Entity, error)
	// Keep stores a node that exists without being stored, and its owners.
	Keep(c *Call, n *Node) error
	// Write merges members into a stored node; null removes nothing but writes null.
	Write(c *Call, n *Node, changed value.Members) error
	// Remember keeps a record of a stored node that no answer shows and that goes with
	// the node: one for each key, below a name of the workload's own. nil forgets it.
	Remember(c *Call, n *Node, what, key string, record value.Members) error
	// Remembered walks the records below a name with their keys, the oldest first. The
	// loop may forget what it meets.
	Remembered(c *Call, n *Node, what string) iter.Seq2[string, value.Object]
	// Switches are the values of the switches that workloads declare.
	Switches() Switches
	// Move takes a stored node with all it contains to a navigation of another one, under
	// a new id; an empty one keeps the id.
	Move(c *Call, n, to *Node, nav, id string) error
	// Place is Move of a node that keeps its id and lies there under a key: its name in a
	// folder. Under a name that begins with $, it lies where no path leads to.
	Place(c *Call, n, to *Node, nav, key string) error
	// Link and Unlink make and take away a reference as a request would, behind the rules of
	// the navigation. Link replaces the member of a single-valued navigation. A link that is
	// there already, or that is not there, is no error; nor is one whose Unlink is under way.
	// Under a name that begins with $, they are about a reference that no path leads to.
	Link(c *Call, owner *Node, nav string, member store.Ref) error
	Unlink(c *Call, owner *Node, nav string, member store.Ref) error
	// Create makes a member of a navigation as a request would, through the rules of
	// its type. Members are not checked against the model.
	Create(c *Call, owner *Node, nav string, members value.Members) (Node, error)
	// Post is Create of a body as a client sends it: it is checked, and what it holds by
	// value is made too. over is put on it after the check.
	Post(c *Call, owner *Node, nav string, sent, over value.Members) (Node, error)
	// Delete removes a stored entity with all it contains as a request would, through the
	// rule of its type. An entity that is gone, or whose Delete is under way, is no error:
	// two rules may delete each other's entities.
	Delete(c *Call, ref store.Ref) error
	// Purge removes a stored entity with all it contains for good, whatever the rule on
	// Delete of its type does with it. An entity that is gone is no error.
	Purge(c *Call, n *Node) error
	// Detach moves a stored node to a navigation of another one where its links are hidden, as a
	// soft delete does. Attach brings it back to where it was, with its links.
	Detach(c *Call, n, to *Node, nav string) error
	Attach(c *Call, n *Node) error
	// PutContent replaces a stream property of a stored entity; an empty name means the
	// content of a media entity, nil removes it.
	PutContent(c *Call, n *Node, stream string, content *store.Blob) error
	// TakeUpload ends the upload session of a URL and gives its content. A session that is
	// over is an error, and so is one that lacks content.
	TakeUpload(c *Call, url string) (*store.Blob, error)
	// Wake is Call.Wake.
	Wake(n *Node, at time.Time, do string) error
}

// Entity is one entity of an answer.
type Entity struct {
	Node
	// Members replaces the node's own members when it is not nil. A member with an empty
	// value is not shown, not even as null.
	Members value.Members
	// Exact says that Members are shown as they are, without the properties that
	// the type declares besides (B-11.42).
	Exact bool
	// Narrowed says of exact Members that $select leaves those it names: the model knows none of
	// them, as the fields of a list item.
	Narrowed bool
	// Media says of a media entity what its content is, without the content; nil: nothing
	// is said of it.
	Media *Media
	// Content is the path behind the version of content that the answer gives an address for
	// which needs no token (B-14.61); empty: it gives none.
	Content string
	// Gone says that the entity is reported as one that left: nothing can be read of it.
	Gone bool
	// Linked are navigations whose addresses stand behind the members in a list.
	Linked []Linked
	// Expanded holds what $expand asked for, in its order.
	Expanded []Expanded
}

// Linked is the address of a navigation.
type Linked struct {
	Nav  string
	Path string // behind the version, escaped
}

// Expanded is a navigation shown inside its owner.
type Expanded struct {
	By    *eval.Expansion
	One   *Entity  // of a single-valued navigation
	List  []Entity // of a collection
	Count int      // of $count; -1: not asked for
	Next  string   // page token where the list goes on; empty: that is all
	Query string   // what the next page is asked with, beside the token
}

// Result is what a verb answers.
type Result struct {
	Status int // 0: what the operation documents, else the verb's own

	One     *Entity   // one entity
	List    []Entity  // members of a collection, when IsList
	IsList  bool      //
	Next    string    // skip token of the next page; empty on the last one
	Given   int       // members on the pages so far, this one included
	Total   int       // of $count and of the count verb; -1: not asked for
	Value   value.Raw // a property or the result of an operation
	Of      edm.Ref   // the declared type of Value
	HasOf   bool      //
	IsRef   bool      // only the references of One or List are asked for
	Stream  *Media    // of a download
	Text    string    // a bare text answer ($value of a property)
	IsText  bool
	Generic bool // the answer has no behaviour behind it
	Partial bool // the answer lacks what the service computes: its fidelity is stateful at most

	SkipLinks bool // the link to the next page names Given as its $skip
	// Feed is set in the answer of a delta query.
	Feed *Feed

	// Selection is what $select and $expand come to; nil shows the defaults. The
	// engine sets it.
	Selection *eval.Selection

	Header  map[string]string
	Links   []Link   // headers that name a place
	Upload  string   // of an upload session, its id: Value gets its URL
	Warn    []string // for X-Emulator-Warning
	Created bool     // a 201 with Location, where the verb allows both
}

// Feed is where a delta query goes on. Exactly one of its tokens is set (B-6.1).
type Feed struct {
	Next  string // token of the next page of the round
	Delta string // token of the next round
	// Option is what a delta link carries its token in: $deltatoken, token.
	Option string
	// NextOption is what a next link carries it in; empty: $skiptoken.
	NextOption string
	// Names are the properties that $select names, for the context; only the first
	// round shows them.
	Names  []string
	Parens bool // see Delta.Parens
}

// Link is a header whose value is a URL.
type Link struct {
	Header   string
	Path     string // without a version, escaped; of a monitor, its id
	Relative bool   // sent as it is
	Monitor  bool
}

// Func answers a verb.
type Func func(c *Call) (Result, error)
