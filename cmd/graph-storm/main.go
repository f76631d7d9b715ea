// Command graph-storm sends random requests to an emulator: every operation of the
// catalog in both versions, with keys of what exists, bodies made from the schemas and
// query options, mixed with requests to the control plane. It reports every 5xx answer
// other than 501, every panic and every answer that is not what it says it is, each with
// the fewest requests that repeat it, and whether memory grows from reset to reset. The
// same seed sends the same requests.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"runtime/pprof"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "graph-storm:", err)
		os.Exit(1)
	}
}

// options are what the flags say.
type options struct {
	requests int
	workers  int
	seed     uint64
	limit    time.Duration
	heap     string
}

// run is main for tests.
func run(ctx context.Context, args []string, stdout io.Writer) error {
	var o options
	flags := flag.NewFlagSet("graph-storm", flag.ContinueOnError)
	flags.SetOutput(stdout)
	flags.IntVar(&o.requests, "requests", 20000, "send `N` requests")
	flags.IntVar(&o.workers, "workers", 1, "send them from `N` goroutines; only one repeats by its seed")
	flags.Uint64Var(&o.seed, "seed", 0, "make the requests from `SEED`; 0 picks one")
	flags.DurationVar(&o.limit, "time", time.Hour, "stop after `TIME`")
	flags.StringVar(&o.heap, "heap", "", "write a heap profile after the last reset to `FILE`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.requests < 1 || o.workers < 1 || flags.NArg() > 0 {
		return fmt.Errorf("--requests and --workers are at least 1, and there are no arguments")
	}
	for o.seed == 0 {
		o.seed = rand.Uint64()
	}
	ctx, cancel := context.WithTimeout(ctx, o.limit)
	defer cancel()
	fmt.Fprintf(stdout, "seed %d\n", o.seed)
	s, err := newStorm(o)
	if err != nil {
		return err
	}
	s.blow(ctx)
	err = s.report(stdout)
	if o.heap == "" {
		return err
	}
	f, failed := os.Create(o.heap)
	if failed != nil {
		return errors.Join(err, failed)
	}
	return errors.Join(err, pprof.WriteHeapProfile(f), f.Close())
}
