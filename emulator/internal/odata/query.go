package odata

import (
	"strings"
)

// Query is the query of a request, or the options in the parentheses of one
// expanded item. Options that were absent, or empty (C-3.7), are nil or zero.
type Query struct {
	Select     []SelectItem
	Expand     []ExpandItem
	Filter     *Expr
	OrderBy    []OrderItem
	Top, Skip  *int
	Count      *bool
	Search     *Search
	Format     string
	SkipToken  string
	DeltaToken string
	Levels     int // $levels of an expanded item; MaxLevels for max, 0 when absent

	Pairs   []Pair   // every name and value, in the order of the text
	Custom  []Pair   // those that are no system option, aliases (@p) among them
	Unknown []*Error // $foo, $apply, $compute, ...: the caller decides (B-3.86)
}

// MaxLevels is the value of Levels for $levels=max.
const MaxLevels = -1

// Pair is one name and value of a query string, decoded once.
type Pair struct {
	Name, Value string
	Option      string // canonical name when it is a system option, "$filter"
	Bare        bool   // a system option written without its $ (B-3.2)
	Off         int    // of the name in the raw query, or of the nested options in their option
}

// Has reports whether a system option was given a value; option is its
// canonical name.
func (q *Query) Has(option string) bool {
	_, ok := q.Raw(option)
	return ok
}

// Raw is the decoded text of a system option.
func (q *Query) Raw(option string) (string, bool) {
	for _, p := range q.Pairs {
		if p.Option == option && p.Value != "" {
			return p.Value, true
		}
	}
	return "", false
}

// Param is the value of a custom parameter, whose name compares without case
// (C-1.12).
func (q *Query) Param(name string) (string, bool) {
	for _, p := range q.Custom {
		if strings.EqualFold(p.Name, name) {
			return p.Value, true
		}
	}
	return "", false
}

// Syntax says how query options may be written. The zero value takes them
// with and without $.
type Syntax struct {
	Dollar bool // only with $: what strict mode asks of v1.0 (B-3.2)
}

// ParseQuery reads a raw query string. Every error is an *Error about the
// first option that cannot be read.
func ParseQuery(raw string) (*Query, error) { return Syntax{}.ParseQuery(raw) }

const (
	maxQuery = 64 << 10
	maxPairs = 1000
)

// ParseQuery reads a raw query string.
func (s Syntax) ParseQuery(raw string) (*Query, error) {
	if len(raw) > maxQuery {
		return nil, &Error{Offset: maxQuery, Message: "The query string is too long."}
	}
	q := &Query{}
	if raw == "" {
		return q, nil
	}
	q.Pairs = make([]Pair, 0, 1+strings.Count(raw, "&"))
	for off := 0; off <= len(raw); {
		text, _, _ := strings.Cut(raw[off:], "&")
		if text != "" {
			p, err := s.pair(text, off)
			if err != nil {
				return nil, err
			}
			q.Pairs = append(q.Pairs, p)
		}
		off += len(text) + 1
	}
	if len(q.Pairs) > maxPairs {
		return nil, &Error{Message: "The query string has too many parameters."}
	}
	if err := q.read(&scope{aliases: q.aliases()}); err != nil {
		return nil, err
	}
	return q, nil
}

func (s Syntax) pair(text string, off int) (Pair, *Error) {
	name, value, _ := strings.Cut(text, "=")
	p := Pair{Off: off}
	var okName, okValue bool
	p.Name, okName = unescape(name, true)
	p.Value, okValue = unescape(value, true)
	if !okName || !okValue {
		return p, &Error{Option: p.Name, Offset: off, Message: "The query string is not valid UTF-8."}
	}
	p.Option, p.Bare = systemOption(strings.TrimSpace(p.Name))
	if p.Bare && s.Dollar {
		p.Option, p.Bare = "", false
	}
	return p, nil
}

var systemOptions = [...]string{"$select", "$expand", "$filter", "$orderby", "$top", "$skip", "$count", "$search",
	"$format", "$skiptoken", "$deltatoken"}

// systemOption folds a name to its canonical form; bare says that the $ was
// missing.
func systemOption(name string) (option string, bare bool) {
	dollar := strings.HasPrefix(name, "$")
	for _, o := range systemOptions {
		if dollar && strings.EqualFold(name, o) {
			return o, false
		}
		if !dollar && strings.EqualFold(name, o[1:]) {
			return o, true
		}
	}
	return "", false
}

func (q *Query) aliases() map[string]string {
	var out map[string]string
	for _, p := range q.Pairs {
		if strings.HasPrefix(p.Name, "@") {
			if out == nil {
				out = map[string]string{}
			}
			out[p.Name] = p.Value
		}
	}
	return out
}

// read sorts the pairs and reads the options among them.
func (q *Query) read(in *scope) *Error {
	seen := 0
	for _, p := range q.Pairs {
		if p.Option == "" {
			if strings.HasPrefix(p.Name, "$") {
				q.Unknown = append(q.Unknown, Unsupported(p.Name))
			} else {
				q.Custom = append(q.Custom, p)
			}
			continue
		}
		value := strings.TrimSpace(p.Value)
		if value == "" {
			continue
		}
		bit := 1 << optionIndex(p.Option)
		if seen&bit != 0 {
			return duplicate(p.Option)
		}
		seen |= bit
		if err := q.set(p.Option, p.Value, in); err != nil {
			return err
		}
	}
	return nil
}

func optionIndex(option string) int {
	for i, o := range systemOptions {
		if o == option {
			return i
		}
	}
	return len(systemOptions)
}
