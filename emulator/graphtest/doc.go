// Package graphtest starts an emulator for one test and closes it with the test.
//
// Start gives a server on a port of its own with clients that carry tokens.
// Conversations runs the exchanges of YAML files, each file against a fresh
// emulator; a conversation is a golden test, an example and a bug report in one.
package graphtest
