package emulator

import (
	"context"
	"fmt"
	"io"
	"os"
)

// Export writes the tenant as it is now into an existing folder, as fixtures that
// Import and WithFixtures read.
func (s *Server) Export(ctx context.Context, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer root.Close()
	return s.engine.Dump(s.world, func(name string) (io.WriteCloser, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return root.Create(name)
	}, s.cat.models()...)
}

// Import replaces the tenant by what Export wrote. Reset still goes back to the
// fixtures. On an error the tenant stays as it was.
func (s *Server) Import(ctx context.Context, dir string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	defer root.Close()
	fresh, err := s.tenantOf(root.FS())
	if err != nil {
		return err
	}
	w, err := s.worldOf(fresh, s.storeOptions())
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.Store.Restore(fresh.snapshot)
	s.world.SetSignedIn(w.SignedIn())
	return nil
}
