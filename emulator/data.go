package emulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strconv"

	"github.com/graph-emulator/graph-emulator/emulator/internal/keep"
)

// WithData keeps the tenants in a folder between two runs, which is created where it is
// missing: New loads what Save wrote there. The loaded state replaces the fixtures until a
// reset. The folder belongs to one server at a time, until Close. A second server, or a
// state that is not as it was written, makes New fail; an empty name is an error.
func WithData(dir string) Option {
	return func(c *config) error {
		if dir == "" {
			return errors.New("data: the folder is empty")
		}
		c.data = dir
		return nil
	}
}

// WithKeepPasswords lets Save and Export write the passwords of users as they are. Without
// it they write salted hashes, with which the users can still sign in.
func WithKeepPasswords() Option {
	return func(c *config) error { c.keepPasswords = true; return nil }
}

// ErrNoData is the error of Save without WithData.
var ErrNoData = errors.New("there is no folder to save to")

// openData takes the folder of WithData and loads what is in it.
func (s *Server) openData() (err error) {
	if s.config.data == "" {
		return nil
	}
	if s.data, err = keep.Open(s.config.data); err != nil {
		return fmt.Errorf("data: %w", err)
	}
	err = s.data.State(func(files fs.FS, dir string) error {
		if err := s.imported(files); err != nil {
			return fmt.Errorf("%s: %v", dir, err) // its files are not those of the fixtures
		}
		s.config.log.Info("tenant of the last run loaded; it replaces the fixtures until a reset", slog.String("folder", dir))
		s.saved = s.state()
		return nil
	})
	if err != nil {
		return errors.Join(fmt.Errorf("data: %w", err), s.data.Close())
	}
	return nil
}

// state names the present state of the tenants: no other has the same name.
func (s *Server) state() string {
	var name []byte
	for r := range s.realms() {
		name = strconv.AppendInt(append(append(name, r.name...), ' '), r.world.Store.Seq(), 10)
	}
	return string(name)
}

// Save writes the tenants into the folder of WithData, and returns ErrNoData without that
// option. Requests may continue; changes after the beginning are not saved. The earlier
// state stays until the new one is complete and on the disk. Save does nothing where
// nothing has changed since the last time.
func (s *Server) Save(ctx context.Context) error {
	if s.data == nil {
		return ErrNoData
	}
	s.saving.Lock()
	defer s.saving.Unlock()
	s.catchUp()
	now := s.state() // before the tenants are read: what changes later is saved again
	if now == s.saved {
		return nil
	}
	err := s.data.Replace(ctx, func(create func(string) (io.WriteCloser, error)) error { return s.export(create) })
	if err != nil {
		return fmt.Errorf("data: %s: %w", s.data.Path(), err)
	}
	s.saved = now
	s.config.log.Info("tenant written", slog.String("folder", s.data.Path()))
	return nil
}
