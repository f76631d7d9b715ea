package emulator

import (
	"bytes"
	"io"
	"maps"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/tenantfile"
)

// Seq is the number of the last change, for tests.
func (s *Server) Seq() int64 { return s.world.Store.Seq() }

// Dump is the tenant as Export writes it, for tests.
func (s *Server) Dump() (string, error) {
	files := map[string]*bytes.Buffer{}
	err := tenantfile.Dump(s.engine.Core, s.world, tenantfile.DumpOptions{Create: func(name string) (io.WriteCloser, error) {
		files[name] = &bytes.Buffer{}
		return nopCloser{files[name]}, nil
	}}, s.cat.models()...)
	var out bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(files)) {
		out.WriteString("# " + name + "\n")
		out.Write(files[name].Bytes())
	}
	return out.String(), err
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
