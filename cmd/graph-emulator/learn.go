package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v3"

	"github.com/graph-emulator/graph-emulator/emulator"
)

func (p *program) learnCommand() *cli.Command {
	return p.command(&cli.Command{
		Usage:     "create a tenant from recorded conversations",
		ArgsUsage: "FILE...",
		Description: `Writes fixtures with the state at the end of the recording. Entities that cannot be
derived, or that an emulator rejects, are omitted and listed on standard error with
file and line.

Examples:
  graph-emulator learn session.yaml --to ./tenant
  graph-emulator serve --fixtures ./tenant
  graph-emulator verify --fixtures ./tenant session.yaml`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "to", Usage: "write the fixtures into `DIR`, which is made where it is missing", Required: true},
			&cli.BoolFlag{Name: "strict", Usage: "write nothing, and end with 1, where anything is left out"},
			&cli.BoolFlag{Name: "force", Usage: "write over files that are there"},
		},
		Action: func(_ context.Context, cmd *cli.Command) error {
			files, err := conversations(cmd)
			if err != nil {
				return err
			}
			if err := withoutOptions(files); err != nil {
				return err
			}
			emu, err := emulator.New()
			if err != nil {
				return err
			}
			out, err := emu.Catalog().Learn(files...)
			if err != nil {
				return &badInput{err}
			}
			for _, n := range out.Notes {
				fmt.Fprintf(p.stderr, "graph-emulator: %s\n", n)
			}
			if n := len(out.Notes); n > 0 && cmd.Bool("strict") {
				return fmt.Errorf("--strict: %s", plural(n, "note"))
			}
			if len(out.Files) == 0 {
				return errors.New("the conversations tell nothing of a tenant")
			}
			if err := writeTree(cmd.String("to"), out.Files, cmd.Bool("force")); err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.stdout, "%s written to %s; %s\n", plural(len(out.Files), "file"), cmd.String("to"), plural(len(out.Notes), "note"))
			return err
		},
	})
}

// writeTree writes files below a folder, all of them or, where one is there already
// and must not be written over, none.
func writeTree(dir string, files map[string][]byte, force bool) error {
	names := slices.Sorted(maps.Keys(files))
	for _, name := range names {
		_, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(name)))
		if err == nil && !force {
			return badInputf("%s is there already; --force writes over it", filepath.Join(dir, name))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, name := range names {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, files[name], 0o644); err != nil {
			return err
		}
	}
	return nil
}
