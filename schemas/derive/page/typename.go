package page

import "strings"

// primitives are the words pages use for Edm types, folded.
var primitives = map[string]string{
	"string": "Edm.String", "text": "Edm.String", "url": "Edm.String", "uri": "Edm.String", "etag": "Edm.String", "identifier": "Edm.String",
	"boolean": "Edm.Boolean", "bool": "Edm.Boolean", "byte": "Edm.Byte", "sbyte": "Edm.SByte",
	"int16": "Edm.Int16", "int32": "Edm.Int32", "integer": "Edm.Int32", "int": "Edm.Int32", "int64": "Edm.Int64", "long": "Edm.Int64",
	"double": "Edm.Double", "float": "Edm.Double", "single": "Edm.Single", "decimal": "Edm.Decimal", "number": "Edm.Number", "numeric": "Edm.Number",
	"datetimeoffset": "Edm.DateTimeOffset", "datetime": "Edm.DateTimeOffset", "timestamp": "Edm.DateTimeOffset",
	"date": "Edm.Date", "dateonly": "Edm.Date", "timeofday": "Edm.TimeOfDay", "time": "Edm.TimeOfDay", "duration": "Edm.Duration", "timespan": "Edm.Duration",
	"guid": "Edm.Guid", "uuid": "Edm.Guid", "binary": "Edm.Binary", "bytes": "Edm.Binary", "stream": "Edm.Stream", "untyped": "Edm.Untyped",
	"geographypoint": "Edm.GeographyPoint",
}

// typeName is a type as a table or a sketch says it.
type typeName struct {
	text       string
	name       string // normalised; "" when not understood
	link       string
	collection bool
}

// readType understands a type cell: "String", "[x](../resources/x.md)
// collection", "Collection(Edm.String)", "string (timestamp)", "[link][]".
func readType(cell string, refs map[string]string) typeName {
	text, links := plain(cell, refs)
	t := typeName{text: strings.Join(strings.Fields(text), " ")}
	for _, l := range links {
		if t.link = l.page(); t.link != "" {
			break
		}
	}
	word, many := noun(t.text)
	t.collection = many
	t.name = qualify(word)
	if t.name == "" {
		for _, l := range links { // words around a link: the link is the type; two links are none
			if w, _ := noun(l.text); l.page() != "" && qualify(w) != t.name {
				if t.name != "" {
					t.name = ""
					break
				}
				t.name = qualify(w)
			}
		}
	}
	return t
}

// noun strips from a type what is not its name, and tells collections.
func noun(text string) (word string, many bool) {
	s := strings.TrimSpace(text)
	if low := strings.ToLower(s); strings.HasPrefix(low, "collection(") {
		s, many = s[len("collection("):], true
		if end := strings.LastIndexByte(s, ')'); end >= 0 {
			s = s[:end]
		}
	} else if strings.HasPrefix(low, "collection ") || strings.HasPrefix(low, "array ") || strings.HasPrefix(low, "list ") {
		_, s, _ = strings.Cut(s, " ")
		many = true
	}
	if inner, ok := strings.CutSuffix(s, "[]"); ok {
		s, many = inner, true
	}
	hint := ""
	if s = strings.TrimSpace(s); strings.HasPrefix(s, "(") { // "(Optional) String"
		if _, rest, ok := strings.Cut(s, ")"); ok {
			s = strings.TrimSpace(rest)
		}
	}
	if open := strings.IndexByte(s, '('); open > 0 { // "string (timestamp)"
		hint = strings.ToLower(strings.Trim(s[open:], "() "))
		s = s[:open]
	}
	if head, _, ok := strings.Cut(s, ","); ok && primitives[strings.ToLower(strings.TrimSpace(head))] != "" {
		s = head // "string, maximum size 20"
	}
	many = many || strings.Contains(hint, "collection")
	kept, spare := "", ""
	for w := range strings.FieldsFuncSeq(s, separator) {
		w = strings.Trim(w, ".:")
		switch strings.ToLower(w) {
		case "collection", "collections", "array", "list":
			if !many && strings.EqualFold(w, strings.TrimSpace(s)) {
				return w, false // a type of that name, such as list
			}
			many = true
		case "object", "objects", "json", "untyped":
			spare = "Edm.Untyped"
		case "entity":
			spare = w
		case "of", "a", "an", "the", "resource", "resources", "type", "enum", "enumeration", "complex", "values", "value", "nullable", "null", "required", "optional", "":
		default:
			if kept != "" {
				return "", many
			}
			kept = w
		}
	}
	if kept == "" {
		kept = spare
	}
	if strings.EqualFold(kept, "string") && (hint == "timestamp" || hint == "datetime" || hint == "datetimeoffset") {
		kept = "timestamp"
	}
	return kept, many
}

// separator is what stands between the words of a type.
func separator(c rune) bool { return strings.ContainsRune(" \t-,;'\"\u00a0", c) }

// qualify makes a full name of a word, "" when it cannot be one.
func qualify(word string) string {
	word = strings.TrimPrefix(word, "#")
	low := strings.ToLower(word)
	if p, ok := primitives[strings.TrimPrefix(low, "edm.")]; ok {
		return p
	}
	switch {
	case low == "" || low == "none" || !identifier(word):
		return ""
	case strings.HasPrefix(low, "microsoft.graph."):
		return "microsoft.graph." + word[len("microsoft.graph."):]
	case strings.HasPrefix(low, "graph."):
		return "microsoft.graph." + word[len("graph."):]
	case strings.HasPrefix(low, "edm."):
		return "Edm." + word[len("edm."):]
	case strings.HasPrefix(low, "microsoft."):
		return word
	}
	return "microsoft.graph." + word
}

// identifier accepts letters, digits, underscores and inner dots.
func identifier(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c != '.' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != "" && s[len(s)-1] != '.'
}
