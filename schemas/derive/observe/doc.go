// Package observe compiles recorded exchanges with the real service to the facts
// of package observed: it finds the type of every object in an answer and counts
// what the objects show.
//
// It keeps names, forms, codes and error texts. It keeps no values.
package observe
