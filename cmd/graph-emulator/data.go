package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"

	"github.com/graph-emulator/graph-emulator/emulator"
)

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// kept are the options of a server that keeps its tenant.
func (s *settings) kept() (opts []emulator.Option) {
	if s.Given("data") {
		opts = append(opts, emulator.WithData(s.Text("data")))
	}
	return opts
}

// save writes the tenant, where it is kept.
func save(ctx context.Context, emu *emulator.Server) error {
	if err := emu.Save(ctx); !errors.Is(err, emulator.ErrNoData) {
		return err
	}
	return nil
}

// saveRegularly saves at every interval until ctx ends. The interval is of the machine's
// clock and not of the emulator's: it is about what a crash of the machine may cost. The
// channel it returns is closed when it has stopped.
func (p *program) saveRegularly(ctx context.Context, s *settings, emu *emulator.Server, log *slog.Logger) <-chan struct{} {
	done := make(chan struct{})
	if !s.Given("data-interval") {
		close(done)
		return done
	}
	tick, stop := p.tick(s.Span("data-interval"))
	go func() {
		defer close(done)
		defer stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick:
			}
			if err := save(context.WithoutCancel(ctx), emu); err != nil {
				log.Error("the tenant cannot be saved; it is tried again", "reason", err)
			}
		}
	}()
	return done
}
