package keep

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
)

// manifestName is the file that lists all others of a state.
const manifestName = "manifest.json"

// format is the version of what a state looks like.
const format = 1

type manifest struct {
	Format int              `json:"format"`
	Files  map[string]entry `json:"files"`
}

// entry is what a file must be.
type entry struct {
	Size int64  `json:"size"`
	Sum  string `json:"sha256"`
}

func manifestOf(files map[string]entry) ([]byte, error) {
	return json.MarshalIndent(manifest{format, files}, "", " ")
}

// verify compares a tree with its manifest.
func verify(files fs.FS) error {
	text, err := fs.ReadFile(files, manifestName)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is missing", manifestName)
	}
	if err != nil {
		return err
	}
	var m manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return fmt.Errorf("%s cannot be read: %w", manifestName, err)
	}
	if m.Format != format {
		return fmt.Errorf("%s has the format %d, and this program reads %d: another version of it has written the state", manifestName, m.Format, format)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		if err := m.Files[name].check(files, name); err != nil {
			return err
		}
	}
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if _, known := m.Files[name]; err == nil && !d.IsDir() && !known && name != manifestName {
			err = fmt.Errorf("%s is not a file that the program has written", name)
		}
		return err
	})
}

func (e entry) check(files fs.FS, name string) error {
	info, err := fs.Stat(files, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s is missing", name)
	case err != nil:
		return err
	case info.Size() != e.Size:
		return fmt.Errorf("%s has %d bytes, and %d were written", name, info.Size(), e.Size)
	}
	f, err := files.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if sum(h) != e.Sum {
		return fmt.Errorf("%s is not as it was written", name)
	}
	return nil
}

func sum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// file is one file of a state that is being written.
type file struct {
	f    *os.File
	w    *bufio.Writer
	h    hash.Hash
	n    int64
	done func(entry)
}

func newFile(f *os.File, done func(entry)) *file {
	return &file{f: f, w: bufio.NewWriterSize(f, 64<<10), h: sha256.New(), done: done}
}

func (f *file) Write(b []byte) (int, error) {
	n, err := f.w.Write(b)
	f.h.Write(b[:n])
	f.n += int64(n)
	return n, err
}

// Close brings the file to the disk.
func (f *file) Close() error {
	if err := errors.Join(f.w.Flush(), f.f.Sync(), f.f.Close()); err != nil {
		return err
	}
	f.done(entry{f.n, sum(f.h)})
	return nil
}
