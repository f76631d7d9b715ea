// Command graph-emulator is a local Microsoft Graph for testing Graph clients.
//
// Everything that can be set stands once, in the table of table.go: flags,
// environment variables, keys of the configuration file, --help, the JSON
// Schema of the configuration file and docs/CONFIGURATION.md follow from it.
package main

//go:generate go test -count=1 -run "^(TestDocuments|TestEnv)$" . -update
