package emulator

import (
	"errors"
	"io/fs"
	"path"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/internal/stub"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

// read reads a tree: the tenant and the stubs in it.
func read(files fs.FS) ([]fixtures.Record, []*stub.Stub, error) {
	var names []string
	reader := fixtures.Reader{Conversation: func(name string) { names = append(names, name) }}
	records, err := reader.Records(files)
	errs := []error{err}
	var out []*stub.Stub
	for _, name := range names {
		stubs, err := stubsOf(files, name)
		if e, ok := errors.AsType[*conversation.Error](err); ok {
			err = &fixtures.Error{File: name, Line: e.Line, Reason: e.Err.Error()}
		}
		errs = append(errs, err)
		out = append(out, stubs...)
	}
	return records, out, errors.Join(errs...)
}

func stubsOf(files fs.FS, name string) ([]*stub.Stub, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	beside, err := fs.Sub(files, path.Dir(name))
	if err != nil {
		return nil, err
	}
	f, err := conversation.Parse(name, text, beside)
	if err != nil {
		return nil, err
	}
	if len(f.Options) > 0 {
		return nil, &conversation.Error{File: name, Line: f.Options[0].Line, Err: errors.New("options belong to tests, and these are fixtures")}
	}
	return stub.Compile(f)
}
