package schemas

import (
	"embed"
	"fmt"
	"io/fs"
	"sync"

	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

//go:embed all:v1.0 all:beta all:patches
var embedded embed.FS

// Versions returns the versions of Graph there are, the stable one first.
func Versions() []string { return []string{"v1.0", "beta"} }

// Files returns the type files of one version, rooted there. It is empty for a
// version there is not.
func Files(version string) fs.FS { return sub(version) }

// Patches returns our corrections to Microsoft's files, which the compiler reads.
func Patches() fs.FS { return sub("patches") }

// sub never fails: fs.Sub refuses only names that are not paths, which
// name nothing embedded either.
func sub(dir string) fs.FS {
	files, err := fs.Sub(embedded, dir)
	if err != nil {
		return embed.FS{}
	}
	return files
}

// Model returns the model of one version, shared by the whole process. It is
// opened once and reads a type when the type is first touched. The error names
// a version there is not.
func Model(version string) (*edm.Model, error) {
	switch version {
	case "v1.0":
		return stable(), nil
	case "beta":
		return beta(), nil
	}
	return nil, fmt.Errorf("no version %q of Graph: there are v1.0 and beta", version)
}

var (
	stable = sync.OnceValue(func() *edm.Model { return edm.Open(Files("v1.0"), nil) })
	beta   = sync.OnceValue(func() *edm.Model { return edm.Open(Files("beta"), nil) })
)

// Overlay returns a model with the type files of files in front of base, file
// by file. Call its Check before use: a broken file is otherwise a missing type.
func Overlay(base *edm.Model, files fs.FS) *edm.Model { return edm.Open(files, base) }
