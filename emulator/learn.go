package emulator

import (
	"fmt"
	"strconv"

	"github.com/graph-emulator/graph-emulator/emulator/catalog"
	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/tenantfile"
	"github.com/graph-emulator/graph-emulator/emulator/internal/learn"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas/derive"
)

// learn is Catalog.Learn: what is refused on the way in is left out, until the rest loads.
func (c *served) learn(files []*conversation.File) (*catalog.Learnt, error) {
	versions := make([]learn.Version, len(c.versions))
	for i, v := range c.versions {
		versions[i] = learn.Version{Name: v.Name, Model: v.Model}
	}
	l := learn.New(c.registry, versions)
	for _, f := range files {
		if err := l.Add(f); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	tree, err := c.tried(l)
	out := &catalog.Learnt{Files: tree}
	for _, n := range l.Notes() {
		out.Notes = append(out.Notes, n.String())
	}
	if err == nil {
		_, err = New(WithFixtures(tree))
	}
	if err != nil {
		return out, fmt.Errorf("what has been learnt does not load: %w", err)
	}
	return out, nil
}

// tried are the files of a learner, without what does not load. One round is about one
// file: what is refused in a later one may be so for what is in the first.
func (c *served) tried(l *learn.Learner) (derive.Files, error) {
	e := engine.New(c.registry, shapes(), op.Options{Stable: c.versions[0].Model, Models: c.models()})
	for {
		out := derive.Files(l.Files())
		files := fixtures.Layer(out, fixtures.Empty())
		records, _, err := read(files, fixtures.Reader{})
		if err != nil {
			return out, err
		}
		records = counting(files, records)
		refused, err := tenantfile.Refusals(e.Core, c.world(store.Options{Seed: 1}), records, c.models()...)
		if err != nil || len(refused) == 0 {
			return out, err
		}
		for _, r := range refused {
			if r.Record.File != refused[0].Record.File {
				break
			}
			if !l.Omit(way(records, r.Record), r.Reason()) {
				return out, r
			}
		}
	}
}

// way is how one comes to a record: names of members, and indexes of elements.
func way(records []fixtures.Record, to *fixtures.Record) []string {
	for i := range records {
		r := &records[i]
		name := r.Name
		if name == "" {
			name = strconv.Itoa(i)
		}
		if r == to {
			return []string{name}
		}
		if rest := way(r.Members, to); rest != nil {
			return append([]string{name}, rest...)
		}
	}
	return nil
}
