// Package bare is what the figures of the emulator are measured against: a server of
// net/http, encoding/json and maps. It checks nothing, knows no types and keeps no
// history.
package bare
