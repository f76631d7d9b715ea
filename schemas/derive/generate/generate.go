package generate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/graph-emulator/graph-emulator/schemas/derive"
)

// Options say where the sources are. An empty path means the file of that kind
// in the folder shared beside the repository.
type Options struct {
	Docs        string // api-reference pages: a clone of microsoft-graph-docs, its api-reference folder, or a .tar.gz of it
	CSDLv1      string // metadata of v1.0: .xml, .xml.gz, or a folder of them
	CSDLBeta    string // metadata of beta, complete or not
	TypesBeta   string // condensed type declarations of beta: .json or .json.gz
	SDKBeta     string // unpacked npm package with the models of beta; in place of TypesBeta
	Permissions string // the published permissions file: .json or .json.gz
	Seeds       string // further pages for beta

	Out      string    // root of the repository; empty: the current folder
	Check    bool      // write nothing; fail when a file would change
	Progress io.Writer // nil: silent
}

// ErrStale is what Run wraps when Check finds differences.
var ErrStale = errors.New("derived files differ from their sources")

// LedgerFile is where the ledger stands, from the root of the repository.
const LedgerFile = "schemas/ledger.txt"

// Run compiles both versions and writes or checks the derived files. It is not
// interrupted between the first file written and the last, so that the tree is
// never half of one run.
func Run(ctx context.Context, o Options) (*derive.Ledger, error) {
	if o.Out == "" {
		o.Out = "."
	}
	in, err := o.load()
	if err != nil {
		return nil, err
	}
	say := o.progress()
	versions := []derive.Sources{
		{Version: "v1.0", CSDL: in.csdlV1, Pages: in.pages["v1.0"], Permissions: in.permissions, Patches: in.patches, Progress: say},
		{Version: "beta", CSDL: in.csdlBeta, Below: in.csdlV1, Declarations: in.types, Pages: in.pages["beta"], Permissions: in.permissions, Patches: in.patches, Progress: say},
	}
	out, ledger := map[string][]byte{}, derive.NewLedger()
	for i := range versions {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		cat, l, err := derive.Compile(versions[i])
		if err != nil {
			return nil, err
		}
		ledger.Merge(l)
		for p, b := range cat.Schemas {
			out["schemas/"+cat.Version+"/"+p] = b
		}
		for p, b := range cat.Operations {
			out["fixtures/operations/"+cat.Version+"/"+p] = b
		}
	}
	out[LedgerFile] = []byte(ledger.String())
	if o.Check {
		return ledger, check(o.Out, out)
	}
	say(fmt.Sprintf("writing %d files", len(out)))
	return ledger, write(o.Out, out)
}

func (o *Options) progress() func(string) {
	if o.Progress == nil {
		return func(string) {}
	}
	var mu sync.Mutex
	return func(step string) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintln(o.Progress, step)
	}
}

// owned are the folders whose every file is derived.
var owned = []string{"schemas/v1.0", "schemas/beta", "fixtures/operations/v1.0", "fixtures/operations/beta"}

// strays lists files in the owned folders that this run did not make.
func strays(root string, out map[string][]byte) ([]string, error) {
	var list []string
	for _, dir := range owned {
		err := filepath.WalkDir(filepath.Join(root, filepath.FromSlash(dir)), func(p string, e fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || e.IsDir() {
				return err
			}
			rel, err := filepath.Rel(root, p)
			if err != nil {
				return err
			}
			if _, ok := out[filepath.ToSlash(rel)]; !ok {
				list = append(list, filepath.ToSlash(rel))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

func write(root string, out map[string][]byte) error {
	old, err := strays(root, out)
	if err != nil {
		return err
	}
	for _, p := range derive.Files(out).Paths() {
		file := filepath.Join(root, filepath.FromSlash(p))
		if have, err := os.ReadFile(file); err == nil && string(have) == string(out[p]) {
			continue // leave its time alone: builds are cached by it
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, out[p], 0o644); err != nil {
			return err
		}
	}
	for _, p := range old {
		if err := os.Remove(filepath.Join(root, filepath.FromSlash(p))); err != nil {
			return err
		}
	}
	return nil
}

func check(root string, out map[string][]byte) error {
	extra, err := strays(root, out)
	if err != nil {
		return err
	}
	var diff []string
	for _, p := range extra {
		diff = append(diff, p+" (no source)")
	}
	for _, p := range derive.Files(out).Paths() {
		have, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(p)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			diff = append(diff, p+" (missing)")
		case err != nil:
			return err
		case string(have) != string(out[p]):
			diff = append(diff, p)
		}
	}
	if len(diff) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %d files, the first of them %s; run go generate ./schemas", ErrStale, len(diff), diff[0])
}
