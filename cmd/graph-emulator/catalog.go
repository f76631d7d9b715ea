package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v3"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/catalog"
	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/internal/nearest"
	"github.com/graph-emulator/graph-emulator/internal/options"
	"github.com/graph-emulator/graph-emulator/schemas/observed"
)

func (p *program) catalogCommand() *cli.Command {
	return p.command(&cli.Command{
		Usage: "look up what is documented and how well it is emulated",
		Description: `Looks at the built-in catalog, or at what --schemas, --docs and --catalog
make of it, without a server.

Examples:
  graph-emulator catalog list --prefix /communications
  graph-emulator catalog show GET /users/ida@northgale.test/messages
  graph-emulator catalog schema presence --version beta
  graph-emulator catalog coverage
  graph-emulator catalog rules --status open presence`,
		Commands: []*cli.Command{p.catalogList(), p.catalogShow(), p.catalogSchema(), p.catalogCoverage(), p.catalogRules()},
		Action:   func(_ context.Context, cmd *cli.Command) error { return noCommand(cmd) },
	})
}

func (p *program) catalogList() *cli.Command {
	return p.command(&cli.Command{
		Name:  "list",
		Usage: "list the documented operations",
		Description: `Prints version, method, fidelity and template, one operation a line. Ends with 1
if there is none.

Examples:
  graph-emulator catalog list
  graph-emulator catalog list --version beta --prefix /me/calendar --method POST
  graph-emulator catalog list --prefix /teams --json`,
		Flags: catalogFlags(versionFlag("both"), jsonFlag(),
			&cli.StringFlag{Name: "prefix", Usage: "only templates that begin with `PATH`"},
			&cli.StringFlag{Name: "method", Usage: "only `METHOD`"}),
		Action: func(_ context.Context, cmd *cli.Command) error {
			if err := noArguments(cmd); err != nil {
				return err
			}
			emu, err := p.catalog(cmd)
			if err != nil {
				return err
			}
			found, err := selected(cmd, emu)
			if err != nil {
				return err
			}
			if cmd.Bool("json") {
				return p.printJSON(found)
			}
			for _, f := range found {
				if _, err := fmt.Fprintf(p.stdout, "%-4s  %-6s  %-8s  %s\n", f.Version, f.Method, f.Fidelity, f.Template); err != nil {
					return err
				}
			}
			return nil
		},
	})
}

func (p *program) catalogShow() *cli.Command {
	return p.command(&cli.Command{
		Name:      "show",
		Usage:     "show the facts of one operation",
		ArgsUsage: "METHOD PATH",
		Description: `PATH is a template, a path with keys, or a whole URL. A version in front of it
counts; without one it is --version. An operation that no page names is shown with
what the emulator makes of it. Ends with 1 if Graph would refuse it.

Examples:
  graph-emulator catalog show GET '/users/{}/messages'
  graph-emulator catalog show PATCH /beta/communications/presences
  graph-emulator catalog show GET 'https://graph.microsoft.com/v1.0/me/drive/root:/a/b.txt:/content' --json`,
		Flags: catalogFlags(versionFlag("v1.0"), jsonFlag()),
		Action: func(_ context.Context, cmd *cli.Command) error {
			if cmd.NArg() != 2 {
				return badInputf("want METHOD PATH; %s --help shows examples", cmd.FullName())
			}
			emu, err := p.catalog(cmd)
			if err != nil {
				return err
			}
			version, path, err := address(cmd, emu, cmd.Args().Get(1))
			if err != nil {
				return err
			}
			method, err := methodOf(cmd.Args().First())
			if err != nil {
				return badInputf("METHOD: %w", err)
			}
			op, err := emu.Catalog().Operation(version, method, path)
			if err != nil {
				return fmt.Errorf("%s %s of %s: %w", method, path, version, err)
			}
			if cmd.Bool("json") {
				return p.printJSON(factsOf(op))
			}
			return p.printFacts(factsOf(op))
		},
	})
}

func (p *program) catalogSchema() *cli.Command {
	return p.command(&cli.Command{
		Name:      "schema",
		Usage:     "print the JSON Schema of a type",
		ArgsUsage: "TYPE",
		Description: `TYPE is a full name or one without microsoft.graph, in any letter case. Prints the
file as it stands in the folder schemas; ends with 1 if there is no such type.

Examples:
  graph-emulator catalog schema presence
  graph-emulator catalog schema microsoft.graph.security.alert --version beta`,
		Flags: catalogFlags(versionFlag("v1.0")),
		Action: func(_ context.Context, cmd *cli.Command) error {
			if cmd.NArg() != 1 {
				return badInputf("want TYPE; %s --help shows examples", cmd.FullName())
			}
			emu, err := p.catalog(cmd)
			if err != nil {
				return err
			}
			version, err := oneVersion(cmd, emu)
			if err != nil {
				return err
			}
			b, err := emu.Catalog().Schema(version, cmd.Args().First())
			if err != nil {
				return err
			}
			_, err = p.stdout.Write(b)
			return err
		},
	})
}

