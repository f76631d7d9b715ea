// Package azcred gives clients made with the Azure SDK for Go a credential of an
// emulator: no sign-in, no network, no secret. It is a module of its own, so that
// the emulator needs no SDK.
package azcred
