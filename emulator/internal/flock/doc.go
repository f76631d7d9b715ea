// Package flock takes a file for one process at a time.
package flock
