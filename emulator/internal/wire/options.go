package wire

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/query"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

// noQuery is the query of a URL without one. Queries are only read.
var noQuery = &odata.Query{}

// readQuery reads the query string. An option that nobody knows is refused by name
// (B-3.86); in strict mode so is one that the documented operation does not list,
// and in v1.0 a name without its dollar sign is no option (B-3.2).
func (x *exchange) readQuery(op *fixtures.Operation) (*odata.Query, error) {
	x.paged()
	if x.Request.Text == "" {
		return noQuery, nil
	}
	q, err := x.g.queries.parse(x.VersionName, x.Request.Text, odata.Syntax{Dollar: x.g.Strict && x.VersionName == "v1.0"})
	if err != nil {
		return nil, queryError(err)
	}
	if len(q.Unknown) > 0 && !(x.HTTP.Method == http.MethodDelete && strings.EqualFold(q.Unknown[0].Option, "$id")) { // $id names the reference to remove
		return nil, queryError(q.Unknown[0])
	}
	if q.DeltaToken != "" && !x.delta() {
		return nil, queryError(odata.Unsupported("$deltatoken")).Because("Only a delta query goes on with it.", "Follow @odata.deltaLink as it is.")
	}
	if x.g.Strict && op != nil && len(op.Query) > 0 {
		for _, p := range q.Pairs {
			if p.Option != "" && !slices.Contains(undocumented[:], p.Option) && !slices.Contains(op.Query, p.Option) {
				return nil, queryError(odata.Unsupported(p.Option)).Because("The page of the operation does not list it.", "")
			}
		}
	}
	return q, nil
}

// delta reports whether the path is a delta query.
func (x *exchange) delta() bool {
	op := x.target.Op()
	return op != nil && strings.EqualFold(op.Name, "delta")
}

// undocumented are options that pages of operations need not list: how to page and in
// which form to answer is documented once for all.
var undocumented = [...]string{"$top", "$skiptoken", "$deltatoken", "$format"}

// paged takes a page token out of the query. The token has the query that its page
// belongs to in it, which wins (B-3.75), and next to it every page of a list has the
// same query.
func (x *exchange) paged() {
	rest, token, ok := cutOption(x.Request.Text, "skiptoken")
	if !ok {
		return
	}
	x.Request.Text, x.Request.PageToken = rest, token
	if text, ok := query.TokenQuery(x.g.Engine.Core, token); ok {
		if text != rest && !sameOptions(text, rest) {
			x.warn = append(x.warn, "the query of $skiptoken is used in place of the other options: "+text)
		}
		x.Request.Text = text
	}
}

// cutOption takes an option with a value out of a query string. It reports false when
// it stands there more than once, or not at all: the parser then has the word.
func cutOption(query, option string) (rest, value string, ok bool) {
	if len(query) < len(option) {
		return query, "", false
	}
	var parts []string
	for part := range strings.SplitSeq(query, "&") {
		name, text, _ := strings.Cut(part, "=")
		if n, err := url.QueryUnescape(name); err == nil && strings.EqualFold(strings.TrimPrefix(n, "$"), option) {
			if text, err = url.QueryUnescape(text); err != nil || ok {
				return query, "", false
			}
			if text != "" {
				value, ok = text, true
			}
			continue
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "&"), value, ok
}

// sameOptions reports whether what a client sent beside a page token asks for nothing
// else than the token: what $skip the link names, or how its signs are escaped, does not count.
func sameOptions(token, sent string) bool {
	said := func(query string) map[string]string {
		out := map[string]string{}
		if q, err := odata.ParseQuery(query); err == nil {
			for _, p := range q.Pairs {
				if p.Option == "" {
					p.Option = p.Name
				}
				if p.Value != "" && p.Option != "$skip" {
					out[p.Option] = p.Value
				}
			}
		}
		return out
	}
	b := said(sent)
	return len(b) == 0 || maps.Equal(said(token), b)
}

func queryError(err error) *grapherr.Error {
	e := grapherr.BadRequest("%s", err.Error())
	if o, ok := err.(*odata.Error); ok {
		e.Target, e.Cure = o.Option, o.Cure
	}
	return e
}

// ignored names the options that have no effect on what the path denotes (B-3.87,
// C-3.9): they are never refused, and never ignored in silence.
func (x *exchange) ignored() []string {
	q, verb := x.Request.Query, x.Request.Verb
	if len(q.Pairs) == 0 && x.Request.PageToken == "" {
		return nil
	}
	var out []string
	if x.target.Type == nil || verb == bind.Count {
		for _, name := range [...]string{"$select", "$expand"} {
			if q.Has(name) {
				out = append(out, name+" is ignored: the answer shows no entities")
			}
		}
	}
	if _, op := verb.Invoked(); verb == bind.List || verb == bind.Count || verb == bind.Delta || op && x.Request.Target.Many && x.target.Type != nil {
		return out
	}
	for _, name := range [...]string{"$filter", "$orderby", "$search", "$top", "$skip", "$count", "$skiptoken"} {
		if q.Has(name) || name == "$skiptoken" && x.Request.PageToken != "" {
			out = append(out, name+" is ignored: the path does not denote a collection")
		}
	}
	return out
}
