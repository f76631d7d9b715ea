package emulator

import (
	"fmt"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/internal/learn"
	"github.com/graph-emulator/graph-emulator/schemas/derive"
)

// Learnt is what recordings tell of a tenant.
type Learnt struct {
	Files map[string][]byte // a tree of fixtures, by path
	Notes []string          // what could not be learnt, and why, with file and line
}

// Learn makes fixtures of recorded answers: the tenant as it was when the recordings
// ended, as far as they tell. Those fixtures load, and give the same answers to the same
// reads; what they lack to load is an error.
func Learn(files ...*conversation.File) (*Learnt, error) {
	cat, err := builtIn()
	if err != nil {
		return nil, err
	}
	versions := make([]learn.Version, len(cat.versions))
	for i, v := range cat.versions {
		versions[i] = learn.Version{Name: v.Name, Model: v.Model}
	}
	l := learn.New(cat.registry, versions)
	for _, f := range files {
		if err := l.Add(f); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	out := &Learnt{Files: l.Files()}
	for _, n := range l.Notes() {
		out.Notes = append(out.Notes, n.String())
	}
	tree := derive.Files{}
	for name, text := range out.Files {
		tree[name] = text
	}
	if _, err := New(WithFixtures(tree)); err != nil {
		return out, fmt.Errorf("what has been learnt does not load: %w", err)
	}
	return out, nil
}
