// Package rulebook lists the rules of docs/behavior with how far each is kept: proven by
// a test, left to an option, or open. It has a line of each rule and not the book.
package rulebook

import (
	_ "embed"
	"fmt"
	"path"
	"strings"
)

// Status is how far a rule is kept.
type Status string

// A rule is proven if a test that names it fails without the behavior, and a choice if no
// test names it and an option decides. Everything else is open.
const (
	Proven Status = "proven"
	Choice Status = "choice"
	Open   Status = "open"
)

// Statuses are all of them, the best first.
var Statuses = []Status{Proven, Choice, Open}

// Rule is one rule of the book.
type Rule struct {
	Number string // "B-4.36", as it is cited
	Status Status
	Page   string // "04-writes.md", in docs/behavior
	Title  string // the beginning of its text, in Markdown
	// Proofs are the tests and conversations that name it: "emulator TestBatch",
	// "emulator/testdata/conversations/batch.yaml". Nil: there are none.
	Proofs []string
	Option string // that decides, by its name; empty: none does
	Reason string // why it is open; empty: nobody has said why
}

// Anchor is where the rule stands, from the folder of the book: "04-writes.md#b-4.36".
func (r *Rule) Anchor() string { return r.Page + "#" + strings.ToLower(r.Number) }

// Area is the name of its page: "writes".
func (r *Rule) Area() string {
	name := strings.TrimSuffix(path.Base(r.Page), ".md")
	if number, rest, ok := strings.Cut(name, "-"); ok && strings.Trim(number, "0123456789") == "" {
		return rest
	}
	return name
}

//go:embed rules.tsv
var table string

// Rules reads them, in the order of the book. An error means that the program is broken.
func Rules() ([]Rule, error) { return Parse(table) }

// Parse reads what Format has written.
func Parse(text string) ([]Rule, error) {
	var out []Rule
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 7 {
			return nil, fmt.Errorf("line %d has %d fields in place of 7", i+1, len(f))
		}
		r := Rule{Number: f[0], Status: Status(f[1]), Page: f[2], Title: f[3], Option: f[5], Reason: f[6]}
		if f[4] != "" {
			r.Proofs = strings.Split(f[4], "; ")
		}
		out = append(out, r)
	}
	return out, nil
}

// head is the first line of the table.
const head = "# Derived from docs/behavior and the tests by go generate ./emulator; do not edit.\n"

// Format writes rules as Parse reads them.
func Format(rules []Rule) string {
	var b strings.Builder
	b.WriteString(head)
	for _, r := range rules {
		b.WriteString(strings.Join([]string{r.Number, string(r.Status), r.Page, r.Title, strings.Join(r.Proofs, "; "), r.Option, r.Reason}, "\t") + "\n")
	}
	return b.String()
}

// Tally counts rules.
type Tally struct{ Proven, Choice, Open int }

// Count counts them.
func Count(rules []Rule) (t Tally) {
	for i := range rules {
		switch rules[i].Status {
		case Proven:
			t.Proven++
		case Choice:
			t.Choice++
		default:
			t.Open++
		}
	}
	return t
}

// All is the number of rules that were counted.
func (t Tally) All() int { return t.Proven + t.Choice + t.Open }

// Percent is the share that is proven, rounded down.
func (t Tally) Percent() int { return 100 * t.Proven / max(1, t.All()) }
