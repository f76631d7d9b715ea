package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/wire"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas/observed"
)

// Coverage says how much of what Graph documents an emulator answers, and how
// much stands behind the answers. docs/COVERAGE.md explains the levels.
type Coverage struct {
	Versions []VersionCoverage `json:"versions"`
	Modelled []ModelledType    `json:"modelled"` // by name
}

// VersionCoverage counts the documented operations of one version of Graph.
type VersionCoverage struct {
	Version string `json:"version"`
	Tally
	Workloads     []WorkloadCoverage `json:"workloads"`
	Refused       []string           `json:"refused"` // the operations of None, as "GET /template"
	ObservedTypes []ObservedType     `json:"observedTypes"`
}

// ObservedType is a type whose objects recorded answers of the real service show.
type ObservedType struct {
	Type    string `json:"type"`
	Answers int    `json:"answers"` // objects that were seen whole
	Years   string `json:"years"`   // 2021-2024
}

// WorkloadCoverage counts the operations of one service, such as Mail.
type WorkloadCoverage struct {
	Workload string `json:"workload"`
	Tally
}

// Tally counts operations by fidelity, the words of X-Emulator-Fidelity.
type Tally struct {
	Operations int `json:"operations"` // the sum of the others
	Modelled   int `json:"modelled"`
	Stateful   int `json:"stateful"`
	Generic    int `json:"generic"`
	None       int `json:"none"`
	// Observed is how many of Operations recorded answers of the real service show.
	Observed int `json:"observed"`
}

// ModelledType is a type whose behavior is stated beyond what every type has.
type ModelledType struct {
	Type        string   `json:"type"`
	Traits      []string `json:"traits"`      // verbs that a fact in data bears on: a default on create, a page size on list
	Verbs       []string `json:"verbs"`       // that a rule, a job or a query policy is about
	Navigations []string `json:"navigations"` // that are computed
	// Partial names, by verb, what the service does and the emulator does not.
	Partial map[string]string `json:"partial,omitempty"`
}

// Coverage walks every operation that the catalog documents. It decodes the
// whole catalog, which takes about a second the first time. The error is a
// *fixtures.Error in a file of operations.
func (c *Catalog) Coverage() (*Coverage, error) {
	out := &Coverage{Modelled: c.modelled()}
	for i := range c.versions {
		v, err := c.coverage(&c.versions[i])
		if err != nil {
			return nil, fmt.Errorf("operations of %s: %w", c.versions[i].Name, err)
		}
		out.Versions = append(out.Versions, *v)
	}
	return out, nil
}

func (c *Catalog) coverage(v *wire.Version) (*VersionCoverage, error) {
	out := &VersionCoverage{Version: v.Name, Workloads: []WorkloadCoverage{}, Refused: []string{}, ObservedTypes: []ObservedType{}}
	byName := map[string]*Tally{}
	for op, err := range v.Catalog.All() {
		if err != nil {
			return nil, err
		}
		name := c.registry.Area(op.Template)
		if byName[name] == nil {
			byName[name] = &Tally{}
		}
		fidelity, seen := c.judge(v, op), observed.OperationOf(v.Name, op.Method, op.Template) != nil
		out.add(fidelity, seen)
		byName[name].add(fidelity, seen)
		if fidelity == workload.None {
			out.Refused = append(out.Refused, op.Method+" "+op.Template)
		}
	}
	for _, name := range observed.Types(v.Name) {
		t := observed.TypeOf(v.Name, name)
		out.ObservedTypes = append(out.ObservedTypes, ObservedType{name, t.Answers(), observed.Years(t.First, t.Last)})
	}
	for name, tally := range byName {
		out.Workloads = append(out.Workloads, WorkloadCoverage{Workload: name, Tally: *tally})
	}
	slices.SortFunc(out.Workloads, func(a, b WorkloadCoverage) int { return strings.Compare(a.Workload, b.Workload) })
	return out, nil
}

// judge asks for one documented operation what a request would meet.
func (c *Catalog) judge(v *wire.Version, op *fixtures.Operation) workload.Fidelity {
	target, err := denote(v, op.Template)
	if err != nil {
		return workload.None
	}
	verb, err := target.Verb(op.Method, true)
	if err != nil {
		return workload.None
	}
	return c.registry.Fidelity(target, verb)
}

// denote walks a path or a template, whose placeholders are keys like others.
func denote(v *wire.Version, path string) (*bind.Target, error) {
	p, err := odata.ParsePath(path)
	if err != nil {
		return nil, err
	}
	return bind.Resolve(v.Model, p)
}

func (t *Tally) add(f workload.Fidelity, seen bool) {
	t.Operations++
	if seen {
		t.Observed++
	}
	switch f {
	case workload.Modelled:
		t.Modelled++
	case workload.Stateful:
		t.Stateful++
	case workload.Generic:
		t.Generic++
	default:
		t.None++
	}
}

// modelled lists what workloads state.
func (c *Catalog) modelled() []ModelledType {
	out := []ModelledType{}
	for _, s := range c.registry.Stated() {
		m := ModelledType{Type: string(s.Type), Traits: words(s.Traits), Verbs: words(s.Verbs), Navigations: append([]string{}, s.Views...)}
		for v, lacks := range s.Partial {
			if m.Partial == nil {
				m.Partial = map[string]string{}
			}
			m.Partial[string(v)] = lacks
		}
		out = append(out, m)
	}
	return out
}

func words(verbs []bind.Verb) []string {
	out := []string{}
	for _, v := range verbs {
		out = append(out, string(v))
	}
	return out
}
