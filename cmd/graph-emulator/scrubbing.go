package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/urfave/cli/v3"

	"github.com/graph-emulator/graph-emulator/emulator/cassette"
	"github.com/graph-emulator/graph-emulator/emulator/scrub"
	"github.com/graph-emulator/graph-emulator/internal/options"
)

// scrubFlags say what is scrubbed, and how.
func scrubFlags() []cli.Flag {
	return append(append(secretFlags(),
		&cli.BoolFlag{Name: "pseudonyms", Usage: "replace GUIDs, addresses, hosts and tenants with pseudonyms; --pseudonyms=false keeps them", Value: true}), standInFlags()...)
}

// standInFlags say which names get which stand-ins.
func standInFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "pseudonym-key", Usage: "derive pseudonyms from `KEY`, so that nobody without KEY can recover names by guessing; use the same KEY for record, replay and verify [$" + options.Variable("pseudonym-key") + "]"},
		&cli.StringSliceFlag{Name: "keep", Usage: "leave `NAME`, a GUID, an address or a domain, as it is; may be repeated"},
	}
}

// secretFlags say what is secret besides what is known to be.
func secretFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "scrub-pointer", Usage: "take out what is at `POINTER` in bodies, a JSON pointer in which * is any member; may be repeated"},
		&cli.StringSliceFlag{Name: "scrub-header", Usage: "take out the value of the header `NAME`; may be repeated"},
		&cli.StringSliceFlag{Name: "scrub-pattern", Usage: "take out what the regular expression `RE` matches, or its groups; may be repeated"},
	}
}

func secretOptions(cmd *cli.Command) (opts []scrub.Option) {
	for name, option := range map[string]func(string) scrub.Option{"scrub-pointer": scrub.WithPointer, "scrub-header": scrub.WithHeader, "scrub-pattern": scrub.WithPattern} {
		for _, v := range cmd.StringSlice(name) {
			opts = append(opts, func(s *scrub.Scrubber) error {
				if err := option(v)(s); err != nil {
					return fmt.Errorf("--%s: %w", name, err)
				}
				return nil
			})
		}
	}
	return opts
}

// scrubber is what the flags describe.
func (p *program) scrubber(cmd *cli.Command, more ...scrub.Option) (*scrub.Scrubber, error) {
	opts := append(secretOptions(cmd), more...)
	if !cmd.Bool("pseudonyms") {
		opts = append(opts, scrub.WithoutPseudonyms())
	}
	opts = append(opts, p.standIns(cmd)...)
	s, err := scrub.New(opts...)
	if err != nil {
		return nil, &badInput{err}
	}
	return s, nil
}

func (p *program) standIns(cmd *cli.Command) []scrub.Option {
	opts := []scrub.Option{scrub.WithKept(cmd.StringSlice("keep")...)}
	key := cmd.String("pseudonym-key")
	if key == "" {
		key = p.getenv(options.Variable("pseudonym-key"))
	}
	if key != "" {
		opts = append(opts, scrub.WithKey(key))
	}
	return opts
}

func (p *program) scrubCommand() *cli.Command {
	return p.command(&cli.Command{
		Usage:     "take secrets and names out of recordings",
		ArgsUsage: "FILE...",
		Description: `Writes recordings, and the files beside them, again without secrets and with
stand-ins in the place of names, as record does from the beginning. What is
scrubbed already stays as it is.

Examples:
  graph-emulator scrub session.yaml
  graph-emulator scrub --pseudonyms=false --scrub-pointer '/value/*/mobilePhone' *.yaml`,
		Flags: scrubFlags(),
		Action: func(_ context.Context, cmd *cli.Command) error {
			if cmd.Args().Len() == 0 {
				return badInputf("no file given; %s --help says what it takes", cmd.FullName())
			}
			s, err := p.scrubber(cmd)
			if err != nil {
				return err
			}
			for _, name := range cmd.Args().Slice() {
				n, err := cassette.ScrubFile(name, s)
				if err != nil {
					return &badInput{toImport(name, err)}
				}
				if _, err := fmt.Fprintf(p.stdout, "%s: %s scrubbed\n", name, plural(n, "exchange")); err != nil {
					return err
				}
			}
			return nil
		},
	})
}

// unscrubbed says what in conversations looks like a secret.
func unscrubbed(cmd *cli.Command) error {
	var found []error
	for _, name := range cmd.Args().Slice() {
		list, err := cassette.Secrets(name, secretOptions(cmd)...)
		if err != nil {
			return &badInput{toImport(name, err)}
		}
		for _, f := range list {
			found = append(found, fmt.Errorf("%s:%d: looks like a secret: %s %s", name, f.Line, f.Kind, f.At))
		}
	}
	if len(found) == 0 {
		return nil
	}
	if n := len(found) - shown; n > 0 {
		found = append(found[:shown], fmt.Errorf("and %d more", n))
	}
	return &badInput{errors.Join(found...)}
}
