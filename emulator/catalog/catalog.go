// Package catalog lists what an emulator knows apart from its tenants: documented
// operations, types, how much of them is emulated, and what recordings tell of a tenant.
// It is for the program graph-emulator and makes no promise: names and fields may change
// in any release.
package catalog

import (
	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/internal/wire"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Catalog is what one emulator knows; emulator.Server.Catalog returns it.
type Catalog struct {
	versions []wire.Version
	registry *workload.Registry
	learn    func(files []*conversation.File) (*Learnt, error)
}

// New is for package emulator.
func New(versions []wire.Version, registry *workload.Registry, learn func([]*conversation.File) (*Learnt, error)) *Catalog {
	return &Catalog{versions, registry, learn}
}

// Learnt is what recordings tell of a tenant.
type Learnt struct {
	Files map[string][]byte // a tree of fixtures, by path
	Notes []string          // what could not be learnt, and why, with file and line
}

// Learn makes fixtures of recorded answers: the tenant as it was when the recordings
// ended, as far as they tell. Those fixtures load, and give the same answers to the same
// reads. What an emulator refuses is left out, with a note.
func (c *Catalog) Learn(files ...*conversation.File) (*Learnt, error) { return c.learn(files) }

func (c *Catalog) models() []*edm.Model {
	var out []*edm.Model
	for _, v := range c.versions {
		out = append(out, v.Model)
	}
	return out
}
