// Package onenote holds what is particular to notebooks, sections and pages.
package onenote

import (
	_ "embed"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

//go:embed traits.yaml
var traits string

const root = "microsoft.graph.onenote"

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name:   "onenote",
		Traits: traits,
		Types: []string{
			"microsoft.graph.onenote*",
		},
		Views: []workload.View{
			{Type: root, Nav: "sections", Beside: true, Find: find(section)},
			{Type: root, Nav: "pages", Beside: true, Find: find(page)},
		},
		Errors: grapherr.Dialect{ // numbers of its own: B-2.33
			grapherr.CaseNotFound: {Code: "20102", Message: "The specified resource ID does not exist.", URL: "https://aka.ms/onenote-errors#C20102"},
		},
	}
}

// find gives of a user's notes what is stored in one of the notebooks.
func find(in func(tx *store.Tx, above store.Ref, key string) (store.Ref, bool)) func(workload.Scope, *workload.Node, string) (workload.Item, bool) {
	return func(s workload.Scope, owner *workload.Node, key string) (workload.Item, bool) {
		if owner.Ref <= 0 {
			return workload.Item{}, false
		}
		for book := range s.Tx.Members(owner.Ref, "notebooks", 0) {
			if ref, ok := in(s.Tx, book, key); ok {
				return workload.Item{At: ref, Ref: ref}, true
			}
		}
		return workload.Item{}, false
	}
}

// section finds a section of a notebook or a section group, at any depth.
func section(tx *store.Tx, above store.Ref, key string) (store.Ref, bool) {
	if ref, ok := tx.Find(above, "sections", key); ok {
		return ref, true
	}
	for group := range tx.Members(above, "sectionGroups", 0) {
		if ref, ok := section(tx, group, key); ok {
			return ref, true
		}
	}
	return 0, false
}

// page finds a page of a section at any depth.
func page(tx *store.Tx, above store.Ref, key string) (store.Ref, bool) {
	for s := range tx.Members(above, "sections", 0) {
		if ref, ok := tx.Find(s, "pages", key); ok {
			return ref, true
		}
	}
	for group := range tx.Members(above, "sectionGroups", 0) {
		if ref, ok := page(tx, group, key); ok {
			return ref, true
		}
	}
	return 0, false
}
