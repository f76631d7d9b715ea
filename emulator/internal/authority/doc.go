// Package authority says who a caller is, and gives out the tokens that say it: the
// addresses of Microsoft's sign-in, with their pages, on the emulator's own port
// and under the names of the cloud. What a token means is sts's to know.
package authority
