package edm

// At returns n under another name: a navigation of a complex value, which lies
// below the property path that leads to it.
func (n *Navigation) At(name string) *Navigation {
	return &Navigation{Name: name, Type: n.Type, Contains: n.Contains, Nullable: n.Nullable, Computed: n.Computed,
		Binding: n.Binding, Caps: n.Caps, Origin: n.Origin, owner: n.owner}
}

// Navigation returns the answer of a function as if it were contained in what
// the function is bound to, so that a path can go on behind it.
func (o *Operation) Navigation(name string) *Navigation {
	return &Navigation{Name: name, Type: o.Returns, Contains: true, Origin: o.Origin, owner: o.owner}
}
