// Package fault makes requests to an emulator fail: throttled, refused, delayed or cut off.
// Rules are added to the Set of an emulator, emulator.Server.Faults. A rule hits once unless
// it says otherwise.
package fault
