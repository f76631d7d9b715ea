package edm

// family is what can be said of the types below a type, read when a path first
// needs it.
type family struct {
	bare    map[string]*Type      // by folded short name
	members map[string][]inherits // by folded name, nearest type first
}

// inherits is a member together with the derived type that declares it.
type inherits struct {
	owner *Type
	*member
}

// Derived returns the types directly derived from t, in the order of its file;
// those which an overlay adds come last.
func (t *Type) Derived() []*Type {
	if list := t.derived.Load(); list != nil {
		return *list
	}
	list := t.model.derivedOf(t)
	t.derived.CompareAndSwap(nil, &list)
	return *t.derived.Load()
}

// DerivedMember finds a property or a navigation that not t but a type derived
// from it declares: clients leave out the cast. Below microsoft.graph.entity
// nothing is searched, for that is every entity there is.
func (t *Type) DerivedMember(name string) (owner *Type, p *Property, n *Navigation, ok bool) {
	m, ok := t.below(name, func(m *member) bool { return m.prop != nil || m.nav != nil })
	if !ok {
		return nil, nil, nil, false
	}
	return m.owner, m.prop, m.nav, true
}

// DerivedOperation is DerivedMember for operations.
func (t *Type) DerivedOperation(name string, many bool) (owner *Type, ops []*Operation) {
	m, ok := t.below(name, func(m *member) bool { return many && m.many != nil || !many && m.one != nil })
	switch {
	case !ok:
		return nil, nil
	case many:
		return m.owner, m.many
	}
	return m.owner, m.one
}

// DerivedType finds a type below t by its short name, without regard to case.
func (t *Type) DerivedType(short string) (*Type, bool) {
	var b foldBuf
	f := t.familyOf()
	if f == nil {
		return nil, false
	}
	d, ok := f.bare[string(b.fold(short))]
	return d, ok
}

func (t *Type) below(name string, fits func(*member) bool) (inherits, bool) {
	var b foldBuf
	f := t.familyOf()
	if f == nil {
		return inherits{}, false
	}
	for _, m := range f.members[string(b.fold(name))] {
		if fits(m.member) {
			return m, true
		}
	}
	return inherits{}, false
}

// familyOf returns nil for a type whose family is not searched, or empty.
func (t *Type) familyOf() *family {
	if f := t.family.Load(); f != nil {
		return f
	}
	if t.Name == EntityName || t.Kind == Enum || t.Kind == Root {
		return nil
	}
	if len(t.Derived()) == 0 {
		return nil
	}
	t.family.CompareAndSwap(nil, readFamily(t))
	return t.family.Load()
}

func readFamily(t *Type) *family {
	f := &family{bare: map[string]*Type{}, members: map[string][]inherits{}}
	seen := map[*Type]bool{t: true} // a broken model may derive in a circle
	for level := t.Derived(); len(level) > 0; {
		var next []*Type
		for _, d := range level {
			if seen[d] {
				continue
			}
			seen[d] = true
			f.add(d)
			next = append(next, d.Derived()...)
		}
		level = next
	}
	return f
}

func (f *family) add(d *Type) {
	short := folded(d.Name.Short())
	if _, taken := f.bare[short]; !taken {
		f.bare[short] = d
	}
	for key, first := range d.index {
		for m := first; m != nil; m = m.next {
			f.members[key] = append(f.members[key], inherits{d, m})
		}
	}
}
