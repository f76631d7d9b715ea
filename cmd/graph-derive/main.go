// Command graph-derive compiles Microsoft's published files into schemas/ and
// fixtures/operations/. It is what go generate ./schemas runs. With the argument
// observe it compiles recordings of the service into schemas/observed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/graph-emulator/graph-emulator/schemas/derive/generate"
	"github.com/graph-emulator/graph-emulator/schemas/derive/observe"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "graph-derive:", err)
		os.Exit(1)
	}
}

// run is main for tests. Nothing is read from the environment but whether
// progress is wanted: CI logs need no running commentary.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	if len(args) > 0 && args[0] == "observe" {
		return observe.Command(ctx, args[1:], stderr)
	}
	if getenv("CI") != "" {
		args = append([]string{"--quiet"}, args...)
	}
	return generate.Command(ctx, args, stdout, stderr)
}
