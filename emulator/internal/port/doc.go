// Package port is how requests reach a handler: one port that answers HTTP, TLS and
// CONNECT, told apart by the first byte of a connection, and a round tripper for
// callers in the same process that need no port.
//
// Interception is not a second server. A CONNECT to a host that the emulator stands
// for takes its connection out of HTTP and hands it back to the listener as if a
// client had just dialled: what comes next is told apart by its first byte, like on
// any other connection.
package port
