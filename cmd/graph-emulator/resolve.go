package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/graph-emulator/graph-emulator/internal/options"
)

// flags makes the command-line flags of the options. They carry text only:
// what a text means is decided in one place for flags, variables and file.
func flags(table []options.Option) []cli.Flag {
	var out []cli.Flag
	for i := range table {
		out = append(out, flagOf(&table[i]))
	}
	return append(out, &cli.StringFlag{
		Name:  "config",
		Usage: "read options from `FILE`; without it from the graph-emulator.yaml, .yml or .json of the working directory, if there is one [$" + options.Variable("config") + "]",
	})
}

func flagOf(o *options.Option) cli.Flag {
	usage := o.Usage + " [$" + options.Variable(o.Name) + "]"
	if o.Hint != "" {
		usage = strings.Replace(usage, o.Hint, "`"+o.Hint+"`", 1)
	}
	if o.Choices != nil {
		usage += " (" + strings.Join(o.Choices, ", ") + ")"
	}
	switch o.Form {
	case options.Flag:
		return &cli.BoolFlag{Name: o.Name, Usage: usage, Category: o.Group.Title, HideDefault: true}
	case options.List:
		return &cli.StringSliceFlag{Name: o.Name, Usage: usage, Category: o.Group.Title}
	default:
		return &cli.StringFlag{Name: o.Name, Usage: usage, Category: o.Group.Title, DefaultText: o.Default}
	}
}

// formFlags are the flag --format of a report and the name that it had before, which
// goes on to work.
func formFlags(before, initial, forms string) []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "format", Usage: "report as `FORM` (" + forms + ")", Value: initial},
		&cli.StringFlag{Name: before, Hidden: true},
	}
}

// formOf is the form that the flags of formFlags ask for.
func formOf(cmd *cli.Command, before string) string {
	if cmd.IsSet(before) && !cmd.IsSet("format") {
		return cmd.String(before)
	}
	return cmd.String("format")
}

// given is what one source says about an option.
type given struct {
	values []string
	where  string // "--listen", "GRAPH_EMULATOR_LISTEN", "graph-emulator.yaml:3:9: listen"
}

// resolve joins flags, variables and configuration file, the first
// that speaks about an option wins. Every error names where the value stood.
func (p *program) resolve(cmd *cli.Command, table []options.Option) (*settings, error) {
	file, err := p.configFile(cmd)
	if err != nil {
		return nil, err
	}
	s := &settings{}
	for i := range table {
		o := &table[i]
		g, ok := fromFlag(o, cmd)
		if !ok {
			g, ok = fromVariable(o, p.getenv)
		}
		if !ok {
			g, ok = file[o.Name]
		}
		if !ok {
			continue
		}
		if err := s.Set(o, g.values); err != nil {
			return nil, badInputf("%s: %w", g.where, err)
		}
	}
	if err := s.check(); err != nil {
		return nil, &badInput{err}
	}
	return s, nil
}

func fromFlag(o *options.Option, cmd *cli.Command) (given, bool) {
	if !cmd.IsSet(o.Name) {
		return given{}, false
	}
	g := given{where: "--" + o.Name}
	switch o.Form {
	case options.Flag:
		g.values = []string{fmt.Sprint(cmd.Bool(o.Name))}
	case options.List:
		g.values = cmd.StringSlice(o.Name)
	default:
		g.values = []string{cmd.String(o.Name)}
	}
	return g, true
}

// fromVariable takes an empty variable for one that is not set, because
// container tools have no way to remove one.
func fromVariable(o *options.Option, getenv func(string) string) (given, bool) {
	v := getenv(options.Variable(o.Name))
	if v == "" {
		return given{}, false
	}
	g := given{values: []string{v}, where: options.Variable(o.Name)}
	if o.Form == options.List {
		g.values = filepath.SplitList(v)
	}
	return g, true
}
