package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v3"

	"github.com/graph-emulator/graph-emulator/internal/options"
)

func (p *program) caCommand() *cli.Command {
	kept, where := options.Only("ca-dir", "tls-name"), options.Only(whereNames...)
	export := p.command(&cli.Command{
		Name:  "export",
		Usage: "print the certificate that clients have to trust, as PEM",
		Description: `With --ca-dir the CA of that folder, which is made if there is none yet; without
it that of the running server, which is found as health finds it. The key is
never printed.

Examples:
  graph-emulator ca export > ca.pem
  graph-emulator ca export --ca-dir ./ca --out ca.pem
  graph-emulator ca export --bundle --out bundle.pem`,
		Flags: append(flags(append(where, kept...)),
			&cli.StringFlag{Name: "url", Usage: "ask the server at `URL` [$" + options.Variable("url") + "]"},
			&cli.StringFlag{Name: "out", Usage: "write to `FILE` instead of standard output"},
			&cli.BoolFlag{Name: "bundle", Usage: "put the roots of this system in front, for clients that trust one file only"}),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			if err := noArguments(cmd); err != nil {
				return err
			}
			s, err := p.resolve(cmd, kept)
			if err != nil {
				return err
			}
			text, err := p.caText(ctx, cmd, s, where)
			if err != nil {
				return err
			}
			out := cmd.String("out")
			if cmd.Bool("bundle") {
				text = append(systemRoots(p.getenv, out), text...)
			}
			if out == "" {
				_, err = p.stdout.Write(text)
				return err
			}
			if err := errors.Join(os.MkdirAll(filepath.Dir(out), 0o755), place(out, text)); err != nil {
				return fmt.Errorf("--out: %w", err)
			}
			return nil
		},
	})
	return p.command(&cli.Command{
		Usage:    "the local CA that clients trust",
		Commands: []*cli.Command{export},
		Action:   func(_ context.Context, cmd *cli.Command) error { return noCommand(cmd) },
	})
}

func (p *program) caText(ctx context.Context, cmd *cli.Command, s *settings, where []options.Option) ([]byte, error) {
	if s.Given("ca-dir") && !cmd.IsSet("url") {
		emu, err := s.emulator(slog.New(slog.DiscardHandler))
		if err != nil {
			return nil, err
		}
		return emu.CertificatePEM()
	}
	url, err := p.healthURL(cmd, where)
	if err != nil {
		return nil, err
	}
	r, err := reach(url)
	if err != nil {
		return nil, &badInput{err}
	}
	defer r.close()
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	if err := r.trust(ctx); err != nil {
		return nil, err
	}
	return r.pem, nil
}
