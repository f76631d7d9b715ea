package csdl

import "strings"

// targets applies the Annotations elements of a schema to what they name.
func (rd *reader) targets(s *node) {
	for _, n := range s.kids {
		if n.name != "Annotations" {
			continue
		}
		rd.expect(n, "Target", "Qualifier")
		path := n.attr("Target")
		head, member, _ := strings.Cut(path, "/")
		head = rd.full(head)
		for _, a := range rd.kids(n, "Annotation") {
			rd.expect(a, "Term", "Bool", "String", "Qualifier", "EnumMember", "PropertyPath")
			rd.annotate(head, member, path, a)
		}
	}
}

func (rd *reader) annotate(head, member, path string, a *node) {
	if strings.Contains(head, "(") {
		rd.unused(a.attr("Term"), path)
		return
	}
	if head == rd.doc.Container && member != "" {
		if n := lookup(rd.doc.Sets, member); n != nil {
			rd.annotateNavigation(n, path, a)
			rd.notExpandable(n, path, a)
			return
		}
		rd.note("annotation of an unknown target", path)
		return
	}
	i, ok := rd.types[head]
	if !ok {
		rd.note("annotation of an unknown target", path)
		return
	}
	t := &rd.doc.Types[i]
	switch {
	case member == "":
		rd.annotateType(t, a)
	case t.Kind == Enum:
		rd.unused(a.attr("Term"), path)
	default:
		rd.annotateMember(t, member, path, a)
	}
}

// notExpandable reads the navigations that ExpandRestrictions of a set names: the
// restriction is about the members of the set, and kept with their type.
func (rd *reader) notExpandable(set *Navigation, path string, a *node) {
	if term(a) != "ExpandRestrictions" {
		return
	}
	item := strings.TrimSuffix(strings.TrimPrefix(set.Type, "Collection("), ")")
	for _, list := range find(a, nonExpandable) {
		for _, name := range paths(list) {
			var n *Navigation
			if i, ok := rd.types[item]; ok {
				n = lookup(rd.doc.Types[i].Navigations, name)
			}
			if n == nil {
				rd.note("restriction of $expand on an unknown navigation", path+"/"+name)
				continue
			}
			n.Facts["expandable"] = false
		}
	}
}

// paths are the texts of the NavigationPropertyPath elements below n.
func paths(n *node) []string {
	var out []string
	for _, k := range n.kids {
		if k.name == "NavigationPropertyPath" {
			out = append(out, k.text)
		}
		out = append(out, paths(k)...)
	}
	return out
}

func (rd *reader) annotateMember(t *Type, member, path string, a *node) {
	for i := range t.Properties {
		if t.Properties[i].Name == member {
			rd.annotateProperty(&t.Properties[i], path, a)
			return
		}
	}
	if n := lookup(t.Navigations, member); n != nil {
		rd.annotateNavigation(n, path, a)
		return
	}
	rd.note("annotation of an unknown target", path)
}

func lookup(navs []Navigation, name string) *Navigation {
	for i := range navs {
		if navs[i].Name == name {
			return &navs[i]
		}
	}
	return nil
}
