package odata

import (
	"strconv"
	"strings"
)

// String prints the query with its system options in a fixed order, custom
// parameters behind them.
func (q *Query) String() string {
	if q == nil {
		return ""
	}
	return q.list("&")
}

// list prints the options. Inside parentheses (sep is ";") text is not
// escaped: the option around it is.
func (q *Query) list(sep string) string {
	var parts []string
	add := func(name, value string) {
		if sep == "&" {
			name, value = EscapeQuery(name), EscapeQuery(value)
		}
		parts = append(parts, name+"="+value)
	}
	for _, option := range append(systemOptions[:], "$levels") {
		if value := q.value(option); value != "" {
			add(option, value)
		}
	}
	for _, p := range q.Pairs {
		if p.Option == "" {
			add(p.Name, p.Value)
		}
	}
	return strings.Join(parts, sep)
}

// value prints what was understood of an option; empty when it is absent.
func (q *Query) value(option string) string {
	switch option {
	case "$select":
		return join(q.Select)
	case "$expand":
		return join(q.Expand)
	case "$filter":
		return q.Filter.String()
	case "$orderby":
		return join(q.OrderBy)
	case "$top":
		return number(q.Top)
	case "$skip":
		return number(q.Skip)
	case "$count":
		if q.Count != nil {
			return strconv.FormatBool(*q.Count)
		}
	case "$search":
		if q.Search != nil {
			return q.Search.Text
		}
	case "$format":
		return q.Format
	case "$skiptoken":
		return q.SkipToken
	case "$deltatoken":
		return q.DeltaToken
	case "$levels":
		if q.Levels == MaxLevels {
			return "max"
		}
		if q.Levels > 0 {
			return strconv.Itoa(q.Levels)
		}
	}
	return ""
}

func number(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func join[T interface{ String() string }](items []T) string {
	var b strings.Builder
	for i, it := range items {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(it.String())
	}
	return b.String()
}
