// Package admin says where the control plane is, to those who serve it and to those who
// call it.
package admin

// Prefix is what the paths of the control plane begin with. No path of Graph begins so.
const Prefix = "/_emulator"
