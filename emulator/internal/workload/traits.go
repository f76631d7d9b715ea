package workload

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Traits are the exceptions of one type that can be said in data.
type Traits struct {
	// AlternateKeys are properties whose value names the entity beside its id,
	// also as a plain key (a user's userPrincipalName).
	AlternateKeys []string
	// Indexed are properties by which entities are found without a scan, beside the
	// key and the alternate keys.
	Indexed []string
	// ID is the form of generated ids: "guid" (default), "base64url" (Outlook),
	// "given" (the client's own id is taken; a GUID without one).
	ID string
	// Default holds what a created entity has unless the client says otherwise.
	Default value.Members
	// DefaultSelect lists what an entity shows without $select, in that order;
	// nil: everything.
	DefaultSelect []string
	ReadOnly      []string       // beside what the model marks
	Required      []string       // on create
	PageSize      int            // 0: 100
	MaxTop        int            // 0: 999
	Status        map[string]int // verb -> success status where no operation documents one
	StoredAs      map[string]string
	Delta         Delta

	silent bool // they state no behaviour: indexes make answers quick, not other
	feeds  bool // they state that of delta queries, and silent is about the rest
}

// yamlTraits is the closed vocabulary of traits.yaml.
type yamlTraits struct {
	AlternateKeys []string          `yaml:"alternateKeys"`
	Indexed       []string          `yaml:"indexed"`
	ID            string            `yaml:"id"`
	Default       yaml.Node         `yaml:"default"`
	DefaultSelect []string          `yaml:"defaultSelect"`
	ReadOnly      []string          `yaml:"readOnly"`
	Required      []string          `yaml:"required"`
	PageSize      int               `yaml:"pageSize"`
	MaxTop        int               `yaml:"maxTop"`
	Status        map[string]int    `yaml:"status"`
	StoredAs      map[string]string `yaml:"storedAs"`
	Delta         yamlDelta         `yaml:"delta"`
}

var idForms = []string{"", "guid", "base64url", "given"}

func readTraits(text []byte) (map[edm.Name]Traits, error) {
	if len(text) == 0 {
		return nil, nil
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	var raw map[edm.Name]yamlTraits
	if err := d.Decode(&raw); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("traits.yaml: %w", err)
	}
	out := make(map[edm.Name]Traits, len(raw))
	for name, y := range raw {
		if !slices.Contains(idForms, y.ID) {
			return nil, fmt.Errorf("traits.yaml: %s: unknown id form %q", name, y.ID)
		}
		t := Traits{AlternateKeys: y.AlternateKeys, Indexed: y.Indexed, ID: y.ID, DefaultSelect: y.DefaultSelect,
			ReadOnly: y.ReadOnly, Required: y.Required, PageSize: y.PageSize, MaxTop: y.MaxTop,
			Status: y.Status, StoredAs: y.StoredAs}
		def, err := members(&y.Default)
		if err != nil {
			return nil, fmt.Errorf("traits.yaml: %s: default: %w", name, err)
		}
		t.Default = def
		if t.Delta, err = y.Delta.read(); err != nil {
			return nil, fmt.Errorf("traits.yaml: %s: delta: %w", name, err)
		}
		seen := t
		seen.Indexed, seen.Delta = nil, Delta{}
		t.feeds = !reflect.DeepEqual(t.Delta, Delta{})
		t.silent = reflect.DeepEqual(seen, Traits{})
		out[name] = t
	}
	return out, nil
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

// Traits merges the traits of a type and its base types; the derived type wins.
// The engine keeps the result, so it may be slow.
func (r *Registry) Traits(t *edm.Type) Traits {
	var out Traits
	var chain []*edm.Type
	for b := t; b != nil; b = b.Base() {
		chain = append(chain, b)
	}
	for _, b := range slices.Backward(chain) {
		if own, ok := r.traits[b.Name]; ok {
			out = out.merge(own)
		}
	}
	return out
}

func (t Traits) merge(own Traits) Traits {
	t.AlternateKeys = append(slices.Clip(t.AlternateKeys), own.AlternateKeys...)
	t.Indexed = append(slices.Clip(t.Indexed), own.Indexed...)
	t.ReadOnly = append(slices.Clip(t.ReadOnly), own.ReadOnly...)
	t.Required = append(slices.Clip(t.Required), own.Required...)
	t.Default = append(slices.Clip(t.Default), own.Default...)
	if own.ID != "" {
		t.ID = own.ID
	}
	if own.DefaultSelect != nil {
		t.DefaultSelect = own.DefaultSelect
	}
	if own.PageSize != 0 {
		t.PageSize = own.PageSize
	}
	if own.MaxTop != 0 {
		t.MaxTop = own.MaxTop
	}
	if own.Status != nil {
		t.Status = own.Status
	}
	t.Delta = t.Delta.merge(own.Delta)
	if own.StoredAs != nil {
		t.StoredAs = own.StoredAs
	}
	return t
}

// Indexes lists what the traits say that entities are found by, by type and member.
// The list is shared.
func (r *Registry) Indexes() []store.Index { return r.indexes }

func (r *Registry) listIndexes() []store.Index {
	var out []store.Index
	for name, t := range r.traits {
		for _, member := range slices.Concat(t.AlternateKeys, t.Indexed) {
			out = append(out, store.Index{Type: string(name), Member: member})
		}
	}
	slices.SortFunc(out, func(a, b store.Index) int { return strings.Compare(a.Name(), b.Name()) })
	return slices.Compact(out)
}

// Index names the index that finds entities of t by a member.
func (r *Registry) Index(t *edm.Type, member string) (name string, ok bool) {
	for ; t != nil; t = t.Base() {
		own := r.traits[t.Name]
		if slices.Contains(own.AlternateKeys, member) || slices.Contains(own.Indexed, member) {
			return store.Index{Type: string(t.Name), Member: member}.Name(), true
		}
	}
	return "", false
}
