// Package bind gives an OData path its meaning: it walks the type model along
// the path's segments and says what the whole denotes and which verb a method
// is on it. It holds no state and reads no entity.
//
// The walk itself is edm.Cursor's, which the doc compiler uses too, so that what
// the compiler accepts the server serves; bind adds keys, arguments and verbs.
package bind
