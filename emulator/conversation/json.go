package conversation

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strconv"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Bytes is the body as it goes over the wire, with what vars knows in the place of
// markers. A body of form None has none.
func (b *Body) Bytes(vars Vars) ([]byte, error) {
	switch b.Form {
	case JSON:
		if b.parsed != nil {
			return appendJSON(nil, b.parsed, vars.Fill)
		}
		fallthrough
	case Text:
		s, err := vars.Fill(string(b.Data))
		return []byte(s), err
	case SideFile:
		return fs.ReadFile(b.files, b.Path)
	}
	return b.Data, nil
}

// Source is the text of a JSON or Text body with its markers as they stand; of the
// other forms, the bytes.
func (b *Body) Source() ([]byte, error) {
	switch {
	case b.Form == JSON && b.parsed != nil:
		return appendJSON(nil, b.parsed, func(s string) (string, error) { return s, nil })
	case b.Form == SideFile:
		return fs.ReadFile(b.files, b.Path)
	}
	return b.Data, nil
}

// appendJSON writes a YAML value as JSON without blanks, its members in their order,
// its numbers as they are written.
func appendJSON(b []byte, n *yaml.Node, fill func(string) (string, error)) ([]byte, error) {
	switch n.Kind {
	case yaml.AliasNode:
		return appendJSON(b, n.Alias, fill)
	case yaml.MappingNode, yaml.SequenceNode:
		return appendMembers(b, n, fill)
	}
	v, err := plain(n)
	if err != nil {
		return b, fmt.Errorf("line %d: %w", n.Line, err)
	}
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case number:
		return append(b, v...), nil
	case string:
		if v, err = fill(v); err != nil {
			return b, fmt.Errorf("line %d: %w", n.Line, err)
		}
		return appendString(b, v), nil
	}
	return b, fmt.Errorf("line %d: %q has no form in JSON", n.Line, n.Value)
}

func appendMembers(b []byte, n *yaml.Node, fill func(string) (string, error)) (_ []byte, err error) {
	object := n.Kind == yaml.MappingNode
	open, end := byte('['), byte(']')
	if object {
		open, end = '{', '}'
	}
	b = append(b, open)
	for i, c := range n.Content {
		if i > 0 && !(object && i%2 == 1) {
			b = append(b, ',')
		}
		if object && i%2 == 0 {
			name, err := fill(c.Value)
			if err != nil {
				return b, fmt.Errorf("line %d: %w", c.Line, err)
			}
			b = append(appendString(b, name), ':')
			continue
		}
		if b, err = appendJSON(b, c, fill); err != nil {
			return b, err
		}
	}
	return append(b, end), nil
}

// number is a number as it is written in JSON.
type number string

// plain is the value of a scalar: nil, bool, number or string. A date without quotes
// stays the text it is.
func plain(n *yaml.Node) (any, error) {
	switch n.ShortTag() {
	case "!!str", "!!timestamp", "!!merge":
		return n.Value, nil
	case "!!null":
		return nil, nil
	case "!!int", "!!float":
		if numberLength(n.Value) == len(n.Value) {
			return number(n.Value), nil
		}
	}
	var v any
	if err := n.Decode(&v); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case bool, string:
		return v, nil
	case int:
		return number(strconv.Itoa(v)), nil
	case int64:
		return number(strconv.FormatInt(v, 10)), nil
	case uint64:
		return number(strconv.FormatUint(v, 10)), nil
	case float64:
		if !math.IsInf(v, 0) && !math.IsNaN(v) {
			return number(strconv.FormatFloat(v, 'g', -1, 64)), nil
		}
	}
	return nil, fmt.Errorf("%q has no form in JSON", n.Value)
}

// numberLength is the length of the JSON number that s begins with; 0: it begins with
// none.
func numberLength[T string | []byte](s T) int {
	i := 0
	digits := func() bool {
		from := i
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		return i > from
	}
	if i < len(s) && s[i] == '-' {
		i++
	}
	zero := i
	if !digits() || s[zero] == '0' && i > zero+1 {
		return 0
	}
	if i < len(s) && s[i] == '.' {
		if i++; !digits() {
			return 0
		}
	}
	if i < len(s) && s[i]|0x20 == 'e' {
		if i++; i < len(s) && (s[i] == '-' || s[i] == '+') {
			i++
		}
		if !digits() {
			return 0
		}
	}
	return i
}

// appendString writes s as a JSON string that escapes no more than it must.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		if e := shortEscape(c); e != 0 {
			b = append(b, '\\', e)
		} else {
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(append(b, s[from:]...), '"')
}

// shortEscape is the letter of the escape of two characters that JSON has for c, or 0.
func shortEscape(c byte) byte {
	switch c {
	case '"', '\\':
		return c
	case '\n':
		return 'n'
	case '\r':
		return 'r'
	case '\t':
		return 't'
	case '\b':
		return 'b'
	case '\f':
		return 'f'
	}
	return 0
}

// Limits of the values in a file: aliases must not make much of little, and deeper nesting
// is in nobody's body.
const (
	maxDepth = 1000
	maxNodes = 1 << 22
	maxAlias = 4 << 20 // bytes of text that aliases stand for
)

// extent counts what the values of a file come to when aliases are written out.
type extent struct {
	nodes   int // of one value
	aliased int // bytes of names and texts behind aliases, of all values
}

// check makes sure that a value can be walked and has a form in JSON.
func (e *extent) check(n *yaml.Node) error {
	e.nodes = 0
	return e.walk(n, 0, false)
}

func (e *extent) walk(n *yaml.Node, depth int, aliased bool) error {
	if e.nodes++; e.nodes > maxNodes || depth > maxDepth {
		return at(n, "the value is too deep or too large: it may have %d levels and %d nodes", maxDepth, maxNodes)
	}
	if aliased {
		if e.aliased += len(n.Value) + 1; e.aliased > maxAlias {
			return at(n, "the aliases of the file stand for more than %d bytes; write out what they repeat, or use a file beside this one", maxAlias)
		}
	}
	switch n.Kind {
	case yaml.AliasNode:
		return e.walk(n.Alias, depth+1, true)
	case yaml.ScalarNode:
		if _, err := plain(n); err != nil {
			return at(n, "%w", err)
		}
		if !utf8.ValidString(n.Value) {
			return at(n, "the text is not UTF-8")
		}
	}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && c.Kind != yaml.ScalarNode {
			return &fault{c.Line, errors.New("the name of a member is a text")}
		}
		if err := e.walk(c, depth+1, aliased); err != nil {
			return err
		}
	}
	return nil
}
