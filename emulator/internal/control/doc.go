// Package control is the control plane below /_emulator: health, version, reset.
package control
