// Package verify holds a conversation again, with an emulator or another service, and
// says in what the answers differ from those that were written down.
//
// A conversation that was thought up says with markers what may differ. Of a recording
// everything counts but what no two services can have in common: an id that an answer
// gave is taken for the one that takes its place, in all that follows; versions, tokens
// of pages and ids of requests are; times count from the clock of whoever answered; and
// only those headers are compared that clients look at. What a request of the
// recording named first was known from elsewhere, and has to be the same.
//
// A recording may have stand-ins in the place of names. They are put back: what the
// server answers, and what an emulator says is in its tenant before the first request, is
// scrubbed as the recording was, which tells whom each stands for.
package verify
