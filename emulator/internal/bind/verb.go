package bind

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Verb is what a request does to what its path denotes: a method times a shape.
type Verb string

// The verbs. A bound operation has one of its own, made by Invoke.
const (
	Service    Verb = "service" // the service document
	List       Verb = "list"
	Create     Verb = "create"
	Read       Verb = "read"
	Update     Verb = "update"
	Upsert     Verb = "upsert"
	Delete     Verb = "delete"
	ReadValue  Verb = "readValue"
	WriteValue Verb = "writeValue"
	Clear      Verb = "clear"
	Download   Verb = "download"
	Upload     Verb = "upload"
	Refs       Verb = "refs"
	Link       Verb = "link"
	Unlink     Verb = "unlink"
	Count      Verb = "count"
	Delta      Verb = "delta" // what changed in a collection
)

const invoke = "invoke "

// Invoke is the verb of the bound or unbound operation called name.
func Invoke(name string) Verb { return Verb(invoke + name) }

// Invoked gives the operation's name of an Invoke verb.
func (v Verb) Invoked() (string, bool) { return strings.CutPrefix(string(v), invoke) }

// Known reports whether there is such a verb. The name of an operation is not looked at.
func (v Verb) Known() bool {
	switch v {
	case Service, List, Create, Read, Update, Upsert, Delete, ReadValue, WriteValue, Clear, Download, Upload, Refs, Link, Unlink, Count, Delta:
		return true
	}
	_, ok := v.Invoked()
	return ok
}

// Writes reports whether the verb may change the store. A function never does;
// the verb alone cannot tell it from an action, so ask Target.Writes for those.
func (v Verb) Writes() bool {
	switch v {
	case Service, List, Read, ReadValue, Download, Refs, Count, Delta:
		return false
	}
	return true
}

// cells is the whole router of the resource API. A verb in parentheses needs a
// documented operation that says so (B-4.26, B-11.41).
var cells = map[Shape]map[string]Verb{
	IsService:    {"GET": Service},
	IsCollection: {"GET": List, "POST": Create, "PATCH": "(" + Update + ")", "PUT": "(" + Update + ")"},
	IsEntity:     {"GET": Read, "PATCH": Update, "PUT": "(" + Upsert + ")", "DELETE": Delete, "POST": "(" + Create + ")"},
	IsValue:      {"GET": ReadValue, "PATCH": WriteValue, "PUT": WriteValue, "DELETE": Clear, "POST": "(" + WriteValue + ")"},
	IsRaw:        {"GET": ReadValue, "PUT": WriteValue, "DELETE": Clear},
	IsStream:     {"GET": Download, "PUT": Upload, "PATCH": Upload, "DELETE": Clear, "POST": "(" + Upload + ")"},
	IsRefs:       {"GET": Refs, "POST": Link, "PUT": Link, "DELETE": Unlink, "PATCH": "(" + Link + ")"},
	IsCount:      {"GET": Count},
}

// tracks reports whether the path ends in the function that tells what changed among
// the entities it is bound to. The model declares it; no type is named here.
func (t *Target) tracks() bool {
	op := t.Op()
	def := op.Def()
	return op.Name == "delta" && !op.Action && op.Returns.Many && def != nil && def.Kind == edm.Entity && t.Bound().Is(def.Name)
}

// refs are the cells of references: those of a collection are added by POST, that of a
// single-valued navigation is set by PUT (B-4.36, B-4.41).
func (t *Target) refs() map[string]Verb {
	n := t.Navigation()
	switch {
	case n == nil:
		return cells[IsRefs]
	case !n.Type.Many:
		return map[string]Verb{"GET": Refs, "PUT": Link, "DELETE": Unlink}
	case !t.Many:
		return map[string]Verb{"GET": Refs, "DELETE": Unlink}
	}
	return map[string]Verb{"GET": Refs, "POST": Link, "DELETE": Unlink}
}

var methods = [...]string{"GET", "POST", "PATCH", "PUT", "DELETE"}

// Verb gives the verb of a method on the target. documented says whether the
// catalog has an operation for this method and path: some cells of the table
// exist only then. A method that has no verb here is 405 (B-2.29).
func (t *Target) Verb(method string, documented bool) (Verb, error) {
	if t.Shape == IsFunc || t.Shape == IsAction {
		want := "GET"
		if t.Shape == IsAction {
			want = "POST"
		}
		if method == "GET" && t.tracks() {
			return Delta, nil
		}
		if method == want || documented {
			return Invoke(t.Op().Name), nil
		}
		return "", grapherr.NotAllowed(method, []string{want})
	}
	row := cells[t.Shape]
	if t.Shape == IsRefs && !documented {
		row = t.refs()
	}
	if v, ok := row[method]; ok {
		inner, conditional := strings.CutPrefix(string(v), "(")
		if !conditional {
			return v, nil
		}
		if documented {
			return Verb(strings.TrimSuffix(inner, ")")), nil
		}
	}
	if t.Shape == IsRefs && method == "PATCH" { // B-4.39
		return "", grapherr.NotSupported().Because("References are added one by one by POST.", "")
	}
	var allow []string
	for _, m := range methods {
		if v, ok := row[m]; ok && (documented || v[0] != '(') {
			allow = append(allow, m)
		}
	}
	return "", grapherr.NotAllowed(method, allow)
}
