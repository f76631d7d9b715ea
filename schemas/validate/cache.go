package validate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// scheme makes addresses of type files, which the compiler wants absolute.
const scheme = "graph:///"

// cache holds the compiled schemas of one model. What has no part in the top
// layer is left to the cache of the model beneath.
type cache struct {
	model *edm.Model
	base  *cache   // nil for a model of one layer
	done  sync.Map // *edm.Type or *edm.Operation -> *entry

	mu       sync.Mutex // guards what follows
	compiler *jsonschema.Compiler
	nodes    map[*jsonschema.Schema]*node
}

type cacheKey struct{}

func cacheOf(m *edm.Model) *cache {
	return m.Memo(cacheKey{}, func() any {
		c := &cache{model: m}
		if m.Base() != nil {
			c.base = cacheOf(m.Base())
		}
		return c
	}).(*cache)
}

func (c *cache) typeEntry(t *edm.Type) *entry {
	if e, ok := c.done.Load(t); ok {
		return e.(*entry)
	}
	return c.keep(t, func() *entry {
		own, ok := c.model.Type(t.Name) // a caller may hold the type of another layer
		if !ok {
			return &entry{name: string(t.Name), err: errors.New("the type has no file")}
		}
		if c.base != nil && !c.touches(own, map[*edm.Type]bool{}) {
			if below, ok := c.base.model.Type(t.Name); ok {
				return c.base.typeEntry(below)
			}
		}
		return c.compile(string(own.Name), scheme+own.Name.Path(), nil)
	})
}

func (c *cache) operationEntry(op *edm.Operation) *entry {
	if e, ok := c.done.Load(op); ok {
		return e.(*entry)
	}
	return c.keep(op, func() *entry {
		name := fmt.Sprintf("%s of %s", op.Name, op.Owner())
		if below := c.below(op); below != nil {
			return c.base.operationEntry(below)
		}
		address := fmt.Sprintf("%s%s/operations/%d", scheme, op.Owner().Name.Path(), op.Index())
		return c.compile(name, address, parameters(op))
	})
}

// keep stores the entry that make returns, unless another caller was faster.
func (c *cache) keep(key any, make func() *entry) *entry {
	e, _ := c.done.LoadOrStore(key, make())
	return e.(*entry)
}

// touches reports whether t or anything its schema refers to is of the top layer.
func (c *cache) touches(t *edm.Type, seen map[*edm.Type]bool) bool {
	if t == nil || seen[t] {
		return false
	}
	seen[t] = true
	if t.Layer() == c.model || c.touches(t.Base(), seen) {
		return true
	}
	for _, p := range t.Properties() {
		if c.touches(p.Def(), seen) {
			return true
		}
	}
	return false
}

// below finds the same operation in the model beneath, if nothing of it is of
// the top layer.
func (c *cache) below(op *edm.Operation) *edm.Operation {
	if c.base == nil || op.Owner().Layer() == c.model {
		return nil
	}
	seen := map[*edm.Type]bool{}
	for _, p := range op.Parameters {
		if t, ok := c.model.Type(p.Type.Name); ok && c.touches(t, seen) {
			return nil
		}
	}
	owner, ok := c.base.model.Type(op.Owner().Name)
	if !ok || op.Index() >= len(owner.Operations()) {
		return nil
	}
	return owner.Operations()[op.Index()]
}

// parameters is a schema for an object of op's parameters, each of which refers
// to where its own schema stands.
func parameters(op *edm.Operation) []byte {
	type ref struct {
		Ref string `json:"$ref"`
	}
	doc := struct {
		Type       string         `json:"type"`
		Properties map[string]ref `json:"properties"`
		Required   []string       `json:"required,omitempty"`
	}{"object", map[string]ref{}, nil}
	for i, p := range op.Parameters {
		doc.Properties[p.Name] = ref{fmt.Sprintf("%s%s#/x-graph/operations/%d/parameters/%d/schema", scheme, op.Owner().Name.Path(), op.Index(), i)}
		if !p.Nullable && !p.Optional {
			doc.Required = append(doc.Required, p.Name)
		}
	}
	text, _ := json.Marshal(doc) // strings always encode
	return text
}

// compile compiles the schema at address; text is its content when no file has
// it. A compiler that failed is half done, and is replaced.
func (c *cache) compile(name, address string, text []byte) *entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.compiler == nil {
		c.compiler = jsonschema.NewCompiler()
		c.compiler.Draft = jsonschema.Draft2020
		c.compiler.LoadURL = c.load
		c.nodes = map[*jsonschema.Schema]*node{}
	}
	s, err := c.run(address, text)
	if err != nil {
		c.compiler = nil
		return &entry{name: name, err: reason(err)}
	}
	return &entry{schema: s, quick: c.node(s), model: c.model, name: name}
}

// run makes errors of the compiler's panics: it panics on a bad pattern.
func (c *cache) run(address string, text []byte) (s *jsonschema.Schema, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	if text != nil {
		if err := c.compiler.AddResource(address, bytes.NewReader(text)); err != nil {
			return nil, err
		}
	}
	return c.compiler.Compile(address)
}

// load reads a type file of the model. Nothing else can be referred to.
func (c *cache) load(address string) (io.ReadCloser, error) {
	p, ok := strings.CutPrefix(address, scheme)
	if !ok {
		return nil, missing(address)
	}
	files, p := c.model.File(edm.NameOf(p))
	if p == "" {
		return nil, missing(strings.TrimPrefix(address, scheme))
	}
	text, err := fs.ReadFile(files, p)
	return io.NopCloser(bytes.NewReader(text)), err
}

// missing is the error of a reference to no type file.
type missing string

func (m missing) Error() string { return "no type file " + string(m) }

// reason says in our words why a schema cannot be compiled.
func reason(err error) error {
	if m, ok := errors.AsType[missing](err); ok {
		return m
	}
	if v, ok := errors.AsType[*jsonschema.ValidationError](err); ok {
		for len(v.Causes) > 0 {
			v = v.Causes[0]
		}
		return fmt.Errorf("it is no JSON Schema at %q", pointer(v.InstanceLocation))
	}
	if _, ok := errors.AsType[jsonschema.InfiniteLoopError](err); ok {
		return errors.New("it refers to itself")
	}
	return errors.New("it is no JSON Schema")
}
