package emulator

import "runtime/debug"

// release is set when a release is built: -ldflags "-X …/emulator.release=1.2.3".
var release string

// Version returns the version of the build: the release, else the version of the module,
// else "dev".
func Version() string {
	if release != "" {
		return release
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}
