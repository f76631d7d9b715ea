package tenantfile

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/provision"
	"github.com/graph-emulator/graph-emulator/emulator/internal/password"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// DumpOptions say how a world is written.
type DumpOptions struct {
	Create        func(name string) (io.WriteCloser, error) // makes a file of the tree
	KeepPasswords bool                                      // as they are, not as hashes
}

// Dump writes a world as a tenant tree that Load reads: one file for each
// navigation of the service root, one line for each entity in it, contents and
// long texts in files of their own.
func Dump(e *op.Core, w *op.World, o DumpOptions, models ...*edm.Model) error {
	d := &dumper{e: e, tx: &w.Store.Scan().Reader, models: models, create: o.Create, keepPasswords: o.KeepPasswords}
	var err error
	if d.cleared, err = provision.Deleted(e, d.tx); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	lacks := provision.DeletedOf(e, d.tx, 0, nil, d.cleared[0])
	d.cleared[0] = lacks
	for _, nav := range withAll(d.tx.Navs(0), lacks) {
		if strings.HasPrefix(nav, heap.HiddenPrefix) {
			continue
		}
		if err := d.file(nav); err != nil {
			return fmt.Errorf("export %s: %w", nav, err)
		}
	}
	return nil
}

// JSON is a world as one object of JSON: what Dump writes, without contents.
func JSON(e *op.Core, w *op.World, models ...*edm.Model) value.Raw {
	d := &dumper{e: e, tx: &w.Store.Scan().Reader, models: models}
	var out value.Members
	for _, nav := range d.tx.Navs(0) {
		n, ok := d.navigation("", nav)
		if !ok || strings.HasPrefix(nav, "$") {
			continue
		}
		var list []value.Raw
		for ref := range d.tx.Members(0, nav, 0) {
			if one, err := d.entity(ref, n); err == nil { // only contents can fail
				list = append(list, one)
			}
		}
		switch {
		case n.Type.Many:
			out.Set(nav, value.Array(list...))
		case len(list) > 0:
			out.Set(nav, list[0])
		}
	}
	return out.Object()
}

type dumper struct {
	e      *op.Core
	tx     *store.Reader
	models []*edm.Model
	create func(string) (io.WriteCloser, error) // nil: contents are left out
	files  int                                  // beside those of navigations
	// keepPasswords writes what traits say is hashed as it is.
	keepPasswords bool
	// cleared are the keys of the tenant's built-in entities that are not there any more, by owner
	// and collection.
	cleared map[store.Ref]map[string][]string
}

// withAll adds the keys of a map to a list of names, and sorts it.
func withAll(names []string, more map[string][]string) []string {
	names = slices.AppendSeq(names, maps.Keys(more))
	slices.Sort(names)
	return slices.Compact(names)
}

// lack is what stands for a built-in entity that is not there any more.
func lack(key string) value.Raw {
	return value.Members{{Name: "$gone", Value: value.String(key)}}.Object()
}

// navigation finds a stored navigation in the models.
func (d *dumper) navigation(owner edm.Name, nav string) (*edm.Navigation, bool) {
	for _, m := range d.models {
		t := m.Root()
		if owner != "" {
			var ok bool
			if t, ok = m.Type(owner); !ok {
				continue
			}
		}
		if n, ok := t.Navigation(nav); ok {
			return n, true
		}
	}
	return nil, false
}

