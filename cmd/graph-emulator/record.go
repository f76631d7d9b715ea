package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/urfave/cli/v3"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/cassette"
	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/internal/clouds"
	"github.com/graph-emulator/graph-emulator/internal/options"
)

// sessionFile is the recording in a folder.
const sessionFile = "session.yaml"

func (p *program) recordCommand() *cli.Command {
	table := options.Only("listen", "ready-file", "ca-dir", "tls-name", "log-level", "log-format")
	return p.command(&cli.Command{
		Usage:     "record the traffic between clients and Microsoft Graph",
		ArgsUsage: "[-- COMMAND [ARGUMENT]...]",
		Description: `Runs as a proxy or base URL between clients and the service and writes every exchange
without secrets. With COMMAND it runs the command with the recorder as its proxy and
exits with its code. Without COMMAND it runs until a signal ends it. Traffic to hosts
other than those of Graph and its sign-in service is not recorded, unless --host names
them.

Modes: once records if there is no recording yet, and answers from it if there is;
none answers only; new_episodes records what is not known; all records anew. The
default is once, and none where the variable CI is set. A request without a recording
that must not be recorded gets 501, and the command exits with 1.

Examples:
  graph-emulator record --to session.yaml -- go test ./...
  graph-emulator record --to recordings/ --listen 127.0.0.1:3650
  graph-emulator record --to session.yaml --host contoso-my.sharepoint.com -- ./backup
  graph-emulator record --to session.yaml --mode all --upstream http://127.0.0.1:3650`,
		Flags: append(append(flags(table), scrubFlags()...),
			&cli.StringFlag{Name: "upstream", Usage: "ask the service at `URL`", Value: "https://graph.microsoft.com"},
			hostFlag("record"),
			&cli.StringFlag{Name: "to", Usage: "write to `PATH`, a file, or a folder that gets " + sessionFile},
			&cli.StringFlag{Name: "mode", Usage: "record in `MODE` (once, none, new_episodes, all)"},
			&cli.BoolFlag{Name: "batch-parts", Usage: "record the requests of a $batch one by one"},
			&cli.StringFlag{Name: "inline-limit", Usage: "write bodies over `SIZE` to files beside the recording", Value: "64KiB"},
			&cli.StringSliceFlag{Name: "header", Usage: "record the header `NAME` of requests, besides those that mean something to Graph; may be repeated"}),
		Action: func(ctx context.Context, cmd *cli.Command) error { return p.record(ctx, cmd, table) },
	})
}

// record is the command, once its flags are known.
func (p *program) record(ctx context.Context, cmd *cli.Command, table []options.Option) error {
	args := cmd.Args().Slice()
	s, err := p.resolve(cmd, table)
	if err != nil {
		return err
	}
	if len(args) > 0 {
		if _, err := exec.LookPath(args[0]); err != nil {
			return &badInput{err}
		}
		if !cmd.IsSet("listen") {
			s.put("listen", "127.0.0.1:0")
		}
		if !cmd.IsSet("log-level") && p.getenv(options.Variable("log-level")) == "" {
			s.put("log-level", "error")
		}
	}
	upstream, err := originOf("upstream", cmd.String("upstream"))
	if err != nil {
		return err
	}
	hosts, err := hostsOf(cmd)
	if err != nil {
		return err
	}
	var missed atomic.Int64
	log := s.logger(p.stderr)
	c, err := p.tape(cmd, upstream, log, &missed)
	if err != nil {
		return err
	}
	err = p.attend(ctx, s, log, args, func(http.Handler) http.Handler {
		return cassette.Proxy(upstreamOf(upstream, hosts...), c.Transport(outside()))
	}, emulator.WithTLSNames(hosts...), emulator.WithFixtures(fixtures.Empty()), emulator.WithProxyOthers(emulator.ProxyTunnel))
	notAsked(c, log)
	if err = errors.Join(err, c.Close()); err != nil {
		return err
	}
	return notRecorded(&missed)
}

// notAsked logs what recordings hold and no client wanted.
func notAsked(c *cassette.Cassette, log *slog.Logger) {
	if left := c.Unused(); len(left) > 0 {
		log.Warn("recorded and not asked for", "exchanges", len(left), "first", left[0])
	}
}

// notRecorded is the error of requests that the recordings do not answer.
func notRecorded(missed *atomic.Int64) error {
	if n := missed.Load(); n > 0 {
		return fmt.Errorf("%s not recorded", plural(int(n), "request"))
	}
	return nil
}

