package derive

import (
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/schemas/derive/csdl"
	"github.com/graph-emulator/graph-emulator/schemas/derive/decl"
	"github.com/graph-emulator/graph-emulator/schemas/derive/page"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Sources are the trees Compile reads. Any may be nil.
type Sources struct {
	Version string     // "v1.0" or "beta"; says which patches apply
	Base    *edm.Model // the model in use: only what differs from it comes out

	CSDL         fs.FS // *.xml and *.xml.gz: metadata of this version, best first by name
	Below        fs.FS // metadata of the other version, laid beneath everything
	Declarations fs.FS // *.json and *.json.gz, or an unpacked SDK package
	Pages        fs.FS // *.md and *.txt anywhere: API, resource and enumeration pages
	Permissions  fs.FS // *.json and *.json.gz: the published permissions file
	Patches      fs.FS // *.json: our corrections

	Progress func(step string) // nil: silent
}

func (s *Sources) say(format string, args ...any) {
	if s.Progress != nil {
		s.Progress(fmt.Sprintf(format, args...))
	}
}

// listed returns the files of a tree that end in one of the suffixes, sorted.
func listed(files fs.FS, suffixes ...string) ([]string, error) {
	if files == nil {
		return nil, nil
	}
	var out []string
	err := fs.WalkDir(files, ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		for _, s := range suffixes {
			if !e.IsDir() && strings.HasSuffix(p, s) {
				out = append(out, p)
				break
			}
		}
		return nil
	})
	slices.Sort(out)
	return out, err
}

// open opens a file, unpacked when its name ends in .gz.
func open(files fs.FS, name string) (io.ReadCloser, error) {
	f, err := files.Open(name)
	if err != nil || !strings.HasSuffix(name, ".gz") {
		return f, err
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{z, f}, nil
}

func readCSDL(files fs.FS) ([]*csdl.Document, error) {
	paths, err := listed(files, ".xml", ".xml.gz", ".csdl")
	if err != nil {
		return nil, err
	}
	var out []*csdl.Document
	for _, p := range paths {
		f, err := open(files, p)
		if err != nil {
			return nil, err
		}
		doc, err := csdl.Read(f)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		out = append(out, doc)
	}
	return out, nil
}

func readDeclarations(files fs.FS) ([]*decl.Facts, error) {
	paths, err := listed(files, ".json", ".json.gz")
	if err != nil || files == nil {
		return nil, err
	}
	if decl.IsPackage(files) {
		f, err := decl.ReadPackage(files)
		if err != nil {
			return nil, err
		}
		return []*decl.Facts{f}, nil
	}
	var out []*decl.Facts
	for _, p := range paths {
		f, err := open(files, p)
		if err != nil {
			return nil, err
		}
		facts, err := decl.Read(f)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		out = append(out, facts)
	}
	return out, nil
}

// readPages reads every page, in order of their paths whatever finishes first.
// What is no page at all (an image renamed, an empty file) is an error: a
// source tree holds pages only.
func readPages(files fs.FS) ([]*page.Page, error) {
	paths, err := listed(files, ".md", ".txt")
	if err != nil {
		return nil, err
	}
	out := make([]*page.Page, len(paths))
	errs := make([]error, len(paths))
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				out[i], errs[i] = readPage(files, paths[i])
			}
		})
	}
	for i := range paths {
		next <- i
	}
	close(next)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func readPage(files fs.FS, name string) (*page.Page, error) {
	b, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	p, err := page.Read(stem(name), b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if unnamed().MatchString(p.Name) {
		p.Name = named(p)
	}
	return p, nil
}

// stem is the name of a page: its file without folder and endings.
func stem(name string) string {
	return strings.TrimSuffix(strings.TrimSuffix(path.Base(name), ".txt"), ".md")
}

// unnamed matches file names that are a number and a hash.
var unnamed = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9]+_[0-9a-f]{8,}$`) })

// named makes a name in the manner of the reference, object and verb, from the
// title of a page whose file has none.
func named(p *page.Page) string {
	verb, object, ok := strings.Cut(strings.ToLower(p.Title), " ")
	object = strings.Join(strings.Fields(object), "")
	if !ok || !identifier(object) {
		return "seed/" + p.Name
	}
	if verb == "create" {
		verb = "post"
	}
	return "seed/" + object + "-" + verb
}
