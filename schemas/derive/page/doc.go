// Package page reads one page of the Graph API reference into facts: request
// lines, permissions, tables, examples, and the sketch of a resource. It knows
// the layout of the pages and nothing of the type model; what it does not
// understand it says in Page.Unknown.
//
// Only names, paths, types, codes and flags leave the reader. Prose is looked
// at for the words a rule names and is then dropped.
package page
