package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/wire"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/internal/nearest"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
	"github.com/graph-emulator/graph-emulator/schemas/observed"
)

// Operation is what a request would meet: the documentation's facts about it
// and what the emulator makes of it.
type Operation struct {
	Version    string
	Method     string
	Template   string              // "/users/{}/messages/{}"
	Verb       string              // "create", "invoke setPresence"
	Type       string              // of the entity or value that the path denotes; empty for untyped content
	Workload   string              // the service, as in Coverage
	Fidelity   string              // as in X-Emulator-Fidelity
	Observed   *observed.Operation // what recorded answers show of it; nil: none was seen
	Shape      *observed.Type      // and of the objects of Type; nil: none was seen
	Basis      string              // what makes it modelled: the type, or type/navigation, for which a behavior is declared; else empty
	Lacks      string              // what the service does and the emulator does not; empty: nothing is known
	Documented *fixtures.Operation // nil: served like its kind, though no page names it
}

// Versions names the versions of Graph that are served, the stable one first.
func (c *Catalog) Versions() []string {
	var out []string
	for i := range c.versions {
		out = append(out, c.versions[i].Name)
	}
	return out
}

// Operations lists what is documented of one version, by template and method.
// An entry that cannot be read yields its error, a *fixtures.Error, instead; a
// version that is not served yields one error.
func (c *Catalog) Operations(version string) iter.Seq2[*fixtures.Operation, error] {
	v, err := c.version(version)
	if err != nil {
		return func(yield func(*fixtures.Operation, error) bool) { yield(nil, err) }
	}
	return v.Catalog.All()
}

// Operation says what a method on a path would meet, without a request. The
// path stands behind the version, as a client sends it or as a template. The
// error says why Graph would refuse it whatever the tenant holds: a segment that
// leads nowhere, or a method that does not fit.
func (c *Catalog) Operation(version, method, path string) (*Operation, error) {
	v, err := c.version(version)
	if err != nil {
		return nil, err
	}
	target, err := denote(v, path)
	if err != nil {
		return nil, refusal(err)
	}
	out := &Operation{Version: v.Name, Method: strings.ToUpper(method), Template: target.Template(), Type: string(target.Prim)}
	if out.Documented, _, err = v.Catalog.Operation(out.Method, out.Template); err != nil {
		return nil, err
	}
	verb, err := target.Verb(out.Method, out.Documented != nil)
	if err != nil {
		return nil, refusal(err)
	}
	if target.Type != nil {
		out.Type = string(target.Type.Name)
	}
	out.Observed, out.Shape = observed.OperationOf(v.Name, out.Method, out.Template), observed.TypeOf(v.Name, out.Type)
	out.Verb, out.Workload = string(verb), c.registry.Area(out.Template)
	fidelity := c.registry.Fidelity(target, verb)
	out.Fidelity, out.Lacks = fidelity.String(), c.registry.Lacks(target, verb)
	if b, ok := c.registry.Basis(target, verb); ok && fidelity == workload.Modelled {
		out.Basis = strings.TrimSuffix(string(b.Type)+"/"+b.Nav, "/")
	}
	return out, nil
}

// refusal is what Graph would say, with the reason that it would give.
func refusal(err error) error {
	e := grapherr.From(err)
	if e.Status == 500 { // not Graph's: the syntax of a path
		return err
	}
	if why := strings.TrimSpace(e.Cause + " " + e.Cure); why != "" {
		return fmt.Errorf("%d %w (%s)", e.Status, err, why)
	}
	return fmt.Errorf("%d %w", e.Status, err)
}

// Schema returns the JSON Schema file of a type, named in full
// ("microsoft.graph.presence") or without microsoft.graph, in any letter case.
// Its references are relative to its own place, as in the folder schemas. The
// error wraps fs.ErrNotExist when there is no such type.
func (c *Catalog) Schema(version, name string) ([]byte, error) {
	v, err := c.version(version)
	if err != nil {
		return nil, err
	}
	const namespace = "microsoft.graph."
	for _, n := range [...]string{name, namespace + name} {
		t, ok := v.Model.Type(edm.Name(n))
		if !ok {
			continue
		}
		if files, path := v.Model.File(t.Name); path != "" {
			return fs.ReadFile(files, path)
		}
	}
	var names []string
	for _, n := range v.Model.Names() {
		names = append(names, strings.TrimPrefix(string(n), namespace))
	}
	ask := strings.TrimPrefix(name, namespace)
	return nil, noType(nearest.Asked(fmt.Sprintf("%s has no type %q", v.Name, name), ask, names...))
}

// noType says that a version has no type of a name.
type noType string

func (e noType) Error() string { return string(e) }

func (e noType) Unwrap() error { return fs.ErrNotExist }

var errNoVersion = errors.New("no such version of Graph")

func (c *Catalog) version(name string) (*wire.Version, error) {
	for i := range c.versions {
		if strings.EqualFold(c.versions[i].Name, name) {
			return &c.versions[i], nil
		}
	}
	return nil, fmt.Errorf("%w: %q", errNoVersion, name)
}
