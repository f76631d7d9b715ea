package keep

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// put makes a state of files given as name, content, name, content.
func put(t *testing.T, f *Folder, files ...string) error {
	return f.Replace(t.Context(), func(create func(string) (io.WriteCloser, error)) error {
		for i := 0; i < len(files); i += 2 {
			w, err := create(files[i])
			if err != nil {
				return err
			}
			_, err = io.WriteString(w, files[i+1])
			if err = errors.Join(err, w.Close()); err != nil {
				return err
			}
		}
		return nil
	})
}

func open(t *testing.T, dir string) *Folder {
	t.Helper()
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// says is the content of the file a of the state, "" where there is no state.
func says(t *testing.T, f *Folder) (text string) {
	t.Helper()
	err := f.State(func(files fs.FS, _ string) error {
		b, err := fs.ReadFile(files, "a")
		text = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Wherever the process ends, the next one finds the old state or the new one, and can
// write another.
func TestFaultA9EndBetweenSteps(t *testing.T) {
	type ended struct{}
	for _, old := range []string{"", "old"} {
		for n := 1; ; n++ {
			dir := t.TempDir()
			f := open(t, dir)
			if old != "" {
				if err := put(t, f, "a", old, "tenants/b/c", "x"); err != nil {
					t.Fatal(err)
				}
			}
			at, last := 0, ""
			f.step = func(name string) {
				if at++; at == n {
					last = name
					panic(ended{})
				}
			}
			func() {
				defer func() {
					if p := recover(); p != nil && p != (ended{}) {
						panic(p)
					}
				}()
				if err := put(t, f, "a", "new", "tenants/b/c", "y"); err != nil {
					t.Fatal(err)
				}
			}()
			f.Close()
			again := open(t, dir)
			got := says(t, again)
			if got != "new" && got != old || last == "" && got != "new" || last == "remove the old state" && got != "new" {
				t.Errorf("with the state %q, ended before %q: %q", old, last, got)
			}
			if err := put(t, again, "a", "newest"); err != nil || says(t, again) != "newest" {
				t.Errorf("with the state %q, ended before %q: the next state: %v", old, last, err)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "tenant.*")); len(left) > 0 {
				t.Errorf("with the state %q, ended before %q: left behind: %v", old, last, left)
			}
			again.Close()
			if last == "" {
				if n < 4 {
					t.Errorf("only %d steps", n)
				}
				break
			}
		}
	}
}

// A state that fails to be written leaves the old one.
func TestFaultA9FailedWrite(t *testing.T) {
	f := open(t, t.TempDir())
	if err := put(t, f, "a", "old"); err != nil {
		t.Fatal(err)
	}
	full := errors.New("the disk is full")
	if err := f.Replace(t.Context(), func(func(string) (io.WriteCloser, error)) error { return full }); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
	if got := says(t, f); got != "old" {
		t.Errorf("%q", got)
	}
}

// One server at a time has a folder; the other is told which.
func TestFaultA9TwoServers(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs flock")
	}
	dir := t.TempDir()
	f := open(t, dir)
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), dir+": another server uses this folder") {
		t.Errorf("a second server: %v", err)
	}
	f.Close()
	open(t, dir)
}

// What is not what was written is refused, and the error says which file and what to do.
func TestFaultA9DamagedState(t *testing.T) {
	for _, tt := range []struct {
		name   string
		damage func(dir string) error
		want   string
	}{
		{"emptied folder", func(dir string) error { return errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o700)) }, "manifest.json is missing"},
		{"emptied file", func(dir string) error { return os.Truncate(filepath.Join(dir, "a"), 0) }, "a has 0 bytes, and 3 were written"},
		{"cut file", func(dir string) error { return os.Truncate(filepath.Join(dir, "a"), 2) }, "a has 2 bytes, and 3 were written"},
		{"lost file", func(dir string) error { return os.Remove(filepath.Join(dir, "sub", "b")) }, "sub/b is missing"},
		{"changed file", func(dir string) error { return os.WriteFile(filepath.Join(dir, "a"), []byte("ald"), 0o600) }, "a is not as it was written"},
		{"another file", func(dir string) error { return os.WriteFile(filepath.Join(dir, "z.yaml"), nil, 0o600) }, "z.yaml is not a file that the program has written"},
		{"cut manifest", func(dir string) error { return os.Truncate(filepath.Join(dir, manifestName), 9) }, "manifest.json cannot be read"},
		{"later format", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, manifestName), []byte(`{"format":2}`), 0o600)
		}, "another version"},
	} {
		dir := t.TempDir()
		f := open(t, dir)
		if err := put(t, f, "a", "old", "sub/b", "x"); err != nil {
			t.Fatal(err)
		}
		if err := tt.damage(filepath.Join(dir, current)); err != nil {
			t.Fatal(err)
		}
		err := f.State(func(fs.FS, string) error { return nil })
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), filepath.Join(dir, current)) || !strings.Contains(err.Error(), "remove it to start again") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// Nobody else on the machine reads a state.
func TestFaultA14Modes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs modes of files")
	}
	dir := filepath.Join(t.TempDir(), "data")
	f := open(t, dir)
	if err := put(t, f, "a", "x", "tenants/b/c", "y"); err != nil {
		t.Fatal(err)
	}
	n := 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		n++
		if want := map[bool]os.FileMode{true: 0o700, false: 0o600}[d.IsDir()]; info.Mode().Perm() != want {
			t.Errorf("%s has the mode %o, want %o", name, info.Mode().Perm(), want)
		}
		return nil
	})
	if err != nil || n != 8 {
		t.Errorf("%d names, %v", n, err)
	}
}
