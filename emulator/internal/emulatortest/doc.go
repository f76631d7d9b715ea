// Package emulatortest starts emulators and talks to them without a network, for the tests
// of the packages that the emulator consists of. Such a test is an external one
// (package authority_test): this package imports the emulator, and so all of them.
//
// What tests of several packages need may live here, if it does one thing for all of them:
// start, ask, read. What one package needs lives in a test file of that package. Tests of
// the engine that need no HTTP use enginetest; programs of others use graphtest.
package emulatortest
