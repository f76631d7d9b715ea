package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v3"
	"gopkg.in/yaml.v3"

	"github.com/graph-emulator/graph-emulator/internal/nearest"
	"github.com/graph-emulator/graph-emulator/internal/options"
)

// configFile reads the file that --config or its variable names, or the one
// that is found. No file at all is no options.
func (p *program) configFile(cmd *cli.Command) (map[string]given, error) {
	name := cmd.String("config")
	where := "--config"
	if name == "" {
		name, where = p.getenv(options.Variable("config")), options.Variable("config")
	}
	if name == "" {
		found, err := findConfig()
		if err != nil || found == "" {
			return nil, err
		}
		name = found
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, badInputf("%s: %w", where, err)
	}
	return readConfig(name, b, options.Table())
}

// findConfig looks into the working directory. Two files are refused: which
// of them counts should not be a matter of their names.
func findConfig() (string, error) {
	var found []string
	for _, name := range []string{"graph-emulator.yaml", "graph-emulator.yml", "graph-emulator.json"} {
		if _, err := os.Stat(name); err == nil {
			found = append(found, name)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", badInputf("%w", err)
		}
	}
	if len(found) > 1 {
		return "", badInputf("both %s are here; keep one, or name it with --config", strings.Join(found, " and "))
	}
	return strings.Join(found, ""), nil
}

// readConfig says what the file name with content b gives for options. All
// mistakes are reported together, each with its line and column.
func readConfig(name string, b []byte, table []options.Option) (map[string]given, error) {
	top, err := parseConfig(name, b)
	if err != nil || top == nil {
		return nil, err
	}
	known := map[string]*options.Option{}
	for i := range table {
		known[table[i].Name] = &table[i]
	}
	out := map[string]given{}
	var mistakes []error
	for i := 0; i < len(top.Content); i += 2 {
		key, value := top.Content[i], resolved(top.Content[i+1])
		o := known[key.Value]
		_, twice := out[key.Value]
		switch {
		case key.Value == "$schema":
		case o == nil:
			mistakes = append(mistakes, at(name, key, "%s", unknown("key", key.Value, maps.Keys(known))))
		case twice:
			mistakes = append(mistakes, at(name, key, "%s is given twice", key.Value))
		default:
			values, err := readValue(o, value)
			if err == nil {
				err = new(options.Values).Set(o, values)
			}
			if err != nil {
				mistakes = append(mistakes, at(name, value, "%s: %w", o.Name, err))
			}
			out[o.Name] = given{values: o.Absolute(filepath.Dir(name), values), where: name + ": " + o.Name}
		}
	}
	if len(mistakes) > 0 {
		return nil, &badInput{errors.Join(mistakes...)}
	}
	return out, nil
}

// unknown says that there is no such thing, and which one was most likely meant.
func unknown(kind, word string, names iter.Seq[string]) string {
	out := fmt.Sprintf("unknown %s %q", kind, word)
	if ask := nearest.Question(word, names); ask != "" {
		out += "; " + ask
	}
	return out
}

func at(name string, n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d:%d: %w", name, n.Line, n.Column, fmt.Errorf(format, args...))
}

// parseConfig returns the mapping of the file, nil for an empty file.
func parseConfig(name string, b []byte) (*yaml.Node, error) {
	if filepath.Ext(name) == ".json" {
		// A tab is white space in JSON and refused by YAML; a string cannot hold one.
		b = bytes.ReplaceAll(b, []byte("\t"), []byte(" "))
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	var doc, more yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, badInputf("%s", yamlReason(name, err))
	}
	if err := dec.Decode(&more); err == nil {
		return nil, &badInput{at(name, &more, "a second document; one file holds one configuration")}
	} else if !errors.Is(err, io.EOF) {
		return nil, badInputf("%s", yamlReason(name, err))
	}
	top := resolved(doc.Content[0])
	if top.Kind == yaml.ScalarNode && top.Tag == "!!null" {
		return nil, nil
	}
	if top.Kind != yaml.MappingNode {
		return nil, &badInput{at(name, top, "options are written as key: value")}
	}
	return top, nil
}

// yamlReason turns "yaml: line 3: did not find ..." into "name:3: did not ...".
func yamlReason(name string, err error) string {
	reason := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(reason, "line "); ok {
		return name + ":" + rest
	}
	return name + ":1: " + reason
}

func resolved(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// readValue takes the values of o from the file. The kind of the YAML value must
// be the one that the schema of the file names.
func readValue(o *options.Option, n *yaml.Node) ([]string, error) {
	switch o.Form {
	case options.List:
		if n.Kind == yaml.SequenceNode {
			values := []string{}
			for _, item := range n.Content {
				item = resolved(item)
				if item.Kind != yaml.ScalarNode || item.Tag != "!!str" {
					return nil, fmt.Errorf("line %d is not text", item.Line)
				}
				values = append(values, item.Value)
			}
			return values, nil
		}
		return scalar(n, "text, or a list of texts", "!!str")
	case options.Flag:
		return scalar(n, "true or false", "!!bool")
	case options.Number:
		return scalar(n, "a whole number", "!!int")
	case options.Size:
		return scalar(n, "a whole number, or text such as 4MiB", "!!int", "!!str")
	default:
		if o.Choices != nil {
			return scalar(n, "one of "+strings.Join(o.Choices, ", "), "!!str", "!!int")
		}
		return scalar(n, "text", "!!str")
	}
}

func scalar(n *yaml.Node, want string, tags ...string) ([]string, error) {
	for _, tag := range tags {
		if n.Kind == yaml.ScalarNode && n.Tag == tag {
			return []string{n.Value}, nil
		}
	}
	return nil, fmt.Errorf("the value is not %s", want)
}
