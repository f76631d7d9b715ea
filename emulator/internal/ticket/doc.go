// Package ticket signs addresses of content that are used without a token (B-9.1), and
// reads them again.
package ticket
