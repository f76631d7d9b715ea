package csdl

func (rd *reader) structured(ns string, n *node) error {
	name, err := rd.define(ns, n)
	if err != nil {
		return err
	}
	rd.expect(n, "Name", "BaseType", "Abstract", "OpenType", "HasStream")
	t := Type{
		Name:     name,
		Kind:     Complex,
		Base:     rd.full(n.attr("BaseType")),
		Abstract: rd.boolean(n, "Abstract", false),
		Open:     rd.boolean(n, "OpenType", false),
		Stream:   rd.boolean(n, "HasStream", false),
		Facts:    Facts{},
	}
	if n.name == "EntityType" {
		t.Kind = Entity
	}
	for _, k := range n.kids {
		switch k.name {
		case "Key":
			for _, ref := range rd.kids(k, "PropertyRef") {
				rd.expect(ref, "Name")
				t.Key = append(t.Key, ref.attr("Name"))
			}
		case "Property":
			t.Properties = append(t.Properties, rd.property(name, k))
		case "NavigationProperty":
			t.Navigations = append(t.Navigations, rd.navigation(name, k))
		case "Annotation":
			rd.annotateType(&t, k)
		default:
			rd.note("unknown element", k.name+" in "+n.name)
		}
	}
	rd.doc.Types = append(rd.doc.Types, t)
	return nil
}

func (rd *reader) property(owner string, n *node) Property {
	rd.expect(n, "Name", "Type", "Nullable", "Scale", "Precision", "MaxLength", "Unicode")
	p := Property{Name: n.attr("Name"), Type: rd.full(n.attr("Type")), Nullable: rd.boolean(n, "Nullable", true), Facts: Facts{}}
	for _, a := range rd.kids(n, "Annotation") {
		rd.annotateProperty(&p, owner+"/"+p.Name, a)
	}
	return p
}

func (rd *reader) navigation(owner string, n *node) Navigation {
	rd.expect(n, "Name", "Type", "Nullable", "ContainsTarget", "Partner")
	nav := Navigation{
		Name:     n.attr("Name"),
		Type:     rd.full(n.attr("Type")),
		Nullable: rd.boolean(n, "Nullable", true),
		Contains: rd.boolean(n, "ContainsTarget", false),
		Facts:    Facts{},
	}
	for _, a := range rd.kids(n, "Annotation") {
		rd.annotateNavigation(&nav, owner+"/"+nav.Name, a)
	}
	return nav
}

func (rd *reader) container(ns string, n *node) {
	rd.expect(n, "Name")
	rd.doc.Container = ns + "." + n.attr("Name")
	for _, k := range n.kids {
		nav := Navigation{Name: k.attr("Name"), Contains: true, Facts: Facts{}}
		switch k.name {
		case "EntitySet":
			rd.expect(k, "Name", "EntityType")
			nav.Type = "Collection(" + rd.full(k.attr("EntityType")) + ")"
		case "Singleton":
			rd.expect(k, "Name", "Type")
			nav.Type = rd.full(k.attr("Type"))
		default:
			rd.note("unknown element", k.name+" in EntityContainer")
			continue
		}
		for _, c := range k.kids {
			switch c.name {
			case "NavigationPropertyBinding":
				rd.expect(c, "Path", "Target")
				nav.Bindings = append(nav.Bindings, Binding{Path: c.attr("Path"), Target: c.attr("Target")})
			case "Annotation":
				rd.annotateNavigation(&nav, rd.doc.Container+"/"+nav.Name, c)
			default:
				rd.note("unknown element", c.name+" in "+k.name)
			}
		}
		rd.doc.Sets = append(rd.doc.Sets, nav)
	}
}

func (rd *reader) operation(ns string, n *node) error {
	rd.expect(n, "Name", "IsBound", "IsComposable", "EntitySetPath")
	op := Operation{
		Name: n.attr("Name"), Namespace: ns, Action: n.name == "Action",
		Composable: rd.boolean(n, "IsComposable", false), EntitySetPath: n.attr("EntitySetPath"),
	}
	bound := rd.boolean(n, "IsBound", false)
	for _, k := range n.kids {
		switch k.name {
		case "Parameter":
			p := rd.parameter(k)
			if bound && op.Binding == "" {
				op.Binding = p.Type
				continue
			}
			op.Parameters = append(op.Parameters, p)
		case "ReturnType":
			rd.expect(k, "Type", "Nullable", "Unicode")
			op.Returns, op.ReturnsNullable = rd.full(k.attr("Type")), rd.boolean(k, "Nullable", true)
			for _, a := range rd.kids(k, "Annotation") {
				rd.unused(a.attr("Term"), op.Name)
			}
		case "Annotation":
			if a := term(k); a == "RequiresExplicitBinding" {
				op.Explicit = true
			} else {
				rd.unused(k.attr("Term"), op.Name)
			}
		default:
			rd.note("unknown element", k.name+" in "+n.name)
		}
	}
	if bound && op.Binding == "" {
		rd.note("bound operation without a binding parameter", op.Name)
	}
	rd.doc.Operations = append(rd.doc.Operations, op)
	return nil
}

func (rd *reader) parameter(n *node) Parameter {
	rd.expect(n, "Name", "Type", "Nullable", "Unicode", "MaxLength", "Precision", "Scale")
	p := Parameter{Name: n.attr("Name"), Type: rd.full(n.attr("Type")), Nullable: rd.boolean(n, "Nullable", true)}
	for _, a := range rd.kids(n, "Annotation") {
		if term(a) == "OptionalParameter" {
			p.Optional = true
		} else {
			rd.unused(a.attr("Term"), p.Name)
		}
	}
	return p
}
