package odatajson

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// feed appends the link that a delta query goes on by (B-6.1, B-6.2).
func (x *Encoder) feed(dst []byte, f *workload.Feed) []byte {
	name, option := `"@odata.deltaLink":`, f.Option+"="+f.Delta
	if f.Next != "" {
		name, option = `"@odata.nextLink":`, cmp.Or(f.NextOption, "$skiptoken")+"="+f.Next
	}
	to := x.DeltaURL("", option)
	if f.Parens {
		to = x.Base() + x.InParens("") + "?" + option
	}
	return append(value.AppendString(append(dst, name...), to), ',')
}

// InParens is the path of the request with its keys in parentheses (R-P6). me is what /me is
// written as a user of; empty: it stays.
func (x *Encoder) InParens(me string) string {
	var b strings.Builder
	for i := range x.Request.Target.Steps {
		s := &x.Request.Target.Steps[i]
		switch s.Kind {
		case edm.Key:
		case edm.Nav:
			if s.Nav.Set && s.Nav.Name == "me" && me != "" {
				b.WriteString("/" + setOf(x.Request.Model, s.Nav.Type.Name) + KeyInParens(me))
				continue
			}
			b.WriteString("/" + s.Nav.Name)
		case edm.Func:
			b.WriteString("/" + s.Op.Name)
			continue
		default:
			b.WriteString("/" + s.Seg.Text)
		}
		if s.Kind == edm.Key || s.Keyed {
			b.WriteString(KeyInParens(s.Key()))
		}
	}
	return b.String()
}

// KeyInParens writes a key behind the name of a set.
func KeyInParens(key string) string {
	return "('" + url.PathEscape(strings.ReplaceAll(key, "'", "''")) + "')"
}

// DeltaURL is the path of the request, without what its function was given in
// parentheses, with another query.
func (x *Encoder) DeltaURL(query, option string) string {
	path := strings.TrimRight(x.Path, "/")
	if last := strings.LastIndexByte(path, '/') + 1; strings.HasSuffix(path, ")") {
		if open := strings.IndexByte(path[last:], '('); open >= 0 {
			path = path[:last+open]
		}
	}
	if query != "" {
		query += "&"
	}
	return x.Base() + "/" + path + "?" + query + option
}

// appendFeedContext writes what the members of a delta query are (B-6.15): the set of
// their type, or a collection of it.
func appendFeedContext(dst []byte, m *edm.Model, t *edm.Type, f *workload.Feed) []byte {
	if set := setOf(m, t.Name); set != string(t.Name) {
		dst = append(dst, set...)
	} else {
		dst = append(append(append(dst, "Collection("...), t.Name.Short()...), ')')
	}
	if f.Names == nil {
		return dst
	}
	dst = append(dst, '(')
	dst = append(dst, strings.Join(f.Names, ",")...)
	return append(dst, ')')
}
