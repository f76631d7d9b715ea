package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/graph-emulator/graph-emulator/emulator"
)

// state is the folder of --data that holds the tenant between two runs; the
// rest of --data belongs to others. The zero state keeps nothing.
type state struct{ data string }

func (k state) tenant() string   { return filepath.Join(k.data, "tenant") }
func (k state) fresh() string    { return filepath.Join(k.data, "tenant.new") }
func (k state) previous() string { return filepath.Join(k.data, "tenant.old") }

// openState gives emu the tenant that an earlier run left in the folder data,
// if one did, and makes sure now that it can be written at the end.
func openState(ctx context.Context, data string, emu *emulator.Server, log *slog.Logger) (state, error) {
	k := state{data}
	if data == "" {
		return k, nil
	}
	if err := writable(data); err != nil {
		return k, badInputf("--data: %w", err)
	}
	dir := k.tenant()
	if !exists(dir) && exists(k.previous()) { // ended between the two renames of write
		dir = k.previous()
	}
	if !exists(dir) {
		return k, nil
	}
	if err := emu.Import(ctx, dir); err != nil {
		return k, badInputf("--data: %s: %w", dir, err)
	}
	log.Info("tenant of the last run loaded; it replaces the fixtures until a reset", "folder", dir)
	return k, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".probe.*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// write leaves the tenant of emu for the next run. The one of the last run
// stays until the new one is complete.
func (k state) write(ctx context.Context, emu *emulator.Server, log *slog.Logger) error {
	if k.data == "" {
		return nil
	}
	if err := k.replace(func(dir string) error { return emu.Export(ctx, dir) }); err != nil {
		return fmt.Errorf("--data: %w", err)
	}
	log.Info("tenant written", "folder", k.tenant())
	return nil
}

func (k state) replace(export func(dir string) error) error {
	if err := os.RemoveAll(k.fresh()); err != nil {
		return err
	}
	if err := os.Mkdir(k.fresh(), 0o755); err != nil {
		return err
	}
	if err := export(k.fresh()); err != nil {
		return errors.Join(err, os.RemoveAll(k.fresh()))
	}
	if exists(k.tenant()) {
		if err := os.RemoveAll(k.previous()); err != nil {
			return err
		}
		if err := os.Rename(k.tenant(), k.previous()); err != nil {
			return err
		}
	}
	if err := os.Rename(k.fresh(), k.tenant()); err != nil {
		return err
	}
	return os.RemoveAll(k.previous())
}
