// Package fault says which requests of an emulator go wrong, and how: throttled,
// refused, slow or cut off. Rules are given to the Set of an emulator; those that
// do not say otherwise hit once.
package fault