func (d *dumper) file(nav string) (err error) {
	n, ok := d.navigation("", nav)
	if !ok {
		return nil // of a model that is no longer in use
	}
	f, err := d.create(nav + ".yaml")
	if err != nil {
		return err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	if _, err := fmt.Fprintf(f, "%s:\n", nav); err != nil {
		return err
	}
	dash := "  - "
	if !n.Type.Many {
		dash = "  "
	}
	for ref := range d.tx.Members(0, nav, 0) {
		line, err := d.entity(ref, n)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(f, "%s%s\n", dash, fixtures.EscapeJSON(string(line))); err != nil {
			return err
		}
	}
	for _, key := range d.cleared[0][nav] {
		if _, err := fmt.Fprintf(f, "%s%s\n", dash, fixtures.EscapeJSON(string(lack(key)))); err != nil {
			return err
		}
	}
	return nil
}

// entity writes one entity as JSON: its members, its contents, what it contains
// and what it refers to.
func (d *dumper) entity(ref store.Ref, nav *edm.Navigation) (value.Raw, error) {
	ent, ok := d.tx.Get(ref)
	if !ok {
		return value.Null, nil
	}
	typ := edm.Name(ent.Object.Type())
	var out value.Members
	if typ != nav.Type.Name {
		out.Set("@odata.type", value.String("#"+string(typ)))
	}
	for _, m := range ent.Object.Members() {
		if strings.HasPrefix(m.Name, "@") {
			continue
		}
		v, err := d.beside(d.hashed(typ, ent.Object, m))
		if err != nil {
			return "", err
		}
		out.Set(m.Name, v)
	}
	for _, name := range d.tx.Blobs(ref) {
		if err := d.content(ref, name, &out); err != nil {
			return "", err
		}
	}
	links := d.tx.Hidden(ref) // they come back with what is deleted
	names := d.tx.Navs(ref)
	for _, l := range links {
		names = append(names, l.Nav)
	}
	var lacks map[string][]string
	if d.create != nil { // a tree to be loaded
		_, t := d.e.ModelOf(typ)
		lacks = provision.DeletedOf(d.e, d.tx, ref, t, d.cleared[ref])
	}
	for _, name := range withAll(names, lacks) {
		n, ok := d.navigation(typ, name)
		if !ok {
			continue
		}
		var list []value.Raw
		for to := range d.tx.Members(ref, name, 0) {
			raw, err := d.member(ref, to, n)
			if err != nil {
				return "", err
			}
			list = append(list, raw)
		}
		for _, l := range links {
			if l.Nav == name {
				list = append(list, d.link(l.To))
			}
		}
		for _, key := range lacks[name] {
			list = append(list, lack(key))
		}
		switch {
		case len(list) == 0:
		case n.Type.Many:
			out.Set(name, value.Array(list...))
		default:
			out.Set(name, list[0])
		}
	}
	return out.Object(), nil
}

// member writes a contained entity whole, any other as a link.
func (d *dumper) member(owner, to store.Ref, n *edm.Navigation) (value.Raw, error) {
	from, nav, _, ok := d.tx.Owner(to)
	if ok && from == owner && nav == n.Name {
		return d.entity(to, n)
	}
	return d.link(to), nil
}

func (d *dumper) link(to store.Ref) value.Raw {
	return value.Members{{Name: "$ref", Value: value.String(d.path(to))}}.Object()
}

// path is where an entity lies, from the service root.
func (d *dumper) path(ref store.Ref) string {
	var parts []string
	for ref != 0 {
		from, nav, key, ok := d.tx.Owner(ref)
		if !ok {
			break
		}
		if key != "" {
			parts = append(parts, url.PathEscape(key))
		}
		parts = append(parts, nav)
		if cast := d.cast(from, nav); cast != "" {
			parts = append(parts, cast)
		}
		ref = from
	}
	slices.Reverse(parts)
	return "/" + strings.Join(parts, "/")
}

// cast is the type that a path has to name before it goes on by nav, where what the
// entity is declared as does not have it; empty: none.
func (d *dumper) cast(ref store.Ref, nav string) string {
	from, in, _, ok := d.tx.Owner(ref)
	if !ok || ref == 0 {
		return ""
	}
	above, _ := d.tx.Get(from)
	n, ok := d.navigation(edm.Name(above.Object.Type()), in)
	if !ok {
		return ""
	}
	if _, ok := n.Target().Navigation(nav); ok {
		return ""
	}
	ent, _ := d.tx.Get(ref)
	return ent.Object.Type()
}

func (d *dumper) content(ref store.Ref, name string, out *value.Members) error {
	blob, _, ok := d.tx.Blob(ref, name)
	if !ok || d.create == nil {
		return nil
	}
	file, err := d.side(".bin", blob.Reader())
	if err != nil {
		return err
	}
	content := value.Members{{Name: "$file", Value: value.String(file)}}.Object()
	stream := value.Members{{Name: "$content", Value: content}, {Name: "$type", Value: value.String(blob.MediaType())}}
	if name != "$value" {
		out.Set(name, stream.Object())
		return nil
	}
	for _, m := range stream {
		out.Set(m.Name, m.Value)
	}
	return nil
}

// side writes a file beside those of navigations and gives its name.
func (d *dumper) side(ext string, from io.Reader) (name string, err error) {
	d.files++
	name = "content-" + strconv.Itoa(d.files) + ext
	f, err := d.create(name)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, from)
	return name, errors.Join(err, f.Close())
}