// tape opens the cassette that the flags describe.
func (p *program) tape(cmd *cli.Command, upstream *url.URL, log *slog.Logger, missed *atomic.Int64) (*cassette.Cassette, error) {
	path := cmd.String("to")
	if path == "" {
		return nil, badInputf("--to: a file or folder for the recording is needed")
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() || strings.HasSuffix(path, "/") || strings.HasSuffix(path, string(filepath.Separator)) {
		path = filepath.Join(path, sessionFile)
	}
	mode, err := cassette.ParseMode(cmd.String("mode"))
	if err != nil {
		return nil, badInputf("--mode: %w", err)
	}
	limit, err := options.ParseSize(cmd.String("inline-limit"))
	if err != nil {
		return nil, badInputf("--inline-limit: %w", err)
	}
	s, err := p.scrubber(cmd)
	if err != nil {
		return nil, err
	}
	opts := []cassette.Option{cassette.WithScrubber(s), cassette.WithUpstream(upstream.String()), cassette.WithInlineLimit(int(limit)), cassette.WithHeaders(cmd.StringSlice("header")...),
		cassette.WithMiss(func(m *cassette.Miss) {
			missed.Add(1)
			log.Error("not recorded", "request", m.Request, "nearest", m.String())
		})}
	if cmd.Bool("batch-parts") {
		opts = append(opts, cassette.WithBatchParts())
	}
	if mode == cassette.Default { // by the program's own variables
		mode = cassette.Once
		if p.getenv("CI") != "" {
			mode = cassette.None
		}
	}
	c, err := cassette.Open(path, mode, opts...)
	if err != nil {
		return nil, &badInput{toImport(path, err)}
	}
	return c, nil
}

// originOf reads the origin of a service from a flag.
func originOf(flag, v string) (*url.URL, error) {
	if err := options.CheckURL(v); err != nil {
		return nil, badInputf("--%s: %w", flag, err)
	}
	u, err := url.Parse(strings.TrimRight(v, "/"))
	if err != nil { // unreachable: it was checked
		return nil, &badInput{err}
	}
	return u, nil
}

// hostFlag names hosts that a client is met at as its proxy.
func hostFlag(verb string) cli.Flag {
	return &cli.StringSliceFlag{Name: "host", Usage: verb + " what goes to the host `NAME` too, besides those of Graph and of its sign-in service; the local CA vouches for it then; may be repeated"}
}

// hostsOf reads them.
func hostsOf(cmd *cli.Command) ([]string, error) {
	hosts := cmd.StringSlice("host")
	for _, h := range hosts {
		if h == "" || strings.ContainsAny(h, "/:*@ ") {
			return nil, badInputf("--host: %q is not the name of a host; write contoso.sharepoint.com", h)
		}
	}
	return hosts, nil
}

// signIns are the hosts of the sign-in service, by those of Graph.
var signIns = map[string]string{"graph.microsoft.com": "login.microsoftonline.com", "graph.microsoft.us": "login.microsoftonline.us",
	"dod-graph.microsoft.us": "login.microsoftonline.us", "microsoftgraph.chinacloudapi.cn": "login.chinacloudapi.cn"}

// upstreamOf says where a request goes. Microsoft's hosts are each itself, and at our
// own address what is not Graph's is the sign-in service's; any other upstream is one
// address for all. Other hosts are themselves in any case.
func upstreamOf(upstream *url.URL, others ...string) func(*http.Request) *url.URL {
	login, real := signIns[upstream.Host]
	return func(r *http.Request) *url.URL {
		host := strings.ToLower(strings.TrimSuffix(r.Host, ":443"))
		version, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		switch {
		case slices.ContainsFunc(others, func(o string) bool { return strings.EqualFold(o, host) }), real && slices.Contains(clouds.Hosts(), host):
			return &url.URL{Scheme: "https", Host: host}
		case real && !strings.EqualFold(version, "v1.0") && !strings.EqualFold(version, "beta"):
			return &url.URL{Scheme: "https", Host: login}
		}
		return upstream
	}
}

// outside is the way to the service. It does not unpack what clients see packed.
func outside() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 64
	return t
}

// attend answers with what wrap makes of an emulator until the command in args has
// ended, or without one until a signal comes.
func (p *program) attend(ctx context.Context, s *settings, log *slog.Logger, args []string, wrap func(http.Handler) http.Handler, opts ...emulator.Option) (err error) {
	emu, err := s.emulator(log, append(opts, emulator.WithMiddleware(wrap))...)
	if err != nil {
		return err
	}
	return p.answer(ctx, s, emu, log, args)
}

// answer runs an emulator for as long as it is wanted.
func (p *program) answer(ctx context.Context, s *settings, emu *emulator.Server, log *slog.Logger, args []string) (err error) {
	defer func() { err = errors.Join(err, emu.Close()) }()
	if err := clearReady(s.Text("ready-file")); err != nil {
		return &badInput{err}
	}
	l, err := s.port(ctx)
	if err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() { served <- emu.Serve(l) }()
	defer func() { err = errors.Join(err, removeReady(s.Text("ready-file"))) }()
	if len(args) > 0 {
		err := p.accompanied(ctx, reachable(l.Addr().String()), args)
		return errors.Join(err, shutDown(context.WithoutCancel(ctx), emu, served, log))
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := p.ready(l.Addr(), s); err != nil {
		return errors.Join(err, shutDown(ctx, emu, served, log))
	}
	select {
	case err := <-served:
		return ended(err)
	case <-ctx.Done():
		stop()
		return shutDown(context.WithoutCancel(ctx), emu, served, log)
	}
}

// accompanied runs a command with the server at url as its proxy. Who it is when it
// signs in is its own affair.
func (p *program) accompanied(ctx context.Context, url string, args []string) error {
	dir, err := os.MkdirTemp("", "graph-emulator-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	all, err := p.surroundings(ctx, url, dir)
	if err != nil {
		return err
	}
	return p.child(ctx, args, slices.DeleteFunc(all, func(v string) bool {
		return strings.HasPrefix(v, "AZURE_") || strings.HasPrefix(v, "ARM_")
	}))
}
