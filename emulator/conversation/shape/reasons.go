package shape

import (
	"regexp"
	"strings"
	"sync"
)

// reason says why a sort of difference stays.
type reason struct {
	fields [5]*regexp.Regexp // kind, operation, place, real, ours
	text   string
}

// reasons are those of reasons.txt.
var reasons = sync.OnceValue(func() (out []reason) {
	text, err := embedded.ReadFile("reasons.txt")
	if err != nil {
		panic(err) // unreachable: the file is embedded
	}
	for line := range strings.Lines(string(text)) {
		parts := strings.SplitN(strings.TrimSpace(line), " | ", 6)
		if strings.HasPrefix(line, "#") || len(parts) != 6 {
			continue
		}
		r := reason{text: parts[5]}
		for i := range r.fields {
			r.fields[i] = regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(parts[i]), `\*`, ".*") + "$")
		}
		out = append(out, r)
	}
	return out
})

// Reason is why the difference stays, or empty: it is open. A difference with a reason is
// counted all the same.
func (d *Difference) Reason() string {
	for _, r := range reasons() {
		all := true
		for i, s := range []string{string(d.Kind), d.Operation, d.Place, d.Real, d.Ours} {
			all = all && r.fields[i].MatchString(s)
		}
		if all {
			return r.text
		}
	}
	return ""
}
