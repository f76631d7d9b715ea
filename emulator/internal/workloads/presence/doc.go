// Package presence is section 11 of the rules: every user has a presence without
// anybody creating it, on three roads. What it shows is the aggregate of sessions,
// each an application's, or what the user prefers; both end by themselves. The two
// calls on /communications/presences write an override that replaces it.
//
// A presence is stored as it shows, so that a read reads. Whatever changes it, a
// call or a wake-up, ends in settle, which reckons the aggregate anew, writes it
// when it differs, and asks to be woken when it will differ by itself.
package presence
