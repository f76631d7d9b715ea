// Package jose makes and reads signed tokens: RSA keys that repeat for a seed,
// JWTs in compact form, and sealed texts that only their maker can read. It
// knows no claim and asks nobody; what a token means is for sts to say.
package jose
