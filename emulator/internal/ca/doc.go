// Package ca is a certificate authority for one machine: it can vouch for a closed
// list of names and for nothing else, because its own certificate says so. Whoever
// trusts it risks no other name, even if the key is stolen.
//
// It lives by the machine's clock and not by the emulator's, as its clients do.
package ca
