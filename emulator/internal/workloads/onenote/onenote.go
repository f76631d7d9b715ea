// Package onenote holds what is particular to notebooks, sections and pages.
package onenote

import (
	_ "embed"
	"iter"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

//go:embed traits.yaml
var traits string

const (
	root          = "microsoft.graph.onenote"
	page edm.Name = "microsoft.graph.onenotePage"
)

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name: "onenote",
		Areas: []workload.Area{
			{Name: "Notes", Paths: "groups/onenote sites/onenote users/onenote"},
		},
		Traits: traits,
		Types: []string{
			"microsoft.graph.onenote*",
		},
		Views: []workload.View{
			{Type: root, Nav: "sections", Members: members("sections"), Find: find("sections")},
			{Type: root, Nav: "pages", Members: members("pages"), Find: find("pages")},
		},
		QueryPolicies: []workload.QueryPolicy{{Type: page, Order: workload.OrderBy("lastModifiedDateTime desc"), SkipLinks: true}}, // B-3.64
		Jobs: []workload.Job{
			copies("microsoft.graph.notebook", "copyNotebook"),
			copies("microsoft.graph.onenoteSection", "copyToNotebook"),
			copies("microsoft.graph.onenoteSection", "copyToSectionGroup"),
			copies(page, "copyToSection"),
		},
		Errors: grapherr.Dialect{ // numbers of its own: B-2.33
			grapherr.CaseNotFound: {Code: "20102", Message: "The specified resource ID does not exist.", URL: "https://aka.ms/onenote-errors#C20102"},
		},
	}
}

// copies is a copy of something, whose progress OneNote names in a header of its own.
func copies(t edm.Name, action string) workload.Job {
	return workload.Job{Type: t, Verb: bind.Invoke(action), Operations: "operations", Header: "Operation-Location"}
}

// holders lists what has sections, or pages, of a user's notes: the notes themselves and, below
// them, the notebooks, the section groups and the sections.
func holders(tx *store.Reader, notes store.Ref, nav string) []store.Ref {
	out := []store.Ref{notes}
	for i := 0; i < len(out); i++ {
		for _, below := range [...]string{"notebooks", "sectionGroups", "sections"} {
			if below != nav {
				out = slices.AppendSeq(out, tx.Members(out[i], below, 0))
			}
		}
	}
	return out
}

// members lists all sections, or pages, of a user's notes, wherever they are.
func members(nav string) func(workload.Scope, *workload.Node, store.Ref) iter.Seq[workload.Item] {
	return func(s workload.Scope, owner *workload.Node, after store.Ref) iter.Seq[workload.Item] {
		return func(yield func(workload.Item) bool) {
			if owner.Ref <= 0 {
				return
			}
			var lists []iter.Seq[store.Ref]
			for _, ref := range holders(s.Tx, owner.Ref, nav) {
				lists = append(lists, s.Tx.Members(ref, nav, after))
			}
			for ref := range workload.Rising(lists...) {
				if !yield(workload.Item{At: ref, Ref: ref}) {
					return
				}
			}
		}
	}
}

// find finds one of them by its id.
func find(nav string) func(workload.Scope, *workload.Node, string) (workload.Item, bool) {
	return func(s workload.Scope, owner *workload.Node, key string) (workload.Item, bool) {
		if owner.Ref <= 0 {
			return workload.Item{}, false
		}
		for _, holder := range holders(s.Tx, owner.Ref, nav) {
			if ref, ok := s.Tx.Find(holder, nav, key); ok {
				return workload.Item{At: ref, Ref: ref}, true
			}
		}
		return workload.Item{}, false
	}
}
