// Command graph-bench measures the program from outside: graph-emulator runs in a process
// of its own, and so does a bare server of net/http that sends the answers which the
// emulator gave, byte for byte, or their bodies alone, and one of a server that somebody
// would write by hand (package bare). All get the same requests in
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

	"github.com/graph-emulator/graph-emulator/internal/bare"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	switch {
	case len(os.Args) == 2 && os.Args[1] == bareCommand:
		err = serveBare(ctx, os.Stdin, os.Stdout)
	case len(os.Args) == 2 && os.Args[1] == handCommand:
		err = serveSelf(ctx, os.Stdout, bare.New())
	default:
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
	beside      string // empty: none
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
	flags.StringVar(&o.beside, "beside", "", "measure the program `FILE` too, another build")
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

// side is one of those that are called in turns.
type side struct {
	name   string
	server *process
	text   func(r *request) []byte
}

// measure starts the servers, runs the rounds and prints the table.
func measure(ctx context.Context, o *options, stdout io.Writer) error {
	ours, err := emulator(ctx, o, o.server)
	if err != nil {
		return err
	}
	defer ours.stop()
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
	hand, err := startSelf(ctx, handCommand, nil)
	if err != nil {
		return err
	}
	defer hand.stop()
	if err := fill(hand.addr, "/items", o); err != nil {
		return err
	}
	at := func(prefix string) func(r *request) []byte {
		return func(r *request) []byte { return r.text(prefix + r.path) }
	}
	sides := []side{{"emulator", ours, at("")}, {"by hand", hand, func(r *request) []byte { return r.text(r.hand) }},
		{"same bytes", theirs, at(samePrefix)}, {"same body", theirs, at(bodyPrefix)}}
	if o.beside != "" {
		other, err := emulator(ctx, o, o.beside)
		if err != nil {
			return err
		}
		defer other.stop()
		sides = append(sides, side{"beside", other, at("")})
	}
	fmt.Fprintf(stdout, "%-20s %-10s %10s %10s %12s %12s\n", "", "", "requests/s", "CPU µs", "rate: x of", "CPU: x of")
	for _, c := range cases {
		results, err := contest(ctx, o, sides, c)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		show(stdout, c.name, sides, results)
	}
	return nil
}

// emulator starts a program and fills its tenant.
func emulator(ctx context.Context, o *options, program string) (*process, error) {
	p, err := start(ctx, program, "serve", "--listen", "127.0.0.1:0", "--log-level", "error")
	if err != nil {
		return nil, err
	}
	if err := fill(p.addr, "/v1.0/users", o); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

// contest runs rounds in which each side is called for a turn.
func contest(ctx context.Context, o *options, sides []side, c request) ([][]figure, error) {
	out := make([][]figure, len(sides))
	for round := range o.rounds + 1 {
		for i, s := range sides {
			f, err := turn(ctx, o, s.server, s.text(&c), c.status)
			if err != nil {
				return out, fmt.Errorf("%s: %w", s.name, err)
			}
			if round > 0 { // the first warms up
				out[i] = append(out[i], f)
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

// show prints each side and what the first is of it: of its rate, and how often its
// processor time goes into that of the first. More is better for the first.
func show(w io.Writer, name string, sides []side, results [][]figure) {
	for i, figures := range results {
		var rate, cpu, rates, cpus []float64
		for round, f := range figures {
			first := results[0][round]
			rate, cpu = append(rate, f.rate), append(cpu, f.cpu)
			rates, cpus = append(rates, first.rate/f.rate), append(cpus, f.cpu/first.cpu)
		}
		fmt.Fprintf(w, "%-20s %-10s %10.0f %10.1f", name, sides[i].name, median(rate), median(cpu))
		if i > 0 {
			fmt.Fprintf(w, " %12.2f %12.2f", median(rates), median(cpus))
		}
		fmt.Fprintln(w)
		name = ""
	}
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}
