// Package csdl reads OData metadata documents (CSDL XML): types, operations,
// the entity container and the annotations that say something about them.
//
// It is strict. An element, attribute or annotation term it does not know is
// an entry in Document.Notes, never a silent skip; XML that is not well formed
// or not CSDL is an error.
package csdl
