package workload

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
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
	OnSelect      []string // shown only when $select names them
	OneOnly       []string // and a list that selects them is refused (B-2.12)
	Always        []string // shown beside what $select names
	Etag          bool     // @odata.etag stands in the entity
	FlatSelect    bool     // $select takes no path into a complex value
	ReadOnly      []string // beside what the model marks
	Immutable     []string // set on create and never changed (B-4.19)
	Required      []string // on create
	// RequiredWith lists what a create needs in place of Required when it gives the
	// property (a user with identities).
	RequiredWith map[string][]string
	// NotOnCreate are the properties and navigations that a create must not give.
	NotOnCreate []string
	// Takes are names that a body may give although the version's model has them not: the
	// service's own pages send them.
	Takes []string
	// WriteOnly are properties that no answer shows.
	WriteOnly []string
	// Limits are the bounds of values, by property.
	Limits map[string]Limit
	// Unique are properties whose value no other entity has, among all types that
	// say so of a property of this name. They are indexed.
	Unique []string
	// Tag says what versions of the type are told by: "" an etag that If-Match may
	// name, "none" nothing, so that If-Match is ignored, "required" an etag that a
	// change has to name.
	Tag string
	// TagProperties are properties whose text If-Match may name beside the etag.
	TagProperties []string
	PageSize      int            // 0: 100
	MaxTop        int            // 0: 999
	CutTop        bool           // a $top above MaxTop is cut to it, not refused
	WholeLists    []string       // navigations whose members come on one page, whatever $top
	Status        map[string]int // verb -> success status where no operation documents one
	// Units are what reading a navigation or calling an operation of the type costs, by
	// name ($entity: reading one by its key); what is not named costs 1. nil: answers do
	// not say what they cost (B-1.17, B-8.9).
	Units map[string]int
	// ByID are properties that are shown of an entity only when the path names it by its
	// id, and not by another key.
	ByID []string
	// Prefers are the preferences of requests that answers of the type honour:
	// outlook.timezone, outlook.body-content-type, IdType.
	Prefers  []string
	StoredAs map[string]string
	Delta    Delta

	silent bool // they state no behaviour: indexes make answers quick, not other
	feeds  bool // they state that of delta queries, and silent is about the rest
}

// yamlTraits is the closed vocabulary of traits.yaml.
type yamlTraits struct {
	AlternateKeys []string            `yaml:"alternateKeys"`
	ID            string              `yaml:"id"`
	Default       yaml.Node           `yaml:"default"`
	DefaultSelect []string            `yaml:"defaultSelect"`
	ReadOnly      []string            `yaml:"readOnly"`
	Immutable     []string            `yaml:"immutable"`
	Required      []string            `yaml:"required"`
	RequiredWith  map[string][]string `yaml:"requiredWith"`
	NotOnCreate   []string            `yaml:"notOnCreate"`
	WriteOnly     []string            `yaml:"writeOnly"`
	Takes         []string            `yaml:"takes"`
	Limits        map[string]Limit    `yaml:"limits"`
	Unique        []string            `yaml:"unique"`
	Indexed       []string            `yaml:"indexed"`
	Tag           string              `yaml:"tag"`
	TagProperties []string            `yaml:"tagProperties"`
	PageSize      int                 `yaml:"pageSize"`
	MaxTop        int                 `yaml:"maxTop"`
	Status        map[string]int      `yaml:"status"`
	Units         map[string]int      `yaml:"units"`
	ByID          []string            `yaml:"byID"`
	Prefers       []string            `yaml:"prefers"`
	StoredAs      map[string]string   `yaml:"storedAs"`
	Delta         yamlDelta           `yaml:"delta"`
	OnSelect      []string            `yaml:"onSelect"`
	OneOnly       []string            `yaml:"oneOnly"`
	Always        []string            `yaml:"always"`
	Etag          bool                `yaml:"etag"`
	FlatSelect    bool                `yaml:"flatSelect"`
	CutTop        bool                `yaml:"cutTop"`
	WholeLists    []string            `yaml:"wholeLists"`
}

// Limit bounds the value of one property; zero fields do not.
type Limit struct {
	Length  int    `yaml:"length"`  // characters of a text
	Items   int    `yaml:"items"`   // elements of a collection
	Bytes   int    `yaml:"bytes"`   // of decoded base64 text
	Without string `yaml:"without"` // characters that the text may not have
}

var (
	tagForms = []string{"", "none", "required"}
	idForms  = []string{"", "guid", "base64url", "given"}
)

