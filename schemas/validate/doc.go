// Package validate checks request bodies against the type files with
// santhosh-tekuri/jsonschema and says in our own words what is wrong.
//
// A type is compiled when its first body arrives. Compiled schemas belong to the
// layer of files they come from, so that emulators which differ in a few
// overlaid types share all the others.
package validate