// longText is the length from which a text gets a file of its own, in bytes: YAML takes
// a second for ten million of them.
const longText = 32 << 10

// beside puts the long texts of a value into files.
func (d *dumper) beside(v value.Raw) (value.Raw, error) {
	if len(v) < longText || d.create == nil {
		return v, nil
	}
	switch v.Kind() {
	case value.KindString:
		text, _ := v.Text()
		name, err := d.side(".txt", strings.NewReader(text))
		return value.Members{{Name: "$text", Value: value.String(name)}}.Object(), err
	case value.KindObject:
		members := v.Members()
		for i := range members {
			var err error
			if members[i].Value, err = d.beside(members[i].Value); err != nil {
				return "", err
			}
		}
		return members.Object(), nil
	case value.KindArray:
		var list []value.Raw
		for el := range v.Elements() {
			el, err := d.beside(el)
			if err != nil {
				return "", err
			}
			list = append(list, el)
		}
		return value.Array(list...), nil
	}
	return v, nil
}

// hashed is the value of a member as a tree holds it: with the passwords that no answer shows,
// and with hashes in place of all. The salt is the entity's id, so that one state is written one way.
func (d *dumper) hashed(typ edm.Name, o value.Object, m value.Member) value.Raw {
	_, t := d.e.ModelOf(typ)
	if d.create == nil || t == nil {
		return m.Value
	}
	for _, at := range d.e.Types.Of(t).Traits.Hashed {
		name, inner, _ := strings.Cut(at, "/")
		if name != m.Name {
			continue
		}
		if beside, _ := o.Get(password.Beside); beside.Kind() == value.KindObject {
			m.Value = disclosed(m.Value, inner, beside.Members())
		}
		if !d.keepPasswords {
			id, _ := o.Get("id")
			m.Value = hashedIn(m.Value, inner, string(id))
		}
	}
	return m.Value
}

// disclosed sets a member of each credential of a list to its password.
func disclosed(v value.Raw, name string, by value.Members) value.Raw {
	if v.Kind() != value.KindArray {
		return v
	}
	var list []value.Raw
	for el := range v.Elements() {
		m := el.Members().Clone()
		for _, secret := range by {
			if strings.EqualFold(secret.Name, m.Text("keyId")) && !secret.Value.IsNull() {
				m.Set(name, secret.Value)
			}
		}
		list = append(list, m.Object())
	}
	return value.Array(list...)
}

// hashedIn hashes a member of an object, or of each object of a list.
func hashedIn(v value.Raw, name, salt string) value.Raw {
	switch v.Kind() {
	case value.KindObject:
		members := v.Members()
		if text := members.Text(name); text != "" {
			members.Set(name, value.String(password.Hash(text, salt)))
			return members.Object()
		}
	case value.KindArray:
		var list []value.Raw
		for el := range v.Elements() {
			list = append(list, hashedIn(el, name, salt))
		}
		return value.Array(list...)
	}
	return v
}

// owned is the node of an owner in another model; see loader.entity.
func owned(n *workload.Node, t *edm.Type) *workload.Node {
	c := *n
	c.Type = t
	return &c
}
