// Package keep holds the state of a server in a folder between two runs: for one server at
// a time, and complete or not at all.
//
// The state is a tree of files in the folder "tenant". It is written into "tenant.new",
// with a manifest of all files last, and then renamed; the state before it is "tenant.old"
// until that is done. Every step reaches the disk before the next one, so that whenever the
// process or the machine ends, the old state or the new one is there.
package keep

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"

	"github.com/graph-emulator/graph-emulator/emulator/internal/flock"
)

// The names in the folder.
const (
	current  = "tenant"
	fresh    = "tenant.new"
	previous = "tenant.old"
	lockFile = ".lock"
)

// Folder is a folder that this process has for itself.
type Folder struct {
	name string
	root *os.Root
	lock *os.File
	step func(string) // tests end a replacement before the step of a name
}

// Open takes a folder, which is made where it is missing, until Close. The error says that
// it cannot be written, or that another server has it.
func Open(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	f := &Folder{name: dir, root: root, step: func(string) {}}
	if f.lock, err = root.OpenFile(lockFile, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	if err := flock.Lock(f.lock); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: another server uses this folder; stop it, or give this one a folder of its own", dir), f.Close())
	}
	if err := f.writable(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// writable says now what would be wrong at the end.
func (f *Folder) writable() error {
	const probe = ".probe"
	p, err := f.root.OpenFile(probe, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(p.Close(), f.root.Remove(probe))
}

// Close leaves the folder to others.
func (f *Folder) Close() error {
	if f == nil {
		return nil
	}
	return errors.Join(closed(f.lock), f.root.Close())
}

// closed is nil for a file that is closed already.
func closed(f *os.File) error {
	if err := f.Close(); !errors.Is(err, fs.ErrClosed) {
		return err
	}
	return nil
}

// Path is where the state is.
func (f *Folder) Path() string { return f.name + string(os.PathSeparator) + current }

// State calls read with the tree that was left, if one was, and with its folder. The error
// is that of read, or says what is wrong with the tree and what to do.
func (f *Folder) State(read func(files fs.FS, dir string) error) error {
	name := current
	if !f.has(name) {
		name = previous // the process ended between the two renames
	}
	if !f.has(name) {
		return nil
	}
	dir := f.name + string(os.PathSeparator) + name
	tree, err := f.root.OpenRoot(name)
	if err != nil {
		return err
	}
	defer tree.Close()
	if err := verify(tree.FS()); err != nil {
		return fmt.Errorf("%s: the state is damaged: %w. Put a copy of the folder back, or remove it to start again with the fixtures", dir, err)
	}
	return read(tree.FS(), dir)
}

func (f *Folder) has(name string) bool {
	_, err := f.root.Stat(name)
	return !errors.Is(err, fs.ErrNotExist)
}

// Replace writes a state in place of the one that is there. write makes its files.
func (f *Folder) Replace(ctx context.Context, write func(create func(name string) (io.WriteCloser, error)) error) error {
	if err := f.root.RemoveAll(fresh); err != nil {
		return err
	}
	if err := f.root.Mkdir(fresh, 0o700); err != nil {
		return err
	}
	w := &writer{ctx: ctx, root: f.root, dirs: map[string]bool{fresh: true}, files: map[string]entry{}}
	f.step("files")
	err := write(w.create)
	f.step("manifest")
	if err == nil {
		err = w.finish()
	}
	if err != nil {
		return errors.Join(err, f.root.RemoveAll(fresh))
	}
	if f.has(current) {
		f.step("remove what an earlier end has left")
		if err := f.root.RemoveAll(previous); err != nil {
			return err
		}
		f.step("set the old state aside")
		if err := f.root.Rename(current, previous); err != nil {
			return err
		}
	}
	f.step("put the new state in place")
	if err := errors.Join(sync(f.root, "."), f.root.Rename(fresh, current), sync(f.root, ".")); err != nil {
		return err
	}
	f.step("remove the old state")
	return f.root.RemoveAll(previous)
}

// sync brings the names in a folder to the disk, where the system can.
func sync(root *os.Root, dir string) error {
	d, err := root.Open(dir)
	if err != nil {
		return err
	}
	if err = d.Sync(); errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrPermission) {
		err = nil // folders have no such thing here
	}
	return errors.Join(err, d.Close())
}

// writer makes the files of a state.
type writer struct {
	ctx   context.Context
	root  *os.Root
	dirs  map[string]bool
	files map[string]entry
}

func (w *writer) create(name string) (io.WriteCloser, error) {
	if err := w.ctx.Err(); err != nil {
		return nil, err
	}
	full := path.Join(fresh, name)
	for dir := path.Dir(full); !w.dirs[dir]; dir = path.Dir(dir) {
		if err := w.root.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
		w.dirs[dir] = true
	}
	f, err := w.root.OpenFile(full, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return newFile(f, func(e entry) { w.files[name] = e }), nil
}

// finish writes the manifest: from then on the tree is complete.
func (w *writer) finish() error {
	text, err := manifestOf(w.files)
	if err != nil {
		return err
	}
	f, err := w.create(manifestName)
	if err != nil {
		return err
	}
	if _, err = f.Write(text); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil {
		return err
	}
	for dir := range w.dirs {
		if err := sync(w.root, dir); err != nil {
			return err
		}
	}
	return nil
}
