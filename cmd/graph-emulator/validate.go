package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/urfave/cli/v3"
)

func (p *program) validateCommand() *cli.Command {
	return p.command(&cli.Command{
		Name:  "validate",
		Usage: "check configuration, fixtures, schemas and pages without serving",
		Description: `Takes what serve takes and loads what serve would load. Prints the mistakes with
file and line on standard error and ends with 2, or prints "ok" and ends with 0.

Examples:
  graph-emulator validate
  graph-emulator validate --config ci.yaml
  graph-emulator validate --fixtures ./tenant --strict`,
		Flags: flags(table()),
		Action: func(_ context.Context, cmd *cli.Command) error {
			if err := noArguments(cmd); err != nil {
				return err
			}
			s, err := p.resolve(cmd, table())
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
