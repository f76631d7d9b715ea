// Package clock is the time of an emulator: another clock, which can be stopped,
// set and moved on. Nothing in the emulator asks the machine for the time.
package clock
