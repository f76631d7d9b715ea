package main

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/urfave/cli/v3"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/cassette"
	"github.com/graph-emulator/graph-emulator/internal/options"
)

func (p *program) replayCommand() *cli.Command {
	table := options.Except("watch", "data")
	return p.command(&cli.Command{
		Usage:     "answer from recordings until a signal ends it",
		ArgsUsage: "FILE...",
		Description: `Answers each request with the first unused matching exchange. A request without a
recording gets 501, the log shows the closest recorded exchanges, and the command
exits with 1. With --fall-through, an emulator or a service answers it. Unused
exchanges are logged at the end.

Examples:
  graph-emulator replay session.yaml
  graph-emulator replay --free --latency session.yaml more.yaml
  graph-emulator replay --fall-through emulator --fixtures ./tenant session.yaml
  graph-emulator replay --fall-through upstream --upstream https://graph.microsoft.com session.yaml`,
		Flags: append(append(flags(table), scrubFlags()...),
			hostFlag("answer"),
			&cli.BoolFlag{Name: "free", Usage: "let the last exchange of its kind answer again when all have been used"},
			&cli.BoolFlag{Name: "latency", Usage: "let answers take as long as they took"},
			&cli.StringFlag{Name: "fall-through", Usage: "let what is not recorded be answered by `WHOM` (none, emulator, upstream)", Value: "none"},
			&cli.StringFlag{Name: "upstream", Usage: "the service at `URL` that --fall-through upstream asks", Value: "https://graph.microsoft.com"}),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			s, err := p.resolve(cmd, table)
			if err != nil {
				return err
			}
			log := s.logger(p.stderr)
			var missed atomic.Int64
			c, err := p.recordings(cmd, log, &missed)
			if err != nil {
				return err
			}
			hosts, err := hostsOf(cmd)
			if err != nil {
				return err
			}
			wrap, err := fallThrough(cmd, c, hosts)
			if err != nil {
				return err
			}
			emu, err := s.emulator(log, emulator.WithMiddleware(wrap), emulator.WithTLSNames(hosts...))
			if err != nil {
				return err
			}
			if err := p.answer(ctx, s, emu, log, nil); err != nil {
				return err
			}
			notAsked(c, log)
			return notRecorded(&missed)
		},
	})
}

// recordings opens the files to answer from.
func (p *program) recordings(cmd *cli.Command, log *slog.Logger, missed *atomic.Int64) (*cassette.Cassette, error) {
	files := cmd.Args().Slice()
	if len(files) == 0 {
		return nil, badInputf("no file given; %s --help says what it takes", cmd.FullName())
	}
	sc, err := p.scrubber(cmd)
	if err != nil {
		return nil, err
	}
	opts := []cassette.Option{cassette.WithScrubber(sc), cassette.WithFiles(files[1:]...), cassette.WithMiss(func(m *cassette.Miss) {
		missed.Add(1)
		log.Warn("not recorded", "request", m.Request, "nearest", m.String())
	})}
	if cmd.Bool("free") {
		opts = append(opts, cassette.WithFreeUse())
	}
	if cmd.Bool("latency") {
		opts = append(opts, cassette.WithLatency())
	}
	c, err := cassette.Open(files[0], cassette.None, opts...)
	if err != nil {
		for _, name := range files {
			err = toImport(name, err)
		}
		return nil, &badInput{err}
	}
	return c, nil
}

// fallThrough says who answers what is not recorded.
func fallThrough(cmd *cli.Command, c *cassette.Cassette, hosts []string) (func(http.Handler) http.Handler, error) {
	switch whom := cmd.String("fall-through"); whom {
	case "none":
		return c.Middleware, nil
	case "emulator":
		return c.Replay, nil
	case "upstream":
		upstream, err := originOf("upstream", cmd.String("upstream"))
		if err != nil {
			return nil, err
		}
		return func(http.Handler) http.Handler {
			return c.Replay(cassette.Proxy(upstreamOf(upstream, hosts...), outside()))
		}, nil
	default:
		return nil, badInputf("--fall-through: %q is not one of none, emulator, upstream", whom)
	}
}
