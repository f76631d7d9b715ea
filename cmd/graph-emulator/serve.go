package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/internal/options"
)

// grace is how long requests in flight may take after the signal to end. What
// is left of a second belongs to writing the tenant down.
const grace = 800 * time.Millisecond

func (p *program) serveCommand() *cli.Command {
	return p.command(&cli.Command{
		Usage: "answer Microsoft Graph requests until a signal ends it",
		Description: `Prints one line with the URLs on standard output when it answers, and its log
on standard error. SIGTERM and SIGINT end it: requests in flight are finished.

Examples:
  graph-emulator serve
  graph-emulator serve --listen 127.0.0.1:0 --ready-file ready.txt
  graph-emulator serve --fixtures ./tenant --watch
  graph-emulator serve --docs ./pages --catalog none
  graph-emulator serve --random-seed 1 --log-level debug --log-format json
  GRAPH_EMULATOR_LISTEN=127.0.0.1:8123 graph-emulator serve

Every flag has a variable and a key in the configuration file. A flag beats a
variable, a variable beats the file, the file beats the default.`,
		Flags: flags(options.Table()),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			if err := noArguments(cmd); err != nil {
				return err
			}
			s, err := p.resolve(cmd, options.Table())
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
			defer stop()
			return p.serve(ctx, stop, s)
		},
	})
}

// serve runs until ctx ends. stop gives signals their usual meaning back, so
// that a second one ends a program that hangs.
func (p *program) serve(ctx context.Context, stop func(), s *settings) (err error) {
	log := s.logger(p.stderr)
	if err := clearReady(s.Text("ready-file")); err != nil {
		return &badInput{err}
	}
	seen := look(s.List("fixtures"), log) // before they are read, so that no change is missed
	emu, err := s.emulator(log, s.kept()...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, emu.Close()) }()
	l, err := s.port(ctx)
	if err != nil {
		return err
	}
	background, cancel := context.WithCancel(ctx)
	watched := p.watch(background, s, seen, emu, log)
	saved := p.saveRegularly(background, s, emu, log)
	defer func() { cancel(); <-watched; <-saved }()
	served := make(chan error, 1)
	go func() { served <- emu.Serve(l) }()
	defer func() { err = errors.Join(err, removeReady(s.Text("ready-file"))) }()
	if err := p.ready(l.Addr(), s); err != nil {
		return errors.Join(err, shutDown(ctx, emu, served, log))
	}
	select {
	case err := <-served:
		return ended(err)
	case <-ctx.Done():
		stop()
		err := shutDown(context.WithoutCancel(ctx), emu, served, log)
		return errors.Join(err, save(context.WithoutCancel(ctx), emu))
	}
}

// shutDown finishes requests in flight, and cuts those that take too long.
func shutDown(ctx context.Context, emu *emulator.Server, served <-chan error, log *slog.Logger) error {
	log.Info("ending; requests in flight are finished")
	limited, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	err := emu.Shutdown(limited)
	if errors.Is(err, context.DeadlineExceeded) {
		log.Warn("requests were still in flight and have been cut", "after", grace)
		err = nil
	}
	return errors.Join(err, ended(<-served))
}

func ended(err error) error {
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
