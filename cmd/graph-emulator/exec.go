package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/internal/options"
)

// childExit is how the command of exec ended: its exit code, or 128 and the number of
// the signal that ended it.
type childExit int

func (e childExit) Error() string { return fmt.Sprintf("the command ended with %d", int(e)) }

// notStarted is the error of a command that could not be run.
type notStarted struct {
	err  error
	name string
}

func (e *notStarted) Unwrap() error { return e.err }

func (e *notStarted) Error() string {
	if e.code() == exitNotFound {
		return fmt.Sprintf("%s: command not found", e.name)
	}
	return fmt.Sprintf("%s: the command cannot be run: %v", e.name, e.err)
}

// code is the exit code that shells give.
func (e *notStarted) code() int {
	if errors.Is(e.err, exec.ErrNotFound) || errors.Is(e.err, fs.ErrNotExist) {
		return exitNotFound
	}
	return exitNotRun
}

func (p *program) execCommand() *cli.Command {
	table := shortLived()
	return p.command(&cli.Command{
		Usage:     "run a command with an emulator of its own",
		ArgsUsage: "-- COMMAND [ARGUMENT]...",
		Description: `Starts an emulator on a free port, gives the command the variables of env (proxy,
CA, authority, credentials), and ends with the command's exit code. What was
asked of the emulator is reported on standard error. Logs nothing unless
--log-level is given.

Examples:
  graph-emulator exec -- go test ./...
  graph-emulator exec --fixtures ./tenant -- npm test
  graph-emulator exec --format none -- ./backup --dry-run`,
		Flags: append(flags(table), formFlags("report", "text", "text, none")...),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			args := cmd.Args().Slice()
			if len(args) == 0 {
				return badInputf("no command given; write it behind --, as in graph-emulator exec -- go test ./...")
			}
			form := formOf(cmd, "report")
			if form != "text" && form != "none" {
				return badInputf("--format: %q is not one of text, none", form)
			}
			s, err := p.resolve(cmd, table)
			if err != nil {
				return err
			}
			if !cmd.IsSet("log-level") && p.getenv(options.Variable("log-level")) == "" {
				s.put("log-level", "error")
			}
			return p.exec(ctx, s, args, form == "text")
		},
	})
}

// exec runs until the command has ended.
func (p *program) exec(ctx context.Context, s *settings, args []string, report bool) (err error) {
	if _, err := exec.LookPath(args[0]); err != nil {
		return &notStarted{err, args[0]}
	}
	var seen tally
	log := s.logger(p.stderr)
	emu, err := s.emulator(log, append(s.kept(), emulator.WithObserver(seen.add))...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, emu.Close()) }()
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() { served <- emu.Serve(l) }()
	dir, err := os.MkdirTemp("", "graph-emulator-*")
	if err != nil {
		return errors.Join(err, shutDown(ctx, emu, served, log))
	}
	defer os.RemoveAll(dir)
	more, err := p.surroundings(ctx, reachable(l.Addr().String()), dir)
	background, cancel := context.WithCancel(ctx)
	saved := p.saveRegularly(background, s, emu, log)
	if err == nil {
		seen.clear() // what we have asked ourselves
		err = p.child(ctx, args, more)
	}
	cancel()
	<-saved
	err = errors.Join(err, shutDown(context.WithoutCancel(ctx), emu, served, log), save(context.WithoutCancel(ctx), emu))
	if report {
		seen.print(p.stderr, emu.WithoutEffect())
	}
	return err
}

// surroundings are the variables that point a child at the server at url.
func (p *program) surroundings(ctx context.Context, url, dir string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	r, err := reach(url)
	if err != nil {
		return nil, err
	}
	defer r.close()
	a, err := r.point(ctx, dir, p.getenv)
	if err != nil {
		return nil, err
	}
	k, err := a.fill()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, s := range k.settings {
		out = append(out, s.Name+"="+s.Value)
	}
	return out, nil
}

// child runs the command. SIGTERM is passed on; SIGINT is not, because a terminal
// sends it to the command as well: we wait for what the command makes of it.
func (p *program) child(ctx context.Context, args, more []string) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), more...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = p.stdin, p.stdout, p.stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	err := cmd.Run()
	if cmd.ProcessState == nil {
		return &notStarted{err, args[0]}
	}
	code := cmd.ProcessState.ExitCode()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		code = 128 + int(status.Signal())
	}
	if code == 0 {
		return nil
	}
	if code < 0 {
		code = exitFailure
	}
	return childExit(code)
}
