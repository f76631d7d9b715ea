// Package stub finds the stub that answers a request in the engine's stead, and says
// what it answers. It knows requests as texts: a stub may stand where the model has
// nothing.
package stub
