package main

import (
	"context"
	"fmt"
	"runtime"

	"github.com/urfave/cli/v3"

	"github.com/graph-emulator/graph-emulator/emulator"
)

func (p *program) versionCommand() *cli.Command {
	return p.command(&cli.Command{
		Usage: "print the version of this program",
		Description: `Examples:
  graph-emulator version`,
		Action: func(_ context.Context, cmd *cli.Command) error {
			if err := noArguments(cmd); err != nil {
				return err
			}
			return p.printVersion()
		},
	})
}

func (p *program) printVersion() error {
	_, err := fmt.Fprintf(p.stdout, "graph-emulator %s %s %s/%s\n", emulator.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
