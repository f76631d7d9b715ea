// Package interchange reads the files of other tools as conversations, and writes
// conversations as theirs: HAR 1.2 both ways, cassettes of go-vcr (format 1 and 2) in,
// mocks of Dev Proxy and mappings of WireMock both ways, as stubs. It also reads
// graph-shapes, which are scrubbed exchanges with the real service.
//
// A file is read whole or not at all: what is torn, foreign, or says what a conversation
// cannot say, is an error with file and line. What is left out on purpose, such as a mock
// of another service, is a note. Nothing is scrubbed here.
package interchange
