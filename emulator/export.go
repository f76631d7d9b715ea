package emulator

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/tenantfile"
	"github.com/graph-emulator/graph-emulator/emulator/scrub"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

// Export writes the present tenants into an existing folder, as fixtures that Import and
// WithFixtures read: the first at its root, others in folders below "tenants". The files
// are readable only for the user of this process. Cancellation of ctx ends it between two
// files.
func (s *Server) Export(ctx context.Context, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer root.Close()
	return s.export(func(name string) (io.WriteCloser, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := root.MkdirAll(path.Dir(name), 0o700); err != nil {
			return nil, err
		}
		return root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	})
}

// export makes the files of all tenants.
func (s *Server) export(create func(name string) (io.WriteCloser, error)) error {
	for r := range s.realms() {
		in := func(name string) (io.WriteCloser, error) { return create(folderOf(r.name) + name) }
		if err := tenantfile.Dump(s.engine.Core, r.world, tenantfile.DumpOptions{Create: in, KeepPasswords: s.config.keepPasswords}, s.cat.models()...); err != nil {
			return err
		}
	}
	return nil
}

// shown is what the control plane answers for the tenants: what Export writes, but for
// contents and secrets.
func (s *Server) shown() (any, error) {
	s.catchUp()
	hush, err := scrub.New(scrub.WithoutPseudonyms())
	if err != nil {
		return nil, err
	}
	type tenant struct {
		ID       string          `json:"id"`
		Name     string          `json:"name,omitempty"`
		Entities json.RawMessage `json:"entities"`
	}
	var out []tenant
	for r := range s.realms() {
		entities := []byte(tenantfile.JSON(s.engine.Core, r.world, s.cat.models()...))
		out = append(out, tenant{r.id(), r.name, hush.Body("application/json", entities)})
	}
	return map[string]any{"value": out}, nil
}

// Import replaces the tenants by those that Export wrote; a tenant that is not in the
// folder stays as it is. Reset still goes back to the fixtures. A tenant that the fixtures
// do not have is an error. On an error nothing changes.
func (s *Server) Import(ctx context.Context, dir string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	defer root.Close()
	return s.imported(root.FS())
}

// imported is Import of a tree. A program of ours has written it, so that nothing bounds
// its files.
func (s *Server) imported(tree fs.FS) error {
	rest, parts, err := fixtures.Tenants(tree)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var change []func()
	for i, p := range append([]fixtures.Tenant{{Files: rest}}, parts...) {
		r := s.realm
		if i > 0 {
			if r = s.beside(p.Name); r == nil {
				return fmt.Errorf("import: the fixtures have no tenant %q", p.Name)
			}
		}
		fresh, err := s.tenantIn(p.Files, p.Name, fixtures.Reader{Unbounded: true})
		if err != nil {
			return err
		}
		x, err := s.settled(fresh, p.Name, i == 0)
		if err != nil {
			return err
		}
		change = append(change, func() {
			r.world.Store.Restore(fresh.snapshot)
			r.world.SetSignedIn(x.world.SignedIn())
		})
	}
	for _, do := range change {
		do()
	}
	return nil
}
