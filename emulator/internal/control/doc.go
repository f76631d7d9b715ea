// Package control is the control plane below /_emulator: health, version,
// coverage, reset, the clock.
package control
