// Package control is the control plane below /_emulator: health, version,
// coverage, the CA to trust, reset, the clock, faults, jobs.
package control
