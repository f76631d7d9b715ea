package schemas

import (
	"embed"
	"fmt"
	"io/fs"
	"sync"

	"github.com/graph-emulator/graph-emulator/fixtures/pack"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// The packs hold what the folders beside them hold; TestPacks compares them.
var (
	//go:embed v1.0.pack
	packV1 string
	//go:embed beta.pack
	packBeta string
	//go:embed all:patches
	patches embed.FS
)

var (
	filesV1   = sync.OnceValue(func() fs.FS { return pack.MustOpen(packV1) })
	filesBeta = sync.OnceValue(func() fs.FS { return pack.MustOpen(packBeta) })
)

// Versions returns the versions of Graph there are, the stable one first.
func Versions() []string { return []string{"v1.0", "beta"} }

// Files returns the type files of one version, rooted there. It is empty for an
// unknown version.
func Files(version string) fs.FS {
	switch version {
	case "v1.0":
		return filesV1()
	case "beta":
		return filesBeta()
	}
	return embed.FS{}
}

// Patches returns our corrections to Microsoft's files, which the compiler reads.
func Patches() fs.FS {
	files, err := fs.Sub(patches, "patches")
	if err != nil {
		panic(err) // the name is a constant
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
