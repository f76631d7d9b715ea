// Package origin decides what absolute URLs in answers begin with.
package origin
