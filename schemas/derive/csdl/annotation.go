package csdl

import "strings"

// prefixes of the vocabularies whose terms are known.
var vocabularies = []string{"Org.OData.Core.V1.", "Org.OData.Capabilities.V1.", "Org.OData.Validation.V1."}

// silent lists the terms that are read and carry no fact we serve: texts,
// lifecycle dates, headers a service would like to see.
var silent = map[string]bool{
	"Description": true, "LongDescription": true, "Revisions": true, "IsURL": true, "AcceptableMediaTypes": true,
	"IsLanguageDependent": true, "IsDelta": true, "AutoExpand": true, "SelectRestrictions": true, "SelectSupport": true,
	"ChangeTracking": true, "RequiresExplicitBinding": true, "OperationRestrictions": true, "ExplicitOperationBindings": true, "SkipTokenSupported": true,
}

// term is the short name of the term of an annotation, empty when the
// vocabulary is unknown.
func term(a *node) string {
	full := a.attr("Term")
	for _, v := range vocabularies {
		if short, ok := strings.CutPrefix(full, v); ok {
			return short
		}
	}
	return ""
}

func (rd *reader) unused(full, where string) {
	short := full[strings.LastIndexByte(full, '.')+1:]
	if silent[short] {
		rd.note("annotation without a fact to keep: "+full, where)
		return
	}
	rd.note("unknown annotation: "+full, where)
}

func (rd *reader) annotateType(t *Type, a *node) {
	switch term(a) {
	case "AlternateKeys":
		t.AlternateKeys = append(t.AlternateKeys, alternateKeys(a)...)
	default:
		if !rd.facts(t.Facts, t.Name, a) {
			rd.unused(a.attr("Term"), t.Name)
		}
	}
}

func (rd *reader) annotateProperty(p *Property, where string, a *node) {
	switch term(a) {
	case "Computed":
		p.Computed = rd.boolean(a, "Bool", true)
	case "Immutable":
		p.Immutable = rd.boolean(a, "Bool", true)
	case "Permissions": // read only for clients is what Computed means to us
		p.Computed = p.Computed || strings.HasSuffix(enumMember(a), "/Read")
	case "DerivedTypeConstraint":
		rd.note("constraint on the derived types of a property is not kept", where)
	default:
		if !rd.facts(p.Facts, where, a) {
			rd.unused(a.attr("Term"), where)
		}
	}
}

func (rd *reader) annotateNavigation(n *Navigation, where string, a *node) {
	switch term(a) {
	case "Computed":
		n.Computed = rd.boolean(a, "Bool", true)
	case "Permissions":
		n.Computed = n.Computed || strings.HasSuffix(enumMember(a), "/Read")
	case "DerivedTypeConstraint":
		for _, c := range a.kids {
			for _, s := range c.kids {
				n.Derived = append(n.Derived, rd.full(s.text))
			}
		}
	default:
		if !rd.facts(n.Facts, where, a) {
			rd.unused(a.attr("Term"), where)
		}
	}
}

// enumMember is the text of the first EnumMember below a.
func enumMember(a *node) string {
	for _, k := range a.kids {
		if k.name == "EnumMember" {
			return k.text
		}
	}
	return a.attr("EnumMember")
}

// alternateKeys reads Record > Key > Collection > Record{Name}; the alias is
// left out because clients use property names.
func alternateKeys(a *node) [][]string {
	var keys [][]string
	for _, key := range find(a, "Key") {
		var names []string
		for _, part := range find(key, "Name") {
			names = append(names, part.attr("PropertyPath"))
		}
		if len(names) > 0 {
			keys = append(keys, names)
		}
	}
	return keys
}

// find returns the PropertyValue elements of that name below n, outermost only.
func find(n *node, property string) []*node {
	var out []*node
	for _, k := range n.kids {
		if k.name == "PropertyValue" && k.attr("Property") == property {
			out = append(out, k)
			continue
		}
		out = append(out, find(k, property)...)
	}
	return out
}
