// Package scrub takes out of requests and answers what must not be kept, so that
// they can be written down and shown to others.
//
// Secrets go: tokens, codes, passwords, assertions, keys, pre-authenticated addresses.
// They are known by the name that they stand under (a header, a member, a parameter)
// and by their form. Names get stand-ins: the same GUID, mail address, host or tenant
// becomes the same stand-in wherever it stands, also in links, in base64 and in the
// payload of a JWT, so that links still lead somewhere.
//
// The ids of Exchange, SharePoint and Teams that hold a GUID, and those that are names of
// their own, keep their length, alphabet and prefix: 19:…@thread.tacv2, AAMk…, b!…, 01….
//
// A stand-in is a keyed hash of what it stands for, and a stand-in of a stand-in is
// itself: what was scrubbed once is the same when it is scrubbed again, and a client
// that knows the real names is answered from a recording that does not. Without a
// key of one's own anyone may compute the stand-in of a name and find out whether it
// occurs; the name cannot be had from the stand-in either way.
package scrub
