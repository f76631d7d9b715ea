package derive

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// patch is one correction of the sources. Reason says why it is right; an
// entry without one is refused.
type patch struct {
	Reason     string                               `json:"reason"`
	Versions   []string                             `json:"versions"`
	Operations map[string]map[string]patchOperation `json:"operations"` // template -> method
	Types      map[string]patchType                 `json:"types"`
}

// patchOperation declares a documented operation.
type patchOperation struct {
	Page     string   `json:"page"`
	Status   int      `json:"status"`
	Returns  string   `json:"returns"`
	Required []string `json:"required"`
	Strict   []string `json:"strict"`
}

// patchType adds members to a type, or defines a type the sources lack.
type patchType struct {
	Kind       string                     `json:"kind"`
	Base       string                     `json:"base"`
	Open       *bool                      `json:"open"`
	Properties map[string]string          `json:"properties"` // name -> type
	Navigation map[string]patchNavigation `json:"navigation"`
}

// patchNavigation adds a navigation, or, without a type, states facts of one there is.
type patchNavigation struct {
	Type     string          `json:"type"`
	Contains bool            `json:"contains"`
	Facts    map[string]bool `json:"facts"` // capabilities, as in a schema file
}

// readPatches reads every JSON file of the tree, in order of their names, and
// keeps the entries of one version.
func readPatches(files fs.FS, version string) ([]patch, error) {
	if files == nil {
		return nil, nil
	}
	paths, err := fs.Glob(files, "*.json")
	if err != nil {
		return nil, err
	}
	var out []patch
	for _, p := range paths {
		entries, err := readPatch(files, p)
		if err != nil {
			return nil, fmt.Errorf("patch %s: %w", p, err)
		}
		for i, e := range entries {
			if strings.TrimSpace(e.Reason) == "" || len(e.Versions) == 0 {
				return nil, fmt.Errorf("patch %s: entry %d lacks a reason or versions", p, i+1)
			}
			if slices.Contains(e.Versions, version) {
				out = append(out, e)
			}
		}
	}
	return out, nil
}

func readPatch(files fs.FS, name string) ([]patch, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var entries []patch
	dec := json.NewDecoder(f)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&entries); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text after the entries")
	}
	return entries, nil
}

// apply makes the corrections of types. They win over every source.
func (d *draft) apply(patches []patch) error {
	for _, p := range patches {
		for _, name := range sortedKeys(p.Types) {
			if err := d.applyType(name, p.Types[name]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *draft) applyType(name string, p patchType) error {
	if !wellNamed(name) {
		return fmt.Errorf("patch: %q is not the name of a type", name)
	}
	t := d.find(name)
	if t == nil && p.Kind == "" {
		return fmt.Errorf("patch: type %s is not defined and the patch gives no kind", name)
	}
	t = d.define(name, p.Kind, fromPatch)
	if p.Base != "" {
		t.base = p.Base
	}
	if p.Open != nil {
		t.open = *p.Open
	}
	for _, n := range sortedKeys(p.Properties) {
		delete(t.navs, fold(n))
		t.props[fold(n)] = &prop{name: n, typ: p.Properties[n], origin: fromPatch, nullable: true}
	}
	for _, n := range sortedKeys(p.Navigation) {
		if err := t.patchNavigation(n, p.Navigation[n]); err != nil {
			return err
		}
	}
	return nil
}

func (t *typ) patchNavigation(name string, p patchNavigation) error {
	if p.Type != "" {
		delete(t.props, fold(name))
		root := t.kind == kindRoot // what the service root holds is a set or a singleton
		t.navs[fold(name)] = &nav{name: name, typ: p.Type, origin: fromPatch, contains: p.Contains || root, set: root, nullable: true}
	}
	n := t.navs[fold(name)]
	if n == nil {
		return fmt.Errorf("patch: %s has no navigation %s, and the patch gives it no type", t.name, name)
	}
	facts := map[string]bool{}
	maps.Copy(facts, n.facts)
	for f, v := range p.Facts {
		if _, known := capNames[f]; !known {
			return fmt.Errorf("patch: %s/%s: %q is no capability", t.name, name, f)
		}
		facts[f] = v
	}
	n.facts = facts
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
