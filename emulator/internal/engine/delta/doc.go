// Package delta answers delta queries from the journal of the store. The first round pages
// through what there is; a later round reads what changed between two numbers of the
// journal. Nothing is kept between two rounds but the token.
package delta
