package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/graph-emulator/graph-emulator/emulator/cassette"
	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/interchange"
)

func (p *program) importCommand() *cli.Command {
	return p.command(&cli.Command{
		Usage:     "convert files of other tools to conversations",
		ArgsUsage: "FILE...",
		Description: `Reads HAR 1.2 and cassettes of go-vcr, of VCR.py and of Ruby's VCR as recordings, which
are scrubbed as record does, so are graph-shapes; and mocks of Dev Proxy and mappings of
WireMock as stubs.
What is left out is named on standard error, one by one.

Examples:
  graph-emulator import session.har --to session.yaml
  graph-emulator import fixtures/users.yaml --to users.yaml --pseudonyms=false
  graph-emulator import mocks.json --to tenant/stubs.yaml`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "to", Usage: "write the conversation to `FILE`", Required: true},
			&cli.StringFlag{Name: "format", Usage: "the files have `FORM` (har, go-vcr, vcrpy, vcr, dev-proxy, wiremock, graph-shapes); default: detected from the content"},
			&cli.BoolFlag{Name: "force", Usage: "write over a file that is there"},
		}, scrubFlags()...),
		Action: func(_ context.Context, cmd *cli.Command) error {
			f, err := p.imported(cmd)
			if err != nil {
				return err
			}
			if f.Recording != nil {
				s, err := p.scrubber(cmd)
				if err != nil {
					return err
				}
				if _, _, err := cassette.Scrub(f, s); err != nil {
					return &badInput{err}
				}
			}
			text, err := f.Append(nil)
			if err != nil {
				return err
			}
			return p.written(cmd, text, len(f.Exchanges))
		},
	})
}

// imported reads the files of an import as one conversation.
func (p *program) imported(cmd *cli.Command) (*conversation.File, error) {
	if cmd.Args().Len() == 0 {
		return nil, badInputf("no file given; %s --help says what it takes", cmd.FullName())
	}
	all := &conversation.File{}
	var errs []error
	for i, name := range cmd.Args().Slice() {
		f, notes, err := foreign(name, interchange.Format(cmd.String("format")))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		for _, n := range notes {
			what := "left out: "
			if n.Kept {
				what = ""
			}
			fmt.Fprintf(p.stderr, "graph-emulator: %s:%d: %s%s\n", name, n.Line, what, n.Reason)
		}
		switch {
		case i == 0:
			all.Recording = f.Recording
		case all.Recording == nil && f.Recording == nil:
		case all.Recording == nil || f.Recording == nil || all.Recording.Upstream != f.Recording.Upstream:
			errs = append(errs, fmt.Errorf("%s: is of another kind or another service than %s: import them one by one", name, cmd.Args().First()))
		}
		all.Exchanges = append(all.Exchanges, f.Exchanges...)
	}
	if len(errs) > 0 {
		return nil, &badInput{errors.Join(errs...)}
	}
	if len(all.Exchanges) == 0 {
		return nil, errors.New("nothing is left to import")
	}
	return all, nil
}

// foreign reads a file of another tool.
func foreign(name string, format interchange.Format) (*conversation.File, []interchange.Note, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, nil, err
	}
	if format == "" {
		if format, err = interchange.Detect(text); err != nil {
			if _, is := conversation.ReadFile(name); is == nil {
				err = errors.New("this is a conversation already")
			}
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return interchange.Read(name, text, format, os.DirFS(filepath.Dir(name)))
}

// toImport adds to the error of a file that is read as a conversation what it is.
func toImport(name string, err error) error {
	if e, ok := errors.AsType[*conversation.Error](err); !ok || e.File != name {
		return err
	}
	text, err2 := os.ReadFile(name)
	if err2 != nil {
		return err
	}
	if format, err2 := interchange.Detect(text); err2 == nil {
		return fmt.Errorf("%w; this is a file of %s, and import makes a conversation of it", err, format)
	}
	return err
}

// written writes what a command has made to the file of --to.
func (p *program) written(cmd *cli.Command, text []byte, exchanges int) error {
	to := cmd.String("to")
	if err := writeTree(filepath.Dir(to), map[string][]byte{filepath.Base(to): text}, cmd.Bool("force")); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.stdout, "%s: %s written\n", to, plural(exchanges, "exchange"))
	return err
}

func (p *program) exportCommand() *cli.Command {
	return p.command(&cli.Command{
		Usage:     "write conversations as files of other tools",
		ArgsUsage: "FILE",
		Description: `Writes a recording as HAR 1.2, or stubs and recordings as mocks of Dev Proxy or
mappings of WireMock, as far as those can say it; what they cannot is said on
standard error.

Examples:
  graph-emulator export session.yaml --to session.har
  graph-emulator export tenant/stubs.yaml --format wiremock --to mappings/graph.json`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "to", Usage: "write to `FILE`", Required: true},
			&cli.StringFlag{Name: "format", Usage: "write `FORM` (har, dev-proxy, wiremock); without it har to a file that ends in .har"},
			&cli.BoolFlag{Name: "force", Usage: "write over a file that is there"},
		},
		Action: func(_ context.Context, cmd *cli.Command) error {
			files, err := conversations(cmd)
			if err != nil {
				return err
			}
			if err := withoutOptions(files); err != nil {
				return err
			}
			if len(files) > 1 {
				return badInputf("one file at a time: %s is one more", files[1].Name)
			}
			format := interchange.Format(cmd.String("format"))
			if format == "" && strings.EqualFold(filepath.Ext(cmd.String("to")), ".har") {
				format = interchange.HAR
			}
			if format == "" {
				return badInputf("--format: the name %s does not say which format is wanted; give dev-proxy, wiremock or har", cmd.String("to"))
			}
			text, notes, err := interchange.Write(files[0], format)
			if err != nil {
				return badInputf("--format: %w", err)
			}
			for _, n := range notes {
				fmt.Fprintf(p.stderr, "graph-emulator: %s:%d: left out: %s\n", files[0].Name, n.Line, n.Reason)
			}
			if len(notes) == len(files[0].Exchanges) {
				return errors.New("nothing is left to export")
			}
			return p.written(cmd, text, len(files[0].Exchanges)-len(notes))
		},
	})
}
