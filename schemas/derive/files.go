package derive

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// Files is a file tree in memory, by slash-separated path. It is an fs.FS;
// nil is an empty tree. It must not change while it is read.
type Files map[string][]byte

// Paths lists the files, sorted.
func (f Files) Paths() []string {
	out := make([]string, 0, len(f))
	for p := range f {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

// ReadFile returns the content of one file; callers must not change it.
func (f Files) ReadFile(name string) ([]byte, error) {
	if b, ok := f[name]; ok {
		return b, nil
	}
	return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
}

// Open implements fs.FS.
func (f Files) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if b, ok := f[name]; ok {
		return &memory{Reader: bytes.NewReader(b), entry: entry{name: path.Base(name), size: int64(len(b))}}, nil
	}
	kids := f.children(name)
	if len(kids) == 0 && name != "." {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &memory{Reader: bytes.NewReader(nil), entry: entry{name: path.Base(name), dir: true}, kids: kids}, nil
}

func (f Files) children(dir string) []fs.DirEntry {
	prefix := dir + "/"
	if dir == "." {
		prefix = ""
	}
	seen := map[string]bool{}
	var out []fs.DirEntry
	for p, b := range f {
		rest, ok := strings.CutPrefix(p, prefix)
		if !ok {
			continue
		}
		name, _, deeper := strings.Cut(rest, "/")
		if !seen[name] {
			seen[name] = true
			e := entry{name: name, dir: deeper}
			if !deeper {
				e.size = int64(len(b))
			}
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return out
}

type memory struct {
	*bytes.Reader
	entry
	kids []fs.DirEntry
}

func (m *memory) Stat() (fs.FileInfo, error) { return m.entry, nil }
func (m *memory) Close() error               { return nil }
func (m *memory) Size() int64                { return m.entry.size }

// ReadDir implements fs.ReadDirFile.
func (m *memory) ReadDir(n int) ([]fs.DirEntry, error) {
	if !m.dir {
		return nil, &fs.PathError{Op: "readdir", Path: m.name, Err: fs.ErrInvalid}
	}
	if n <= 0 || n > len(m.kids) {
		if n > 0 && len(m.kids) == 0 {
			return nil, io.EOF
		}
		n = len(m.kids)
	}
	out := m.kids[:n]
	m.kids = m.kids[n:]
	return out, nil
}

type entry struct {
	name string
	size int64
	dir  bool
}

func (e entry) Name() string               { return e.name }
func (e entry) Size() int64                { return e.size }
func (e entry) ModTime() time.Time         { return time.Time{} }
func (e entry) IsDir() bool                { return e.dir }
func (e entry) Sys() any                   { return nil }
func (e entry) Type() fs.FileMode          { return e.Mode().Type() }
func (e entry) Info() (fs.FileInfo, error) { return e, nil }
func (e entry) Mode() fs.FileMode {
	if e.dir {
		return fs.ModeDir | 0o555
	}
	return 0o444
}
