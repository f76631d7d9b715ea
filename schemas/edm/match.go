package edm

import (
	"fmt"
	"strings"
)

// WalkError says which segment leads nowhere, and from where.
type WalkError struct {
	Index   int    // of the segment, from 0
	Segment string // its text
	Type    Name   // what the path denotes before it; empty for untyped content
	Many    bool   // and whether that is a collection
	Reason  string // in a few words
}

func (e *WalkError) Error() string {
	from := Ref{e.Type, e.Many}.String()
	if from == "" {
		from = "untyped content"
	}
	return fmt.Sprintf("segment %d %q of %s: %s", e.Index, e.Segment, from, e.Reason)
}

// The reasons of a WalkError.
const (
	whyUnknown   = "no such member"
	whyNoKey     = "takes no key"
	whyNoPath    = "takes no path"
	whyNoType    = "its type is missing"
	whySystem    = "does not apply here"
	whyPrimitive = "a primitive value has no members"
	whyEnd       = "nothing may follow what came before"
)

// fitting picks the overload whose parameters the arguments name; without
// arguments the one with the fewest parameters. It always picks one.
func fitting(ops []*Operation, seg *Segment) *Operation {
	best := ops[0]
	if len(ops) == 1 {
		return best
	}
	n := 0
	for args := seg.Args; args != ""; n++ {
		_, args = cutArgument(args)
	}
	for _, o := range ops { // the usual case: each argument has its parameter
		if len(o.Parameters) == n && fit(o, seg.Args) == 2*n {
			return o
		}
	}
	bestFit := fit(best, seg.Args)
	for _, o := range ops[1:] {
		if f := fit(o, seg.Args); f > bestFit {
			best, bestFit = o, f
		}
	}
	return best
}

// fit rates an overload: an argument it knows counts for it, one it does not
// know, or a parameter without argument, against it.
func fit(o *Operation, args string) int {
	score, named := 0, 0
	for args != "" {
		var arg string
		arg, args = cutArgument(args)
		name, _, ok := strings.Cut(arg, "=")
		_, known := o.Parameter(strings.TrimSpace(name))
		switch {
		case ok && known, isLiteral(arg) && len(o.Parameters) == 1: // range('A1') names its one parameter
			named++
		default:
			score -= 4
		}
	}
	return score + 2*named - (len(o.Parameters) - named)
}

// cutArgument cuts at the first comma outside quotes and brackets.
func cutArgument(s string) (arg, rest string) {
	quoted, depth := false, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\'':
			quoted = !quoted
		case quoted:
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' || c == ']' || c == '}':
			depth--
		case c == ',' && depth <= 0:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// is compares a segment with a word in lower case.
func is(text, word string) bool { return len(text) == len(word) && hasFold(text, word) }

// isQualified reports whether text begins with Graph's namespace or its alias.
func isQualified(text string) bool {
	return strings.IndexByte(text, '.') > 0 && (hasFold(text, namespace+".") || hasFold(text, alias+"."))
}

// isWord reports whether text could be the name of a type.
func isWord(text string) bool {
	for i := range len(text) {
		c := text[i] | 0x20
		if (c < 'a' || c > 'z') && (i == 0 || text[i] < '0' || text[i] > '9') {
			return false
		}
	}
	return text != ""
}

// isLiteral reports whether an argument is a value without a name.
func isLiteral(arg string) bool {
	arg = strings.TrimSpace(arg)
	return !strings.Contains(arg, "=") || strings.HasPrefix(arg, "'")
}
