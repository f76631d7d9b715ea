package generate

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/graph-emulator/graph-emulator/schemas/derive"
)

// pageLimit bounds one page: the largest is under 200 kB.
const pageLimit = 8 << 20

// inputs are the loaded sources.
type inputs struct {
	csdlV1, csdlBeta, types, permissions, patches fs.FS
	pages                                         map[string]fs.FS
}

// MissingError says which source is not there and what would give it.
type MissingError struct{ Flag, Path, What string }

func (e *MissingError) Error() string {
	return fmt.Sprintf("no %s at %s: give it with --%s", e.What, e.Path, e.Flag)
}

func (o *Options) load() (*inputs, error) {
	shared := filepath.Join(o.Out, "..", "shared")
	var in inputs
	var err error
	source := func(given, def, flag, what string) fs.FS {
		if err != nil {
			return nil
		}
		p := given
		if p == "" {
			p = filepath.Join(shared, filepath.FromSlash(def))
		}
		var files fs.FS
		if files, err = tree(p); errors.Is(err, fs.ErrNotExist) {
			err = &MissingError{flag, p, what}
		}
		return files
	}
	in.csdlV1 = source(o.CSDLv1, "csdl/v1.0.xml.gz", "csdl-v1", "v1.0 metadata")
	in.csdlBeta = source(o.CSDLBeta, "csdl/beta-partial.xml.gz", "csdl-beta", "beta metadata")
	if o.SDKBeta != "" {
		in.types = source(o.SDKBeta, "", "sdk-beta", "SDK package")
	} else {
		in.types = source(o.TypesBeta, "csdl/beta-types.json.gz", "types-beta", "beta type declarations")
	}
	in.permissions = source(o.Permissions, "permissions.json.gz", "permissions", "permissions file")
	docs := source(o.Docs, "graph-docs.tar.gz", "docs", "reference pages")
	seeds := source(o.Seeds, "seeds", "seeds", "seed pages")
	if err != nil {
		return nil, err
	}
	in.patches = os.DirFS(filepath.Join(o.Out, "schemas", "patches"))
	in.pages = map[string]fs.FS{}
	for _, v := range []string{"v1.0", "beta"} {
		files, err := pages(docs, v)
		if err != nil {
			return nil, err
		}
		if len(files) == 0 {
			return nil, &MissingError{"docs", o.Docs, v + " pages (" + v + "/api, " + v + "/resources)"}
		}
		if v == "beta" {
			if err := collect(seeds, ".", "seed", files); err != nil {
				return nil, err
			}
		}
		in.pages[v] = files
	}
	return &in, nil
}

// tree makes a file system of a folder, a tar archive, or one file.
func tree(p string) (fs.FS, error) {
	info, err := os.Stat(p)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return os.DirFS(p), nil
	}
	f, err := os.Open(p)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if strings.HasSuffix(p, ".tar.gz") || strings.HasSuffix(p, ".tgz") {
		return untar(f)
	}
	b, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	return derive.Files{filepath.Base(p): b}, nil
}

func untar(r io.Reader) (derive.Files, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	files := derive.Files{}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if h.Size > pageLimit {
			return nil, fmt.Errorf("%s: larger than %d bytes", h.Name, pageLimit)
		}
		b := make([]byte, h.Size)
		if _, err := io.ReadFull(t, b); err != nil {
			return nil, err
		}
		files[path.Clean(h.Name)] = b
	}
}

// pages collects the pages of one version: only api and resources hold pages,
// the folders beside them hold snippets and includes.
func pages(docs fs.FS, version string) (derive.Files, error) {
	files := derive.Files{}
	for _, root := range []string{"", "api-reference/"} {
		for _, kind := range []string{"api", "resources"} {
			if err := collect(docs, root+version+"/"+kind, kind, files); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

func collect(from fs.FS, dir, to string, into derive.Files) error {
	if _, err := fs.Stat(from, dir); err != nil {
		return nil // another layout of the tree
	}
	return fs.WalkDir(from, dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(p, ".md") && !strings.HasSuffix(p, ".txt") {
			return err
		}
		b, err := fs.ReadFile(from, p)
		if err != nil {
			return err
		}
		into[to+"/"+strings.TrimPrefix(strings.TrimPrefix(p, dir), "/")] = b
		return nil
	})
}
