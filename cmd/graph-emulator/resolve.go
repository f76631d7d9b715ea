package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v3"
)

// flags makes the command-line flags of the options. They carry text only:
// what a text means is decided in one place for flags, variables and file.
func flags(options []option) []cli.Flag {
	var out []cli.Flag
	for i := range options {
		out = append(out, options[i].flag())
	}
	return append(out, &cli.StringFlag{
		Name:  "config",
		Usage: "read options from `FILE`; without it from the graph-emulator.yaml, .yml or .json of the working directory, if there is one [$" + variable("config") + "]",
	})
}

func (o *option) flag() cli.Flag {
	usage := o.usage + " [$" + o.variable() + "]"
	if o.hint != "" {
		usage = strings.Replace(usage, o.hint, "`"+o.hint+"`", 1)
	}
	if o.choices != nil {
		usage += " (" + strings.Join(o.choices, ", ") + ")"
	}
	switch o.into(&settings{}).(type) {
	case *bool:
		return &cli.BoolFlag{Name: o.name, Usage: usage, HideDefault: true}
	case *[]string:
		return &cli.StringSliceFlag{Name: o.name, Usage: usage}
	default:
		return &cli.StringFlag{Name: o.name, Usage: usage, DefaultText: o.initial}
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

// resolve joins flags, variables, configuration file and defaults, the first
// that speaks about an option wins. Every error names where the value stood.
func (p *program) resolve(cmd *cli.Command, options []option) (*settings, error) {
	file, err := p.configFile(cmd)
	if err != nil {
		return nil, err
	}
	s := &settings{}
	for i := range options {
		o := &options[i]
		g, ok := o.fromFlag(cmd)
		if !ok {
			g, ok = o.fromVariable(p.getenv)
		}
		if !ok {
			g, ok = file[o.name]
		}
		if !ok && o.initial != "" {
			g, ok = given{values: []string{o.initial}, where: "default of --" + o.name}, true
		}
		if !ok {
			continue
		}
		if err := o.set(s, g.values); err != nil {
			return nil, badInputf("%s: %w", g.where, err)
		}
	}
	if err := s.check(); err != nil {
		return nil, &badInput{err}
	}
	return s, nil
}

func (o *option) fromFlag(cmd *cli.Command) (given, bool) {
	if !cmd.IsSet(o.name) {
		return given{}, false
	}
	g := given{where: "--" + o.name}
	switch o.into(&settings{}).(type) {
	case *bool:
		g.values = []string{fmt.Sprint(cmd.Bool(o.name))}
	case *[]string:
		g.values = cmd.StringSlice(o.name)
	default:
		g.values = []string{cmd.String(o.name)}
	}
	return g, true
}

// fromVariable takes an empty variable for one that is not set, because
// container tools have no way to remove one.
func (o *option) fromVariable(getenv func(string) string) (given, bool) {
	v := getenv(o.variable())
	if v == "" {
		return given{}, false
	}
	g := given{values: []string{v}, where: o.variable()}
	if _, list := o.into(&settings{}).(*[]string); list {
		g.values = filepath.SplitList(v)
	}
	return g, true
}
