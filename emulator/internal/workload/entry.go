package workload

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// entry is what a traits.yaml says of one type: text until somebody asks, because a
// tenant touches few of the types that workloads have something to say of.
type entry struct {
	name edm.Name
	text string // with its name
	line int    // lines of the file above it

	once   sync.Once
	traits *Traits
}

// read decodes the entry at the first call. The text is a part of the program, and a
// test decodes all there is: what panics here never left it.
func (e *entry) read() *Traits {
	e.once.Do(func() {
		t, err := e.decode()
		if err != nil {
			panic(err)
		}
		e.traits = t
	})
	return e.traits
}

// cut finds the entries of a traits.yaml: each begins in a line of its own, and all that
// is indented below belongs to it.
func cut(text string) ([]*entry, error) {
	var out []*entry
	start := 0
	for pos, line := 0, 0; pos < len(text); line++ {
		end := len(text)
		if n := strings.IndexByte(text[pos:], '\n'); n >= 0 {
			end = pos + n + 1
		}
		switch text[pos] {
		case ' ', '#', '\n':
		default:
			key, _, ok := strings.Cut(text[pos:end], ":")
			name := edm.Name(strings.Trim(key, `"`))
			if !ok || strings.ContainsAny(key, " \t{[&*-") && key != `"*"` {
				return nil, fmt.Errorf("traits.yaml: line %d: neither the name of a type nor indented below one", line+1)
			}
			if len(out) > 0 {
				out[len(out)-1].text = text[start:pos]
			}
			out = append(out, &entry{name: name, line: line})
			start = pos
		}
		pos = end
	}
	if len(out) > 0 {
		out[len(out)-1].text = text[start:]
	}
	return out, nil
}

// yamlTraits is an entry as it is written.
type yamlTraits struct {
	Traits  `yaml:",inline"`
	Default yaml.Node `yaml:"default"`
	Empty   yaml.Node `yaml:"empty"`
	Delta   yamlDelta `yaml:"delta"`
}

// all is the name under which a workload says what is true of all its types.
const all edm.Name = "*"

var (
	tagForms = []string{"", "none", "required"}
	idForms  = []string{"", "guid", "given", ExchangeItem, ExchangeFolder, ExchangePart}
)

func (e *entry) decode() (*Traits, error) {
	raw, err := e.yaml(e.text)
	if err != nil { // again, so that the line it names is that of the file
		_, err = e.yaml(strings.Repeat("\n", e.line) + e.text)
		return nil, fmt.Errorf("traits.yaml: %w", err)
	}
	y := raw[e.name]
	switch {
	case len(raw) != 1:
		return nil, fmt.Errorf("traits.yaml: %s: not the only name of its entry", e.name)
	case y == nil:
		y = &yamlTraits{}
	case !slices.Contains(idForms, y.ID):
		return nil, fmt.Errorf("traits.yaml: %s: unknown id form %q", e.name, y.ID)
	case !slices.Contains(tagForms, y.Tag):
		return nil, fmt.Errorf("traits.yaml: %s: unknown tag %q", e.name, y.Tag)
	}
	t := &y.Traits
	if v := t.unknownVerb(); v != "" {
		return nil, fmt.Errorf("traits.yaml: %s: unknown verb %q", e.name, v)
	}
	t.Indexed = slices.Concat(t.Indexed, t.Unique)
	if t.Default, err = members(&y.Default); err != nil {
		return nil, fmt.Errorf("traits.yaml: %s: default: %w", e.name, err)
	}
	if t.Empty, err = members(&y.Empty); err != nil {
		return nil, fmt.Errorf("traits.yaml: %s: empty: %w", e.name, err)
	}
	if t.Delta, err = y.Delta.read(); err != nil {
		return nil, fmt.Errorf("traits.yaml: %s: delta: %w", e.name, err)
	}
	t.states = t.bears()
	return t, nil
}

func (e *entry) yaml(text string) (raw map[edm.Name]*yamlTraits, err error) {
	d := yaml.NewDecoder(strings.NewReader(text))
	d.KnownFields(true)
	if err = d.Decode(&raw); errors.Is(err, io.EOF) {
		err = nil
	}
	return raw, err
}

// bearing are the fields of Traits that bear on verbs, with these. The tags are read once.
var bearing = sync.OnceValue(func() map[int][]bind.Verb {
	out := map[int][]bind.Verb{}
	for i, t := 0, reflect.TypeFor[Traits](); i < t.NumField(); i++ {
		for verb := range strings.FieldsSeq(t.Field(i).Tag.Get("on")) {
			out[i] = append(out[i], bind.Verb(verb))
		}
	}
	return out
})

// bears lists the verbs that traits bear on.
func (t *Traits) bears() []bind.Verb {
	var out []bind.Verb
	v := reflect.ValueOf(t).Elem()
	for i, verbs := range bearing() {
		if !v.Field(i).IsZero() {
			out = append(out, verbs...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// unknownVerb finds a verb among those that traits name which no request has; empty: all
// are known.
func (t *Traits) unknownVerb() bind.Verb {
	named := slices.Clone(t.Typed)
	named = slices.AppendSeq(named, maps.Keys(t.MediaTypes))
	named = slices.AppendSeq(named, maps.Keys(t.Partial))
	for _, byVerb := range [...]map[string]int{t.Status, t.Observed} {
		for name := range byVerb {
			named = append(named, bind.Verb(name))
		}
	}
	slices.Sort(named) // so that the error is the same one each time
	for _, v := range named {
		if !v.Known() {
			return v
		}
	}
	return ""
}

// members reads a YAML mapping in its order.
func members(n *yaml.Node) (value.Members, error) {
	if n.Kind == 0 {
		return nil, nil
	}
	if n.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("line %d: not a mapping", n.Line)
	}
	var out value.Members
	for i := 0; i+1 < len(n.Content); i += 2 {
		var v any
		if err := n.Content[i+1].Decode(&v); err != nil {
			return nil, err
		}
		raw, err := value.From(v)
		if err != nil {
			return nil, err
		}
		out.Set(n.Content[i].Value, raw)
	}
	return out, nil
}
