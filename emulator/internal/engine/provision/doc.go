// Package provision puts the built-in entities where they belong: what every tenant has
// from its first day (roles, Microsoft's service principals), and what every entity of a
// type has (the folders of a mailbox). It does so when a request first comes there, so
// that a start pays nothing: for a write on its way, for a read before it begins (Reach). It
// knows which of them a tenant has deleted.
package provision
