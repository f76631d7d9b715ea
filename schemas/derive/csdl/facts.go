package csdl

import "strings"

// capability names the fact that a Boolean inside a Capabilities term states.
var capability = map[string]map[string]string{
	"CountRestrictions":  {"Countable": "countable"},
	"ExpandRestrictions": {"Expandable": "expandable"},
	"FilterRestrictions": {"Filterable": "filterable"},
	"SearchRestrictions": {"Searchable": "search"},
	"SortRestrictions":   {"Sortable": "sortable"},
	"InsertRestrictions": {"Insertable": "insertable"},
	"UpdateRestrictions": {"Updatable": "updatable", "Upsertable": "upsertable"},
	"DeleteRestrictions": {"Deletable": "deletable"},
	"ReadRestrictions":   {"Readable": "readable"},
}

// tagging terms are Booleans of their own.
var tagging = map[string]string{"SkipSupported": "skip", "TopSupported": "top", "IndexableByKey": "indexable"}

// nonExpandable lists, in ExpandRestrictions, the exceptions of a set.
const nonExpandable = "NonExpandableProperties"

// facts adds what a Capabilities annotation states and reports whether the
// term is one of them. Nested records (ReadByKeyRestrictions, the records of
// NavigationRestrictions) are about another place and are noted, except that a
// navigation property says of itself through a single record.
func (rd *reader) facts(f Facts, where string, a *node) bool {
	name := term(a)
	if fact, ok := tagging[name]; ok {
		f[fact] = a.attr("Bool") != "false"
		return true
	}
	if name == "NavigationRestrictions" {
		navigationFacts(f, a)
		return true
	}
	props, ok := capability[name]
	if !ok {
		return false
	}
	for _, record := range a.kids {
		for _, v := range record.kids {
			property := v.attr("Property")
			fact, ok := props[property]
			switch {
			case ok && v.attrs["Bool"] != "":
				f[fact] = v.attr("Bool") == "true"
			case property == nonExpandable: // see notExpandable
			case property == "UpdateMethod" && strings.HasSuffix(enumMember(v), "/PUT"):
				f["put"] = true
			default:
				rd.note("capability not kept: "+name+"/"+property, where)
			}
		}
	}
	return true
}

// navigationFacts reads RestrictedProperties > Record without a
// NavigationProperty of its own: the restriction is about the annotated member.
func navigationFacts(f Facts, a *node) {
	for _, restricted := range find(a, "RestrictedProperties") {
		for _, record := range records(restricted) {
			about := false
			for _, v := range record.kids {
				about = about || v.attr("Property") == "NavigationProperty"
			}
			if about {
				continue
			}
			for _, v := range record.kids {
				if v.attr("Property") == "IndexableByKey" && v.attrs["Bool"] != "" {
					f["indexable"] = v.attr("Bool") == "true"
				}
			}
		}
	}
	for _, v := range find(a, "Referenceable") {
		f["referenceable"] = v.attr("Bool") == "true"
	}
}

// records returns the records of a collection.
func records(n *node) []*node {
	var out []*node
	for _, c := range n.kids {
		if c.name == "Record" {
			out = append(out, c)
			continue
		}
		out = append(out, records(c)...)
	}
	return out
}
