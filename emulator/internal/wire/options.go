package wire

import (
	"net/http"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

// noQuery is the query of a URL without one. Queries are only read.
var noQuery = &odata.Query{}

// options reads the query string. An option that nobody knows is refused by name
// (B-3.86); in strict mode so is one that the documented operation does not list,
// and in v1.0 a name without its dollar sign is no option (B-3.2).
func (x *exchange) options(op *fixtures.Operation) (*odata.Query, error) {
	if x.query == "" {
		return noQuery, nil
	}
	q, err := x.g.queries.parse(x.version.Name, x.query, odata.Syntax{Dollar: x.g.Strict && x.version.Name == "v1.0"})
	if err != nil {
		return nil, queryError(err)
	}
	if len(q.Unknown) > 0 && !(x.r.Method == http.MethodDelete && strings.EqualFold(q.Unknown[0].Option, "$id")) { // $id names the reference to remove
		return nil, queryError(q.Unknown[0])
	}
	if x.g.Strict && op != nil && len(op.Query) > 0 {
		for _, p := range q.Pairs {
			if p.Option != "" && p.Option != "$skiptoken" && p.Option != "$deltatoken" && p.Option != "$format" && !slices.Contains(op.Query, p.Option) {
				return nil, queryError(odata.Unsupported(p.Option)).Because("The page of the operation does not list it.", "")
			}
		}
	}
	return q, nil
}

func queryError(err error) *grapherr.Error {
	e := grapherr.BadRequest("%s", err.Error())
	if o, ok := err.(*odata.Error); ok {
		e.Target = o.Option
	}
	return e
}

// ignored names the options that have no effect on what the path denotes (B-3.87,
// C-3.9): they are never refused, and never ignored in silence.
func (x *exchange) ignored() []string {
	q, verb := x.req.Query, x.req.Verb
	if len(q.Pairs) == 0 || verb == bind.List || verb == bind.Count {
		return nil
	}
	if _, ok := verb.Invoked(); ok && x.req.Target.Many {
		return nil
	}
	var out []string
	for _, name := range [...]string{"$filter", "$orderby", "$search", "$top", "$skip", "$count", "$skiptoken"} {
		if q.Has(name) {
			out = append(out, name+" is ignored: the path does not denote a collection")
		}
	}
	return out
}
