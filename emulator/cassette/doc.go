// Package cassette records what a client and a service say to each other, and answers
// in the service's stead from what was recorded. It stands in a client, as an
// http.RoundTripper, or in front of a handler, as middleware.
//
// A cassette is a file of package conversation. Exchanges are appended whole: who is
// killed loses at most the exchange in flight, and leaves a file that loads. What
// package scrub takes for a secret never reaches the disk, and names get stand-ins,
// unless an option says otherwise.
//
// A request is answered by the first exchange of its method, path, query and body that
// has not been used. One that has none is answered 501, which no client tries again,
// with the exchanges that come nearest; see Miss.
package cassette