func (p *program) catalogCoverage() *cli.Command {
	return p.command(&cli.Command{
		Name:  "coverage",
		Usage: "count the documented operations by workload and fidelity",
		Description: `Says what docs/COVERAGE.md says of the built-in catalog, and what a running
server says at /_emulator/coverage.

Examples:
  graph-emulator catalog coverage
  graph-emulator catalog coverage --json
  graph-emulator catalog coverage --docs ./pages --catalog none`,
		Flags: catalogFlags(jsonFlag()),
		Action: func(_ context.Context, cmd *cli.Command) error {
			if err := noArguments(cmd); err != nil {
				return err
			}
			emu, err := p.catalog(cmd)
			if err != nil {
				return err
			}
			c, err := emu.Catalog().Coverage()
			if err != nil {
				return err
			}
			if cmd.Bool("json") {
				return p.printJSON(c)
			}
			return p.printCoverage(c)
		},
	})
}

// catalogOptions are the options that change what is in the catalog.
func catalogOptions() []options.Option { return options.Only("schemas", "docs", "catalog") }

func catalogFlags(own ...cli.Flag) []cli.Flag { return append(own, flags(catalogOptions())...) }

func versionFlag(without string) cli.Flag {
	return &cli.StringFlag{Name: "version", Usage: "of `VERSION` (v1.0, beta)", DefaultText: without}
}

func jsonFlag() cli.Flag { return &cli.BoolFlag{Name: "json", Usage: "print JSON", HideDefault: true} }

// catalog makes an emulator for what it knows; it never serves.
func (p *program) catalog(cmd *cli.Command) (*emulator.Server, error) {
	s, err := p.resolve(cmd, catalogOptions())
	if err != nil {
		return nil, err
	}
	return s.emulator(slog.New(slog.DiscardHandler))
}

// versions are those that --version asks for.
func versions(cmd *cli.Command, emu *emulator.Server) ([]string, error) {
	all := emu.Catalog().Versions()
	if !cmd.IsSet("version") {
		return all, nil
	}
	for _, v := range all {
		if strings.EqualFold(v, cmd.String("version")) {
			return []string{v}, nil
		}
	}
	return nil, badInputf("--version: %w", notOneOf(cmd.String("version"), all))
}

// oneVersion is the version that --version asks for, or the stable one.
func oneVersion(cmd *cli.Command, emu *emulator.Server) (string, error) {
	some, err := versions(cmd, emu)
	if err != nil {
		return "", err
	}
	return some[0], nil
}

// address splits what the caller may have copied from anywhere.
func address(cmd *cli.Command, emu *emulator.Server, text string) (version, path string, err error) {
	if version, err = oneVersion(cmd, emu); err != nil {
		return "", "", err
	}
	path, _, _ = strings.Cut(text, "?")
	if _, rest, ok := strings.Cut(path, "://"); ok && !strings.HasPrefix(path, "/") {
		_, path, _ = strings.Cut(rest, "/")
	}
	first, rest, _ := strings.Cut(strings.TrimLeft(path, "/"), "/")
	for _, v := range emu.Catalog().Versions() {
		if !strings.EqualFold(first, v) {
			continue
		}
		if cmd.IsSet("version") && v != version {
			return "", "", badInputf("--version is %s, but the path begins with %s", version, v)
		}
		return v, "/" + rest, nil
	}
	return version, "/" + strings.TrimLeft(path, "/"), nil
}

func methodOf(text string) (string, error) {
	known := []string{"GET", "POST", "PATCH", "PUT", "DELETE"}
	if m := strings.ToUpper(text); slices.Contains(known, m) {
		return m, nil
	}
	return "", notOneOf(text, known)
}

// notOneOf refuses a word that is none of a list.
func notOneOf(word string, of []string) error {
	return errors.New(nearest.Asked(fmt.Sprintf("%q is not one of %s", word, strings.Join(of, ", ")), word, of...))
}

// selected are the operations that the flags of list ask for.
func selected(cmd *cli.Command, emu *emulator.Server) ([]facts, error) {
	some, err := versions(cmd, emu)
	if err != nil {
		return nil, err
	}
	method := ""
	if cmd.IsSet("method") {
		if method, err = methodOf(cmd.String("method")); err != nil {
			return nil, badInputf("--method: %w", err)
		}
	}
	prefix := ""
	if cmd.String("prefix") != "" {
		prefix = "/" + strings.ToLower(strings.TrimLeft(cmd.String("prefix"), "/"))
	}
	depth := strings.Count(prefix, "/")
	var out []facts
	var prefixes []string // of as many segments
	for _, version := range some {
		for doc, err := range emu.Catalog().Operations(version) {
			if err != nil {
				return nil, err
			}
			if segments := strings.Split(doc.Template, "/"); len(segments) > depth && prefix != "" {
				prefixes = append(prefixes, strings.Join(segments[:depth+1], "/"))
			}
			if method != "" && doc.Method != method || !strings.HasPrefix(strings.ToLower(doc.Template), prefix) {
				continue
			}
			op, err := emu.Catalog().Operation(version, doc.Method, doc.Template)
			if err != nil { // documented and yet refused: Coverage counts it as none
				op = &catalog.Operation{Version: version, Method: doc.Method, Template: doc.Template, Fidelity: "none"}
			}
			op.Documented = doc
			out = append(out, factsOf(op))
		}
	}
	if len(out) == 0 {
		return nil, errors.New(nearest.Asked("no documented operation is like that", prefix, prefixes...))
	}
	return out, nil
}

