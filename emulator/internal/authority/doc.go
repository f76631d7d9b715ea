// Package authority says who a caller is.
package authority
