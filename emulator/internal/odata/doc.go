// Package odata reads the text of a request, its path and its query, into
// trees that remember where each part stood. It knows no types and holds no
// state: whether a name exists is bind's and eval's question.
//
// Text is decoded exactly once (B-3.16). Every tree prints back, and what it
// prints parses into an equal tree.
package odata
