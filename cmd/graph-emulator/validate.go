package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/urfave/cli/v3"

	"github.com/graph-emulator/graph-emulator/internal/options"
)

func (p *program) validateCommand() *cli.Command {
	return p.command(&cli.Command{
		Usage:     "check configuration, fixtures, schemas, pages and recordings without serving",
		ArgsUsage: "[RECORDING]...",
		Description: `Takes what serve takes and loads what serve would load. Prints the mistakes with
file and line on standard error and ends with 2, or prints "ok" and ends with 0.
With recordings, those are checked in their stead: whether they can be read, and
whether anything in them looks like a secret.

Examples:
  graph-emulator validate
  graph-emulator validate --config ci.yaml
  graph-emulator validate --fixtures ./tenant --strict
  graph-emulator validate recordings/*.yaml`,
		Flags: append(flags(options.Table()), secretFlags()...),
		Action: func(_ context.Context, cmd *cli.Command) error {
			if cmd.Args().Len() > 0 {
				if err := unscrubbed(cmd); err != nil {
					return err
				}
				_, err := fmt.Fprintln(p.stdout, "ok")
				return err
			}
			s, err := p.resolve(cmd, options.Table())
			if err != nil {
				return err
			}
			emu, err := s.emulator(slog.New(slog.DiscardHandler))
			if err != nil {
				return err
			}
			if err := emu.Close(); err != nil {
				return err
			}
			_, err = fmt.Fprintln(p.stdout, "ok")
			return err
		},
	})
}
