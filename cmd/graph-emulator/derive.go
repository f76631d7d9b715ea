package main

import (
	"context"
	"errors"
	"flag"

	"github.com/urfave/cli/v3"

	"github.com/graph-emulator/graph-emulator/schemas/derive/generate"
)

// deriveCommand hands its arguments on as they are: the compiler has flags of
// its own, shared with the program graph-derive.
func (p *program) deriveCommand() *cli.Command {
	return p.command(&cli.Command{
		Usage:           "compile Microsoft's published files into schemas and operations",
		SkipFlagParsing: true,
		HideHelp:        true,
		Action: func(ctx context.Context, cmd *cli.Command) error {
			args := cmd.Args().Slice()
			if p.getenv("CI") != "" {
				args = append([]string{"--quiet"}, args...) // no running commentary in logs
			}
			err := generate.Command(ctx, args, p.stdout, p.stderr)
			switch {
			case errors.Is(err, flag.ErrHelp):
				return nil
			case errors.Is(err, generate.ErrUsage):
				return &badInput{err}
			}
			return err
		},
	})
}
