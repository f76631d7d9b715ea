package options

import (
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"github.com/graph-emulator/graph-emulator/fixtures"
)

// Open opens the folders of one option. An empty one is left out, so that an
// image can name a folder that nobody has mounted anything on; the log says so.
func Open(option string, dirs []string, log *slog.Logger) ([]fs.FS, error) {
	var out []fs.FS
	for _, dir := range dirs {
		if option == "fixtures" && BuiltIn(dir) {
			files, err := Tenant(dir)
			if err != nil {
				return nil, err
			}
			out = append(out, files)
			continue
		}
		info, err := os.Stat(dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", option, err)
		}
		if !info.IsDir() {
			return nil, fmt.Errorf("%s: %s is not a folder", option, dir)
		}
		root, err := os.OpenRoot(dir) // no link leads out of it; it is closed with the process
		if err != nil {
			return nil, fmt.Errorf("%s: %w", option, err)
		}
		files := root.FS()
		state, err := Scan(files)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", option, dir, err)
		}
		if len(state) == 0 {
			log.Info("folder is empty and counts as absent", "option", option, "folder", dir)
			continue
		}
		out = append(out, files)
	}
	return out, nil
}

// BuiltIn reports whether a name stands for a tenant of ours and not for a
// folder. It lets a folder be laid in front of one, file by file.
func BuiltIn(name string) bool { return strings.HasPrefix(name, "@") }

// Tenant returns the built-in tenant of a name.
func Tenant(name string) (fs.FS, error) {
	switch name {
	case "@northgale":
		return fixtures.Northgale(), nil
	case "@empty":
		return fixtures.Empty(), nil
	}
	return nil, fmt.Errorf("fixtures: %s is no built-in tenant; there are @northgale and @empty, and a folder of that name is ./%s", name, name)
}

// Stamp identifies a version of a file.
type Stamp struct {
	size     int64
	modified int64 // nanoseconds
}

// Scan stamps every file of a folder. Hidden files and folders do not count:
// editors keep their copies there, and mounted configuration its versions.
// Links are followed to files, for the same reason.
func Scan(files fs.FS) (map[string]Stamp, error) {
	out := map[string]Stamp{}
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); name != "." && strings.HasPrefix(name, ".") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		info, err := fs.Stat(files, path)
		if err != nil {
			return err
		}
		if info.Mode().IsRegular() {
			out[path] = Stamp{info.Size(), info.ModTime().UnixNano()}
		}
		return nil
	})
	return out, err
}
