package edm

// member is everything a type has under one name. Names that differ only in
// case share a slot through next.
type member struct {
	name string
	prop *Property
	nav  *Navigation
	one  []*Operation // bound to the type
	many []*Operation // bound to a collection of it
	next *member
}

// slot returns the member called name, made if need be.
func (t *Type) slot(name string) *member {
	key := folded(name)
	first := t.index[key]
	for m := first; m != nil; m = m.next {
		if m.name == name {
			return m
		}
	}
	m := &member{name: name, next: first}
	t.index[key] = m
	return m
}

// member finds the nearest member of that name in t and its base types: in
// each type the exact spelling first, then any other.
func (t *Type) member(name string, fits func(*member) bool) *member {
	var b foldBuf
	key := b.fold(name)
	for ; t != nil; t = t.base {
		var loose *member
		for m := t.index[string(key)]; m != nil; m = m.next {
			if !fits(m) {
				continue
			}
			if m.name == name {
				return m
			}
			loose = m
		}
		if loose != nil {
			return loose
		}
	}
	return nil
}

// inherit links t to its base: shared facts flow down, and each name that is
// overloaded here too gets the overloads of the base behind its own, so that a
// lookup never has to join them.
func (t *Type) inherit(base *Type) {
	t.base = base
	if base == nil {
		return
	}
	if len(t.Key) == 0 {
		t.Key = base.Key
	}
	t.Open = t.Open || base.Open
	t.Stream = t.Stream || base.Stream
	t.AlternateKeys = join(t.AlternateKeys, base.AlternateKeys)
	t.Required = join(base.Required, t.Required)
	t.properties = override(base.properties, t.properties, func(p *Property) string { return p.Name })
	t.navigations = override(base.navigations, t.navigations, func(n *Navigation) string { return n.Name })
	for _, first := range t.index {
		for m := first; m != nil; m = m.next {
			if len(m.one) > 0 {
				m.one = join(m.one, base.overloads(m.name, false))
			}
			if len(m.many) > 0 {
				m.many = join(m.many, base.overloads(m.name, true))
			}
		}
	}
}

// join is append that leaves both lists alone.
func join[E any](a, b []E) []E {
	switch {
	case len(b) == 0:
		return a
	case len(a) == 0:
		return b
	}
	return append(append(make([]E, 0, len(a)+len(b)), a...), b...)
}

// override puts own behind inherited; one that is declared again takes the
// place of the inherited one.
func override[E any](inherited, own []E, name func(E) string) []E {
	if len(inherited) == 0 {
		return own
	}
	if len(own) == 0 {
		return inherited
	}
	all := append(make([]E, 0, len(inherited)+len(own)), inherited...)
next:
	for _, e := range own {
		for i := range inherited {
			if name(inherited[i]) == name(e) {
				all[i] = e
				continue next
			}
		}
		all = append(all, e)
	}
	return all
}
