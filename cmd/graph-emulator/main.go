package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/graph-emulator/graph-emulator/internal/nearest"
)

// Exit codes, documented in --help.
const (
	exitOK      = 0
	exitFailure = 1 // the command ran and failed
	exitUsage   = 2 // a mistake in the command line, a variable, a file

	exitNotRun   = 126 // the command of exec or record is there and cannot be run, as shells say it
	exitNotFound = 127 // it is not there
)

func main() {
	if os.Getenv("GOGC") == "" {
		frugal()
	}
	os.Exit(run(context.Background(), os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// frugal lets the heap grow by half of itself between two collections, and not by all of
// it: a tenant is memory that stays. The first collection waits until there is more than a
// start leaves: it would find little, and what it touches itself (its tables, and the
// parts of the binary by which it reads stacks) takes more than it gives back.
func frugal() {
	debug.SetGCPercent(150) // of 4 MB, while the heap is smaller
	runtime.AddCleanup(new([64]byte), func(int) { debug.SetGCPercent(50) }, 0)
}

// run is the whole program; args leave out its name. It returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	p := &program{getenv: getenv, stdin: os.Stdin, stdout: stdout, stderr: stderr, tick: ticker}
	return p.run(ctx, args)
}

// program is what the commands share: the world outside.
type program struct {
	getenv         func(string) string
	stdin          io.Reader // of the command of exec
	stdout, stderr io.Writer
	tick           func(time.Duration) (c <-chan time.Time, stop func()) // when --watch looks
}

func ticker(d time.Duration) (<-chan time.Time, func()) {
	t := time.NewTicker(d)
	return t.C, t.Stop
}

// badInput marks an error as a mistake in what the caller gave: exit code 2.
type badInput struct{ err error }

func (e *badInput) Error() string { return e.err.Error() }
func (e *badInput) Unwrap() error { return e.err }

func badInputf(format string, args ...any) error {
	return &badInput{fmt.Errorf(format, args...)}
}

func (p *program) run(ctx context.Context, args []string) int {
	err := p.root(args).Run(ctx, append([]string{"graph-emulator"}, args...))
	if err == nil {
		return exitOK
	}
	if code, ok := errors.AsType[childExit](err); ok { // the child has said why
		return int(code)
	}
	for _, line := range reasons(err) {
		fmt.Fprintf(p.stderr, "graph-emulator: %s\n", line)
	}
	if e, ok := errors.AsType[*notStarted](err); ok {
		return e.code()
	}
	if _, ok := errors.AsType[*badInput](err); ok {
		return exitUsage
	}
	if _, ok := errors.AsType[cli.ExitCoder](err); ok { // a help topic that does not exist
		return exitUsage
	}
	return exitFailure
}

// commands makes the command that the arguments begin with; all, where they begin with
// none. The flags of those that do not run would be a tenth of what a start allocates.
func (p *program) commands(args []string) (out []*cli.Command) {
	all := []command{
		{"serve", p.serveCommand},
		{"validate", p.validateCommand},
		{"health", p.healthCommand},
		{"exec", p.execCommand},
		{"verify", p.verifyCommand},
		{"record", p.recordCommand},
		{"replay", p.replayCommand},
		{"scrub", p.scrubCommand},
		{"learn", p.learnCommand},
		{"import", p.importCommand},
		{"export", p.exportCommand},
		{"env", p.envCommand},
		{"doctor", p.doctorCommand},
		{"ca", p.caCommand},
		{"derive", p.deriveCommand},
		{"catalog", p.catalogCommand},
		{"fixtures", p.fixturesCommand},
		{manualName, p.manualCommand},
		{"version", p.versionCommand},
	}
	if len(args) > 0 && args[0] != manualName {
		if i := slices.IndexFunc(all, func(c command) bool { return c.name == args[0] }); i >= 0 {
			all = all[i : i+1]
		}
	}
	for _, c := range all {
		cmd := c.make()
		cmd.Name = c.name
		out = append(out, cmd)
	}
	return out
}

// command is one by its name.
type command struct {
	name string
	make func() *cli.Command
}

func (p *program) root(args []string) *cli.Command {
	root := p.command(&cli.Command{
		Name:  "graph-emulator",
		Usage: "a local Microsoft Graph for testing Graph clients",
		Flags: []cli.Flag{&cli.BoolFlag{Name: "version", Aliases: []string{"v"}, Usage: "print the version of this program", HideDefault: true}},
		Description: `Examples:
  graph-emulator serve                            answer on http://127.0.0.1:3650
  graph-emulator serve --fixtures ./tenant        with your own tenant
  graph-emulator validate --fixtures ./tenant     say what is wrong with it
  graph-emulator health                           is a server up?
  graph-emulator exec -- go test ./...            run tests against one of their own
  graph-emulator verify session.yaml              where do answers differ from a recording?
  graph-emulator record --to session.yaml -- ./tests
                                                  write down what is said to Microsoft Graph
  graph-emulator replay session.yaml              answer from that
  eval "$(graph-emulator env)"                    point this shell's programs at it
  graph-emulator doctor                           say what does not work, and why
  source <(graph-emulator completion bash)        complete commands and flags in this shell

Exit codes: 0 done, 1 the command ran and failed, 2 a mistake in the command
line, in a variable or in a file. exec ends with the code of its command, with
127 if there is no such command, and with 126 if it cannot be run.`,
		Commands: p.commands(args),
		Action: func(_ context.Context, cmd *cli.Command) error {
			if cmd.Bool("version") {
				return p.printVersion()
			}
			return noCommand(cmd)
		},
	})
	root.EnableShellCompletion = completing(args)
	root.HideHelpCommand = false
	return root
}

// command gives cmd what all commands share: our writers, our way with
// errors, commas left alone in values.
func (p *program) command(cmd *cli.Command) *cli.Command {
	cmd.Writer, cmd.ErrWriter = p.stdout, p.stderr
	cmd.HideHelpCommand = true
	cmd.DisableSliceFlagSeparator = true
	cmd.ExitErrHandler = func(context.Context, *cli.Command, error) {}
	cmd.OnUsageError = func(_ context.Context, cmd *cli.Command, err error, _ bool) error {
		return badInputf("%w; %s --help lists the flags", knownFlag(cmd, err), cmd.FullName())
	}
	return cmd
}

// completing reports whether the arguments ask for the completion script of a shell, or
// come from one.
func completing(args []string) bool {
	return len(args) > 0 && (args[0] == "completion" || args[len(args)-1] == "--generate-shell-completion")
}

// knownFlag adds to an error about an unknown flag the one that was most likely meant.
func knownFlag(cmd *cli.Command, err error) error {
	name, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !ok {
		return err
	}
	var names []string
	for _, f := range cmd.Flags {
		names = append(names, f.Names()...)
	}
	name = strings.TrimLeft(name, "-")
	if meant := nearest.Among(name, names...); meant != "" {
		return fmt.Errorf("unknown flag --%s; did you mean --%s?", name, meant)
	}
	return fmt.Errorf("unknown flag --%s", name)
}

// noCommand refuses what stands in the place of a command of cmd.
func noCommand(cmd *cli.Command) error {
	name := cmd.Args().First()
	if name == "" {
		return badInputf("no command given; %s --help lists the commands", cmd.FullName())
	}
	var names []string
	for _, c := range cmd.Commands {
		names = append(names, c.Name)
	}
	if meant := nearest.Among(name, names...); meant != "" {
		return badInputf("unknown command %q; did you mean %q? %s --help lists the commands", name, meant, cmd.FullName())
	}
	return badInputf("unknown command %q; %s --help lists the commands", name, cmd.FullName())
}

// noArguments refuses what stands behind the flags.
func noArguments(cmd *cli.Command) error {
	if arg := cmd.Args().First(); arg != "" {
		return badInputf("unexpected argument %q; %s --help lists the flags", arg, cmd.FullName())
	}
	return nil
}
