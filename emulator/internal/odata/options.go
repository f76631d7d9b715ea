package odata

import (
	"strconv"
	"strings"
)

// set reads one option. Expressions keep their text untrimmed, so that
// offsets count from its start.
func (q *Query) set(option, text string, in *scope) *Error {
	var err *Error
	value := strings.TrimSpace(text)
	switch option {
	case "$select":
		q.Select, err = parseSelect(text, in)
	case "$expand":
		q.Expand, err = parseExpand(text, in)
	case "$filter":
		q.Filter, err = filter(text, in)
	case "$orderby":
		q.OrderBy, err = parseOrderBy(text, in)
	case "$top":
		q.Top, err = parseSize(option, value)
	case "$skip":
		q.Skip, err = parseSize(option, value)
	case "$count":
		q.Count, err = parseCount(value)
	case "$search":
		q.Search = &Search{Text: text}
	case "$format":
		q.Format = value
	case "$skiptoken":
		q.SkipToken = value
	case "$deltatoken":
		q.DeltaToken = value
	case "$levels":
		q.Levels, err = parseLevels(value)
	}
	return err
}

func filter(text string, in *scope) (*Expr, *Error) {
	e, err := parseExpr("$filter", text, in)
	if err != nil {
		return nil, err.(*Error)
	}
	return e, nil
}

// parseSize reads a number that must not be negative. Zero passes: what it
// means differs by workload (B-3.69).
func parseSize(option, text string) (*int, *Error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return nil, &Error{Option: option, Message: "Invalid value '" + text + "' for " + option +
			" query option found. The " + option + " query option requires a non-negative integer value."}
	}
	i := int(n)
	return &i, nil
}

func parseCount(text string) (*bool, *Error) {
	yes := strings.EqualFold(text, "true")
	if !yes && !strings.EqualFold(text, "false") {
		return nil, &Error{Option: "$count", Message: "Invalid value '" + text +
			"' for $count query option found. Valid values are 'true' or 'false'."}
	}
	return &yes, nil
}

func parseLevels(text string) (int, *Error) {
	if strings.EqualFold(text, "max") {
		return MaxLevels, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, Refuse("$expand", 0, "$levels option must be a non-negative integer or 'max', it is set to '%s' instead.", text)
	}
	return n, nil
}

// OrderItem is one key of $orderby.
type OrderItem struct {
	Expr *Expr
	Desc bool
}

// String prints the key; ascending order is not said.
func (o OrderItem) String() string {
	if o.Desc {
		return o.Expr.String() + " desc"
	}
	return o.Expr.String()
}

// ParseOrderBy reads the value of $orderby. Every error is an *Error.
func ParseOrderBy(text string) ([]OrderItem, error) {
	items, err := parseOrderBy(text, nil)
	if err != nil {
		return nil, err
	}
	return items, nil
}

func parseOrderBy(text string, in *scope) ([]OrderItem, *Error) {
	p := newParser("$orderby", text, in)
	var items []OrderItem
	for {
		e, err := p.expr(0)
		if err != nil {
			return nil, err
		}
		item := OrderItem{Expr: e}
		switch {
		case p.tok.word("desc"):
			item.Desc = true
			p.next()
		case p.tok.word("asc"):
			p.next()
		}
		items = append(items, item)
		if p.tok.kind == tokEnd && p.err == nil {
			return items, nil
		}
		if !p.tok.is(',') {
			return nil, p.syntax()
		}
		p.next()
	}
}
