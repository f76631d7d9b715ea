package generate

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
)

// ErrUsage marks errors of the command line itself.
var ErrUsage = errors.New("usage")

// Command runs the compiler with the arguments of a command line (without the
// program's name). Progress goes to stderr, the ledger's counts to stdout.
// flag.ErrHelp comes back when help was asked for and printed.
func Command(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o := Options{Progress: stderr}
	quiet := false
	set := flag.NewFlagSet("graph-derive", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.StringVar(&o.Docs, "docs", "", "reference pages: clone of microsoft-graph-docs, or a .tar.gz with v1.0/ and beta/")
	set.StringVar(&o.CSDLv1, "csdl-v1", "", "v1.0 metadata (msgraph-metadata): .xml or .xml.gz")
	set.StringVar(&o.CSDLBeta, "csdl-beta", "", "beta metadata, complete or partial: .xml or .xml.gz")
	set.StringVar(&o.TypesBeta, "types-beta", "", "beta type declarations: .json or .json.gz")
	set.StringVar(&o.SDKBeta, "sdk-beta", "", "unpacked npm package @microsoft/msgraph-beta-sdk, in place of --types-beta")
	set.StringVar(&o.Permissions, "permissions", "", "permissions file (microsoft-graph-devx-content): .json or .json.gz")
	set.StringVar(&o.Seeds, "seeds", "", "folder with further pages for beta")
	set.StringVar(&o.Out, "out", ".", "root of the repository to write to; sources default to ../shared beside it")
	set.BoolVar(&o.Check, "check", false, "write nothing; fail when a derived file differs")
	set.BoolVar(&quiet, "quiet", false, "no progress")
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return fmt.Errorf("%w: %w", ErrUsage, err)
	}
	if set.NArg() > 0 {
		return fmt.Errorf("%w: unexpected argument %q", ErrUsage, set.Arg(0))
	}
	if quiet {
		o.Progress = nil
	}
	ledger, err := Run(ctx, o)
	if err != nil {
		return err
	}
	for _, v := range []string{"v1.0", "beta"} {
		for _, line := range ledger.Scores(v) {
			fmt.Fprintf(stdout, "%s: %s\n", v, line)
		}
	}
	return nil
}
