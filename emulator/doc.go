// Package emulator is a local Microsoft Graph for testing Graph clients: a
// stateful server that validates, stores and answers as the service does.
//
// New makes one; it is an http.Handler and needs no network. Package graphtest
// starts one for a test, with a URL and a client.
package emulator