func readTraits(text []byte) (map[edm.Name]*Traits, error) {
	if len(text) == 0 {
		return nil, nil
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	var raw map[edm.Name]*yamlTraits
	if err := d.Decode(&raw); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("traits.yaml: %w", err)
	}
	out := make(map[edm.Name]*Traits, len(raw))
	for name, y := range raw {
		if y == nil {
			y = &yamlTraits{}
		}
		if !slices.Contains(idForms, y.ID) {
			return nil, fmt.Errorf("traits.yaml: %s: unknown id form %q", name, y.ID)
		}
		if !slices.Contains(tagForms, y.Tag) {
			return nil, fmt.Errorf("traits.yaml: %s: unknown tag %q", name, y.Tag)
		}
		indexed := slices.Concat(y.Indexed, y.Unique)
		t := &Traits{AlternateKeys: y.AlternateKeys, Indexed: indexed, ID: y.ID, DefaultSelect: y.DefaultSelect,
			ReadOnly: y.ReadOnly, Required: y.Required, PageSize: y.PageSize, MaxTop: y.MaxTop,
			Status: y.Status, Units: y.Units, ByID: y.ByID, Prefers: y.Prefers, StoredAs: y.StoredAs, Immutable: y.Immutable, RequiredWith: y.RequiredWith,
			NotOnCreate: y.NotOnCreate, WriteOnly: y.WriteOnly, Takes: y.Takes, Limits: y.Limits, Unique: y.Unique, Tag: y.Tag, TagProperties: y.TagProperties,
			OnSelect: y.OnSelect, OneOnly: y.OneOnly, Always: y.Always, Etag: y.Etag, FlatSelect: y.FlatSelect,
			CutTop: y.CutTop, WholeLists: y.WholeLists}
		def, err := members(&y.Default)
		if err != nil {
			return nil, fmt.Errorf("traits.yaml: %s: default: %w", name, err)
		}
		t.Default = def
		if t.Delta, err = y.Delta.read(); err != nil {
			return nil, fmt.Errorf("traits.yaml: %s: delta: %w", name, err)
		}
		t.feeds = !reflect.DeepEqual(t.Delta, Delta{})
		t.silent = reflect.DeepEqual(t.behaviour(), Traits{})
		out[name] = t
	}
	return out, nil
}

// behaviour is what the traits say beyond quick answers, the sizes of pages and the
// form of answers.
func (t Traits) behaviour() Traits {
	t.Indexed, t.Delta, t.feeds, t.PageSize, t.MaxTop, t.CutTop, t.WholeLists = nil, Delta{}, false, 0, 0, false, nil
	t.Always, t.Etag, t.FlatSelect, t.Units, t.Prefers = nil, false, false, nil, nil
	return t
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

// Traits merges what a workload says of all its types, under the name *, and the
// traits of a type and its base types; the derived type wins.
// The engine keeps the result, so it may be slow.
func (r *Registry) Traits(t *edm.Type) Traits {
	out := r.common[r.dialect(t)]
	var chain []*edm.Type
	for b := t; b != nil; b = b.Base() {
		chain = append(chain, b)
	}
	for _, b := range slices.Backward(chain) {
		if own, ok := r.traits[b.Name]; ok {
			out = out.merge(*own)
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
	t.Immutable = append(slices.Clip(t.Immutable), own.Immutable...)
	t.NotOnCreate = append(slices.Clip(t.NotOnCreate), own.NotOnCreate...)
	t.WriteOnly = append(slices.Clip(t.WriteOnly), own.WriteOnly...)
	t.Takes = append(slices.Clip(t.Takes), own.Takes...)
	t.Unique = append(slices.Clip(t.Unique), own.Unique...)
	t.RequiredWith = layered(t.RequiredWith, own.RequiredWith)
	t.Limits = layered(t.Limits, own.Limits)
	t.Units = layered(t.Units, own.Units)
	t.ByID = append(slices.Clip(t.ByID), own.ByID...)
	t.Prefers = append(slices.Clip(t.Prefers), own.Prefers...)
	t.TagProperties = append(slices.Clip(t.TagProperties), own.TagProperties...)
	if own.Tag != "" {
		t.Tag = own.Tag
	}
	t.OnSelect = append(slices.Clip(t.OnSelect), own.OnSelect...)
	t.OneOnly = append(slices.Clip(t.OneOnly), own.OneOnly...)
	t.Always = append(slices.Clip(t.Always), own.Always...)
	t.WholeLists = append(slices.Clip(t.WholeLists), own.WholeLists...)
	t.Etag, t.FlatSelect, t.CutTop = t.Etag || own.Etag, t.FlatSelect || own.FlatSelect, t.CutTop || own.CutTop
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
		own, stated := r.traits[t.Name]
		if stated && (slices.Contains(own.AlternateKeys, member) || slices.Contains(own.Indexed, member)) {
			return store.Index{Type: string(t.Name), Member: member}.Name(), true
		}
	}
	return "", false
}

// layered puts own entries over those of a base type.
func layered[V any](base, own map[string]V) map[string]V {
	if len(own) == 0 {
		return base
	}
	out := make(map[string]V, len(base)+len(own))
	maps.Copy(out, base)
	maps.Copy(out, own)
	return out
}
