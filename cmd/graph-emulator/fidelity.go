package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/conversation/shape"
	"github.com/graph-emulator/graph-emulator/emulator/interchange"
	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/internal/converse"
)

// verifyShapes compares the shape of recorded answers with those of the emulator.
func (p *program) verifyShapes(ctx context.Context, cmd *cli.Command, form string) error {
	for _, name := range cmd.LocalFlagNames() {
		if cmd.IsSet(name) && !slices.Contains([]string{"shape", "min", "format", "output"}, name) {
			return badInputf("--%s has no effect with --shape: the emulator that recordings are compared with is always the same", name)
		}
	}
	shapes, err := recordedShapes(cmd)
	if err != nil {
		return err
	}
	score, err := scored(ctx, shapes)
	if err != nil {
		return err
	}
	switch form {
	case "json":
		err = p.printJSON(score)
	case "markdown":
		_, err = p.stdout.Write(fidelityPage(score))
	case "text":
		_, err = fmt.Fprint(p.stdout, shapeText(score))
	default:
		return badInputf("--format: %q is not one of text, json, markdown, which --shape writes", form)
	}
	if err != nil {
		return err
	}
	if least := cmd.Float("min"); least > 0 {
		all := score.Total()
		for what, f := range map[string]shape.Figure{"members": all.Members, "forms": all.Forms, "errors": all.Errors} {
			if f.Percent() < least {
				return fmt.Errorf("%s: %.1f %% of the checks pass, and --min asks for %g", what, f.Percent(), least)
			}
		}
	}
	return nil
}

// scored starts the emulators that recordings are compared with: their ids and their clock are
// those of every run.
func scored(ctx context.Context, shapes []interchange.Shape) (*shape.Score, error) {
	begin := time.Date(2026, 5, 4, 8, 0, 0, 123_456_700, time.UTC)
	start := func(more ...emulator.Option) (*emulator.Server, error) {
		return emulator.New(append(more, emulator.WithFixtures(shape.Tenant(), fixtures.Northgale()), emulator.WithRandomSeed(1),
			emulator.WithClock(func() time.Time { return begin }), emulator.WithLogger(slog.New(slog.DiscardHandler)))...)
	}
	open, err := start()
	if err != nil {
		return nil, err
	}
	defer open.Close()
	guarded, err := start(emulator.WithAuth(emulator.AuthEnforce))
	if err != nil {
		return nil, err
	}
	defer guarded.Close()
	return shape.Run(ctx, shape.Emulators{Open: open.Transport(), Guarded: guarded.Transport(),
		Token: func(as string) (string, error) { return converse.Token(guarded, as) }}, shapes)
}

// recordedShapes reads the files of the command in any format that holds real exchanges.
func recordedShapes(cmd *cli.Command) (out []interchange.Shape, err error) {
	if cmd.Args().Len() == 0 {
		return nil, badInputf("no file given; %s --help says what it takes", cmd.FullName())
	}
	var errs []error
	for _, name := range cmd.Args().Slice() {
		list, err := interchange.ShapesOf(name)
		if err != nil {
			errs = append(errs, err)
		}
		out = append(out, list...)
	}
	if len(errs) > 0 {
		return nil, &badInput{errors.Join(errs...)}
	}
	if len(out) == 0 {
		return nil, badInputf("the files hold no recorded exchange with Microsoft Graph")
	}
	return out, nil
}

// shapeText prints a score for a terminal.
func shapeText(s *shape.Score) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "area\texchanges\tcompared\tmembers\tforms\terrors\tnot reached\t")
	for _, a := range append(slices.Clone(s.Areas), s.Total()) {
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%s\t%s\t%d\t\n", a.Name, a.Exchanges, a.Compared, percent(a.Members), percent(a.Forms), percent(a.Errors), a.Unreached)
	}
	w.Flush()
	for i, d := range frequent(s.Differences, 25) {
		if i == 0 {
			fmt.Fprintf(&b, "\nmost frequent:\n")
		}
		fmt.Fprintf(&b, "\t%s: %s %s: real %s; ours %s\n", plural(d.operations, "operation"), d.Kind, d.Place, cmp.Or(d.Real, "-"), d.Ours)
	}
	last := ""
	for _, d := range s.Differences {
		if d.Operation != last {
			fmt.Fprintf(&b, "\n%s\n", d.Operation)
			last = d.Operation
		}
		fmt.Fprintf(&b, "\t%s %s: real %s; ours %s (%d, %s)\n", d.Kind, d.Place, cmp.Or(d.Real, "-"), d.Ours, d.Seen, cmp.Or(d.Years, "-"))
	}
	for i, u := range s.Unreached {
		if i == 0 {
			fmt.Fprintf(&b, "\nnot reached, because ours has no value there:\n")
		}
		fmt.Fprintf(&b, "\t%s: %s (%s)\n", u.Operation, u.Place, plural(u.Members, "member"))
	}
	for i, u := range s.Untried {
		if i == 0 {
			fmt.Fprintf(&b, "\nnot compared:\n")
		}
		fmt.Fprintf(&b, "\t%s (%d): %s\n", u.Operation, u.Exchanges, u.Why)
	}
	for _, w := range s.Setup {
		fmt.Fprintf(&b, "not set up: %s\n", w)
	}
	return b.String()
}

func percent(f shape.Figure) string {
	if f.Checks == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f %% of %d", f.Percent(), f.Checks)
}
