// Package value holds JSON values as canonical text: it reads them strictly,
// takes them apart without decoding them, merges and compares them, and packs
// an entity's members into the small form the store keeps.
//
// Canonical means compact, with no escape that JSON does not demand and with
// numbers as they were written. So equal strings have equal bytes, and what has
// been read once is never parsed again: every function that takes a Raw trusts
// it. A Raw comes from Parse or from the constructors, not from a conversion of
// text somebody sent.
package value
