// Command graph-bench measures the program from outside: graph-emulator runs in a process
// of its own, and so does a bare server of net/http that sends the answers which the
// emulator gave, byte for byte, or their bodies alone. All three get the same requests in
// turns, on connections that stay open, and the medians over the rounds are printed:
// requests per second and processor time of the server for each request, and the ratios
// of both, in which the noise of the machine is the same on either side.
//
// The processor time is that of /proc, which is Linux.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if len(os.Args) == 2 && os.Args[1] == bareCommand {
		err = serveBare(ctx, os.Stdin, os.Stdout)
	} else {
		err = run(ctx, os.Args[1:], os.Stdout)
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "graph-bench:", err)
		os.Exit(1)
	}
}

// options are what the flags say.
type options struct {
	server      string
	rounds      int
	turn        time.Duration
	connections int
	users       int
}

func run(ctx context.Context, args []string, stdout io.Writer) error {
	var o options
	flags := flag.NewFlagSet("graph-bench", flag.ContinueOnError)
	flags.SetOutput(stdout)
	flags.StringVar(&o.server, "server", "bin/graph-emulator", "measure the program `FILE`")
	flags.IntVar(&o.rounds, "rounds", 9, "take the median of `N` rounds")
	flags.DurationVar(&o.turn, "turn", 700*time.Millisecond, "call each server for `TIME` in a round; /proc counts processor time in steps of 10 ms")
	flags.IntVar(&o.connections, "connections", 16, "call on `N` connections at once")
	flags.IntVar(&o.users, "users", 10_000, "put `N` users into the tenant")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.rounds < 1 || o.turn <= 0 || o.connections < 1 || o.users < 100 || flags.NArg() > 0 {
		return errors.New("--rounds and --connections are at least 1, --users 100, --turn is positive, and there are no arguments")
	}
	runtime.GOMAXPROCS(1) // the servers have the other processors
	return measure(ctx, &o, stdout)
}

// measure starts both servers, runs the rounds and prints the table.
func measure(ctx context.Context, o *options, stdout io.Writer) error {
	ours, err := start(ctx, o.server, "serve", "--listen", "127.0.0.1:0", "--log-level", "error")
	if err != nil {
		return err
	}
	defer ours.stop()
	if err := fill(ours.addr, o); err != nil {
		return err
	}
	cases := requests(o.users)
	answers, err := record(ours.addr, cases)
	if err != nil {
		return err
	}
	theirs, err := startBare(ctx, answers)
	if err != nil {
		return err
	}
	defer theirs.stop()

	fmt.Fprintf(stdout, "%-26s %-9s %12s %12s %14s %14s\n", "", "", "requests/s", "µs of CPU", "ours/bare: rate", "bare/ours: CPU")
	for _, c := range cases {
		results, err := contest(ctx, o, ours, theirs, c)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		print(stdout, c.name, results)
	}
	return nil
}

// The sides of a contest.
const (
	emulator = iota
	same     // the bare server, with the bytes of the emulator
	body     // the bare server, with the body alone
	sides
)

var sideNames = [sides]string{"emulator", "same", "body"}

// contest runs rounds in which each side is called for a turn.
func contest(ctx context.Context, o *options, ours, theirs *process, c request) (out [sides][]figure, err error) {
	for round := range o.rounds + 1 {
		for side := range sides {
			p, text := ours, c.text("")
			switch side {
			case same:
				p, text = theirs, c.text(samePrefix)
			case body:
				p, text = theirs, c.text(bodyPrefix)
			}
			f, err := turn(ctx, o, p, text, c.status)
			if err != nil {
				return out, fmt.Errorf("%s: %w", sideNames[side], err)
			}
			if round > 0 { // the first warms up
				out[side] = append(out[side], f)
			}
		}
	}
	return out, nil
}

// figure is what a turn showed.
type figure struct {
	rate float64 // requests per second
	cpu  float64 // µs of the server's processor time for each request
}

func print(w io.Writer, name string, results [sides][]figure) {
	for side, figures := range results {
		var rate, cpu, rates, cpus []float64
		for i, f := range figures {
			rate, cpu = append(rate, f.rate), append(cpu, f.cpu)
			rates, cpus = append(rates, results[emulator][i].rate/f.rate), append(cpus, f.cpu/results[emulator][i].cpu)
		}
		fmt.Fprintf(w, "%-26s %-9s %12.0f %12.1f", name, sideNames[side], median(rate), median(cpu))
		if side != emulator {
			fmt.Fprintf(w, " %14.2f %14.2f", median(rates), median(cpus))
		}
		fmt.Fprintln(w)
		name = ""
	}
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}
