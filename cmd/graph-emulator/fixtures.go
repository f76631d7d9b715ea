package main

import (
	"context"

	"github.com/urfave/cli/v3"
)

func (p *program) fixturesCommand() *cli.Command {
	schema := p.command(&cli.Command{
		Name:  "schema",
		Usage: "print the JSON Schema of tenant files",
		Description: `An editor that is given the schema completes the members of every type and marks
misspelled ones. It includes what --schemas and --docs add.

Examples:
  graph-emulator fixtures schema > tenant.schema.json
  # first line of a tenant file, for editors with the YAML language server:
  # yaml-language-server: $schema=./tenant.schema.json`,
		Flags: catalogFlags(),
		Action: func(_ context.Context, cmd *cli.Command) error {
			if err := noArguments(cmd); err != nil {
				return err
			}
			emu, err := p.catalog(cmd)
			if err != nil {
				return err
			}
			text, err := emu.Catalog().TenantSchema()
			if err != nil {
				return err
			}
			_, err = p.stdout.Write(text)
			return err
		},
	})
	return p.command(&cli.Command{
		Usage: "help with writing tenant files",
		Description: `docs/FIXTURES.md describes the format; validate checks files.

Examples:
  graph-emulator fixtures schema > tenant.schema.json`,
		Commands: []*cli.Command{schema},
		Action:   func(_ context.Context, cmd *cli.Command) error { return noCommand(cmd) },
	})
}