// facts is an operation as it is printed. A list of permissions that is null
// says that the page is silent, an empty one that there are none.
type facts struct {
	Version     string   `json:"version"`
	Method      string   `json:"method"`
	Template    string   `json:"template"`
	Fidelity    string   `json:"fidelity"`
	Lacks       string   `json:"lacks,omitempty"`
	Workload    string   `json:"workload,omitempty"`
	Verb        string   `json:"verb,omitempty"`
	Type        string   `json:"type,omitempty"`
	Observed    string   `json:"observed,omitempty"`     // in how many real answers
	Shape       string   `json:"typeObserved,omitempty"` // the same of objects of the type
	Documented  bool     `json:"documented"`
	Page        string   `json:"page,omitempty"`
	Status      int      `json:"status,omitempty"`
	Statuses    []int    `json:"statuses,omitempty"`
	Returns     string   `json:"returns,omitempty"`
	Body        string   `json:"body,omitempty"`
	Query       []string `json:"query,omitempty"`
	Required    []string `json:"required,omitempty"`
	Delegated   []string `json:"delegated"`
	Personal    []string `json:"personal"`
	Application []string `json:"application"`
}

func factsOf(op *catalog.Operation) facts {
	f := facts{Version: op.Version, Method: op.Method, Template: op.Template, Fidelity: op.Fidelity, Lacks: op.Lacks,
		Workload: op.Workload, Verb: op.Verb, Type: op.Type, Documented: op.Documented != nil}
	if o := op.Observed; o != nil {
		f.Observed = fmt.Sprintf("in %s (%s)", plural(o.Answers, "real answer"), observed.Years(o.First, o.Last))
	}
	if s := op.Shape; s != nil {
		f.Shape = fmt.Sprintf("in %s (%s)", plural(s.Answers(), "real object"), observed.Years(s.First, s.Last))
	}
	doc := op.Documented
	if doc == nil {
		doc = &fixtures.Operation{}
	}
	f.Page, f.Status, f.Statuses, f.Returns, f.Body = doc.Page, doc.Status, doc.Statuses, doc.Returns, doc.Body
	f.Query, f.Required = doc.Query, doc.Required
	f.Delegated, f.Personal, f.Application = doc.DelegatedWork, doc.DelegatedPersonal, doc.Application
	return f
}

func (p *program) printFacts(f facts) error {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s %s\n", f.Method, f.Template)
	line := func(name string, values ...string) {
		if text := strings.Trim(strings.Join(values, ", "), ", "); text != "" {
			fmt.Fprintf(w, "  %s\t%s\n", name, text)
		}
	}
	line("version", f.Version)
	line("workload", f.Workload)
	line("verb", f.Verb)
	line("type", f.Type)
	line("fidelity", f.Fidelity)
	line("observed", f.Observed)
	line("type observed", f.Shape)
	line("lacks", f.Lacks)
	if !f.Documented {
		line("page", "none; it is answered like its kind")
		return w.Flush()
	}
	line("page", f.Page)
	if f.Status != 0 {
		line("status", strconv.Itoa(f.Status))
	}
	for _, s := range f.Statuses {
		line("also", strconv.Itoa(s))
	}
	line("returns", f.Returns, f.Body)
	line("query", f.Query...)
	line("required", f.Required...)
	line("delegated", permissions(f.Delegated)...)
	line("personal", permissions(f.Personal)...)
	line("application", permissions(f.Application)...)
	return w.Flush()
}

func permissions(names []string) []string {
	switch {
	case names == nil:
		return []string{"the page does not say"}
	case len(names) == 0:
		return []string{"not supported"}
	}
	return names
}

func (p *program) printCoverage(c *catalog.Coverage) error {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(name string, t catalog.Tally) {
		fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%d\t%d\t  %s\n", t.Operations, t.Modelled, t.Stateful, t.Generic, t.None, t.Observed, name)
	}
	for _, v := range c.Versions {
		fmt.Fprintf(w, "operations\tmodelled\tstateful\tgeneric\tnone\tobserved\t  %s\n", v.Version)
		for _, part := range v.Workloads {
			row(part.Workload, part.Tally)
		}
		row("all", v.Tally)
		fmt.Fprintf(w, "\n")
	}
	return w.Flush()
}

func (p *program) printJSON(v any) error {
	enc := json.NewEncoder(p.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
