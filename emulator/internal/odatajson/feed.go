package odatajson

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// feed appends the link that a delta query goes on by (B-6.1, B-6.2).
func (x *Encoder) feed(dst []byte, f *workload.Feed) []byte {
	name, url := `"@odata.deltaLink":`, x.DeltaURL("", f.Option+"="+f.Delta)
	if f.Next != "" {
		name, url = `"@odata.nextLink":`, x.DeltaURL("", "$skiptoken="+f.Next)
	}
	return append(value.AppendString(append(dst, name...), url), ',')
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
