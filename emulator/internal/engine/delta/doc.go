// Package delta answers delta queries from the journal of the store. The first round pages
// through what there is; a later round reads what changed between two numbers of the
// journal. Nothing is kept between two rounds but the token.
//
// A round is a question, a position in it (the token), the scope that it is about, the feed
// of the journal, and the emitter of the page.
package delta
