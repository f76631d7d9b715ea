package page

import (
	"encoding/json"
	"strings"
)

// note is the JSON comment in front of a fenced block (docs-format 2).
type note struct {
	line       int
	pageNote   bool   // the comment about the page at its end
	block      string // blockType
	name       string
	odataType  string // @odata.type without "#" and Collection()
	many       bool   // Collection() around it
	collection bool   // isCollection
	truncated  bool
	expectErr  bool
	key        string // keyProperty
	base       string // baseType
	open       bool
	abstract   bool
}

// readNote reads a comment; ok is false when it is not an annotation at all.
func readNote(text string) (*note, bool) {
	if strings.IndexByte(text, '{') < 0 {
		return nil, false
	}
	if i := strings.IndexByte(text, '{'); i > 0 {
		text = text[i:]
	}
	fixed, _, ok := RepairJSON([]byte(text))
	if !ok {
		return nil, false
	}
	var m map[string]any
	if json.Unmarshal(fixed, &m) != nil {
		return nil, false
	}
	n := &note{
		block:      str(m["blockType"]),
		name:       str(m["name"]),
		truncated:  truth(m["truncated"]),
		expectErr:  truth(m["expectError"]),
		collection: truth(m["isCollection"]),
		key:        str(m["keyProperty"]),
		base:       str(m["baseType"]),
		open:       truth(m["openType"]),
		abstract:   truth(m["abstract"]),
	}
	n.odataType = str(m["@odata.type"])
	if n.odataType == "" {
		n.odataType = str(m["@type"])
	}
	n.odataType, n.many = bareType(n.odataType)
	n.base, _ = bareType(n.base)
	n.pageNote = str(m["type"]) != "" && n.block == ""
	return n, true
}

func str(v any) string {
	s, _ := v.(string)
	return strings.TrimSpace(s)
}

// truth also takes the strings that 14 annotations have in place of a boolean.
func truth(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case string:
		return strings.EqualFold(v, "true")
	}
	return false
}

// bareType cuts "#" and "Collection()" from a type name.
func bareType(s string) (name string, many bool) {
	s = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s), "#"))
	if len(s) > len("Collection()") && strings.EqualFold(s[:len("Collection(")], "Collection(") {
		s = strings.TrimSuffix(s[len("Collection("):], ")")
		return strings.TrimPrefix(strings.TrimSpace(s), "#"), true
	}
	return s, false
}
