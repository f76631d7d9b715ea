package typeinfo_test

import (
	"slices"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/enginetest"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/typeinfo"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// What the base types say and what the type says come together; the type wins.
func TestMerge(t *testing.T) {
	w := enginetest.New(t, op.Options{}, workload.Workload{Name: "w", Traits: `
"*": {pageSize: 7, maxTop: 70}
microsoft.graph.directoryObject: {id: given, pageSize: 8, readOnly: [deletedDateTime], limits: {a: {length: 1}, b: {length: 1}}}
microsoft.graph.user: {id: guid, readOnly: [creationType], limits: {b: {length: 2}}, default: {accountEnabled: true}}
`})
	of := func(name edm.Name) *typeinfo.Info {
		typ, ok := w.Model.Type("microsoft.graph." + name)
		if !ok {
			t.Fatalf("no type %s", name)
		}
		return w.Types.Of(typ)
	}
	user, group := of("user"), of("group")
	for _, tt := range []struct {
		what      string
		got, want any
	}{
		{"the page size of the base type", user.Traits.PageSize, 8},
		{"the maximum of all types", user.Traits.MaxTop, 70},
		{"the type's own form of ids", user.Traits.ID, "guid"},
		{"the base type's form of ids", group.Traits.ID, "given"},
		{"a limit of the base type", user.Traits.Limits["a"].Length, 1},
		{"a limit that the type changes", user.Traits.Limits["b"].Length, 2},
		{"the same limit of another type", group.Traits.Limits["b"].Length, 1},
		{"read-only in the base type", user.ReadOnly("deletedDateTime"), true},
		{"read-only in the type", user.ReadOnly("creationType"), true},
		{"not read-only in another type", group.ReadOnly("creationType"), false},
		{"defaults of a type", len(user.Traits.Default), 1},
		{"no default of another type", len(group.Traits.Default), 0},
		{"the key", user.ID, "id"},
		{"the time of creation", user.CreatedAt, "createdDateTime"},
		{"the same type is asked once", of("user") == user, true},
		{"a member without a place comes last", user.Rank("nothing") > user.Rank("displayName"), true},
		{"texts are searched", slices.Contains(user.Texts, "displayName") && !slices.Contains(user.Texts, "accountEnabled"), true},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.what, tt.got, tt.want)
		}
	}
}
