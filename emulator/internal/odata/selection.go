package odata

import (
	"strings"
)

// SelectItem is one item of $select: a path of names, with options in
// parentheses where it has some. "*" is a path of one name.
type SelectItem struct {
	Path    []string // as written, casts included
	Off     int
	Options *Query // nil without parentheses
}

// Star reports whether the item asks for everything by default.
func (s SelectItem) Star() bool { return len(s.Path) == 1 && s.Path[0] == "*" }

// String prints the item.
func (s SelectItem) String() string { return itemString(s.Path, s.Options) }

// ExpandItem is one item of $expand. Path may hold casts, and end in $ref or
// $count; "*" stands for all navigation properties.
type ExpandItem struct {
	Path    []string
	Off     int
	Options *Query // nil without parentheses
}

// Star reports whether the item asks for all navigation properties.
func (x ExpandItem) Star() bool { return x.Path[0] == "*" }

// String prints the item.
func (x ExpandItem) String() string { return itemString(x.Path, x.Options) }

func itemString(path []string, options *Query) string {
	text := strings.Join(path, "/")
	if options == nil {
		return text
	}
	return text + "(" + options.list(";") + ")"
}

// ParseExpand reads the value of $expand. Every error is an *Error.
func ParseExpand(text string) ([]ExpandItem, error) {
	items, err := parseExpand(text, &scope{})
	if err != nil {
		return nil, err
	}
	return items, nil
}

func parseSelect(text string, in *scope) ([]SelectItem, *Error) {
	items, err := parseItems("$select", text, in)
	if err != nil {
		return nil, err
	}
	out := make([]SelectItem, 0, len(items))
	seen := map[string]bool{}
	for _, it := range items {
		// A name given twice is meant once (C-3.7).
		if key := strings.ToLower(itemString(it.Path, it.Options)); len(items) < 2 || !seen[key] {
			seen[key] = true
			out = append(out, SelectItem(it))
		}
	}
	return out, nil
}

func parseExpand(text string, in *scope) ([]ExpandItem, *Error) {
	return parseItems("$expand", text, in)
}

func parseItems(option, text string, in *scope) ([]ExpandItem, *Error) {
	parts := splitTop(text, ',')
	items := make([]ExpandItem, 0, len(parts))
	for _, part := range parts {
		name := strings.TrimSpace(part.text)
		if name == "" {
			if len(parts) == 1 || part.off == len(text) { // a comma at the end is harmless
				continue
			}
			return nil, Refuse(option, part.off, "Syntax error at position %d in '%s'.", position(text, part.off), text)
		}
		off := part.off + strings.Index(part.text, name)
		it, err := parseItem(option, text, name, off, in)
		if err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	return items, nil
}

func parseItem(option, text, name string, off int, in *scope) (ExpandItem, *Error) {
	it := ExpandItem{Off: off}
	if in.nodes++; in.nodes > maxNodes {
		return it, Refuse(option, off, "The option has more than %d parts.", maxNodes)
	}
	head := name
	if open := strings.IndexByte(name, '('); open >= 0 {
		end := matchingText(name, open)
		if end < 0 {
			return it, Refuse(option, off+len(name), "')' or operator expected at position %d in '%s'.", position(text, off+len(name)), text)
		}
		if end != len(name)-1 {
			return it, Refuse(option, off+end+1, "Syntax error at position %d in '%s'.", position(text, off+end+1), text)
		}
		head = strings.TrimSpace(name[:open])
		options, err := parseNested(option, name[open+1:end], off+open+1, in)
		if err != nil {
			return it, err
		}
		it.Options = options
	}
	it.Path = strings.Split(head, "/")
	for i, step := range it.Path {
		step = strings.TrimSpace(step)
		if !isItemName(option, step, i, len(it.Path)) {
			return it, Refuse(option, off, "Syntax error at position %d in '%s'.", position(text, off+len(head)-1), text)
		}
		it.Path[i] = step
	}
	return it, nil
}

// isItemName tells what may stand in the path of an item: names, casts, a
// star, and $ref or $count at the end of an expansion.
func isItemName(option, step string, i, n int) bool {
	switch {
	case step == "*":
		return i == 0 || option == "$select"
	case strings.EqualFold(step, "$ref"), strings.EqualFold(step, "$count"), strings.EqualFold(step, "$value"):
		return option == "$expand" && i > 0 && i == n-1
	case strings.HasSuffix(step, ".*"):
		return option == "$select" && isQualified(step[:len(step)-2])
	case strings.HasPrefix(step, "@"): // an annotation, by clients that want only some
		return option == "$select" && isQualified(step[1:])
	}
	name, annotation, _ := strings.Cut(step, "@")
	return isQualified(name) && (annotation == "" || isQualified(annotation))
}

// parseNested reads the options in the parentheses of an item, which ; parts.
func parseNested(option, text string, off int, in *scope) (*Query, *Error) {
	if in.depth++; in.depth > maxDepth/4 {
		return nil, Refuse(option, off, "Recursion limit reached.")
	}
	defer func() { in.depth-- }()
	q := &Query{}
	for _, part := range splitTop(text, ';') {
		if strings.TrimSpace(part.text) == "" {
			continue
		}
		name, value, ok := strings.Cut(part.text, "=")
		name = strings.TrimSpace(name)
		if !ok {
			return nil, Refuse(option, off+part.off, "Term '%s' is not valid in a $select or $expand expression.", name)
		}
		p := Pair{Name: name, Value: value, Off: off + part.off}
		if p.Option, p.Bare = systemOption(name); strings.EqualFold(strings.TrimPrefix(name, "$"), "levels") {
			p.Option = "$levels"
		}
		switch p.Option {
		case "", "$format", "$skiptoken", "$deltatoken":
			return nil, Refuse(option, p.Off, "Term '%s' is not valid in a $select or $expand expression.", name)
		}
		q.Pairs = append(q.Pairs, p)
	}
	return q, q.read(in)
}

// matchingText is matching with both kinds of quotes.
func matchingText(text string, open int) int {
	rest := text[open+1:]
	for _, p := range splitTop(rest, ')') {
		if end := p.off + len(p.text); end < len(rest) {
			return open + 1 + end
		}
	}
	return -1
}
