package edm

import (
	"fmt"
	"strings"
)

// The words of the files, in the order of the constants.
var (
	kindNames   = [...]string{"entity", "complex", "enum", "root"}
	originNames = [...]string{"csdl", "declaration", "resource", "path", "patch"}
	stepNames   = [...]string{"skip", "nav", "key", "cast", "prop", "func", "action", "path", "$value", "$ref", "$count"}
)

// String returns the word of the type files.
func (k Kind) String() string { return word(kindNames[:], int(k)) }

// String returns the word of the type files.
func (o Origin) String() string { return word(originNames[:], int(o)) }

// String returns one short word.
func (k StepKind) String() string { return word(stepNames[:], int(k)) }

func word(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("unknown(%d)", i)
}

// String returns the name of t.
func (t *Type) String() string {
	if t == nil {
		return "nothing"
	}
	return string(t.Name)
}

// String prints the signature: "action setPresence(sessionId Edm.String?)".
func (o *Operation) String() string {
	var b strings.Builder
	if o.Action {
		b.WriteString("action ")
	} else {
		b.WriteString("function ")
	}
	b.WriteString(o.Name)
	b.WriteByte('(')
	for i, p := range o.Parameters {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s %s", p.Name, p.Type)
		if p.Nullable || p.Optional {
			b.WriteByte('?')
		}
	}
	b.WriteByte(')')
	if o.Returns != (Ref{}) {
		fmt.Fprintf(&b, " %s", o.Returns)
	}
	return b.String()
}

// String prints the kind of the step and what it denotes, short names only:
// "nav users: user*", "prop displayName: Edm.String", "key: user".
func (s Step) String() string {
	var b strings.Builder
	b.WriteString(s.Kind.String())
	switch {
	case s.Op != nil:
		b.WriteString(" " + s.Op.Name)
	case s.Prop != nil:
		b.WriteString(" " + s.Prop.Name)
	case s.Nav != nil && s.Kind == Nav:
		b.WriteString(" " + s.Nav.Name)
	}
	if s.Keyed {
		b.WriteString("()")
	}
	if s.Via != nil {
		b.WriteString(" of " + s.Via.Name.Short())
	}
	switch {
	case s.Type != nil:
		b.WriteString(": " + shortName(s.Type.Name))
	case s.Prim != "":
		b.WriteString(": " + string(s.Prim))
	default:
		return b.String()
	}
	if s.Many {
		b.WriteByte('*')
	}
	return b.String()
}

// shortName leaves out the namespace all types share.
func shortName(n Name) string { return strings.TrimPrefix(string(n), namespace+".") }
