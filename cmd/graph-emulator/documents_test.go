package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"gopkg.in/yaml.v3"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/internal/options"
)

var update = flag.Bool("update", false, "write the documents that are made from the table")

// TestDocuments: what docs says of the options is what the table says.
func TestDocuments(t *testing.T) {
	for name, want := range map[string][]byte{
		"config.schema.json": configSchema(t),
		"CONFIGURATION.md":   configuration(t),
	} {
		path := filepath.Join("..", "..", "docs", name)
		if *update {
			write(t, path, string(want))
			continue
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("docs/%s is not what the table says (%v); run go generate ./cmd/graph-emulator", name, err)
		}
	}
}

// configSchema is the JSON Schema of the configuration file.
func configSchema(t *testing.T) []byte {
	t.Helper()
	properties := map[string]any{"$schema": map[string]any{"type": "string"}}
	for _, o := range options.Table() {
		properties[o.Name] = schemaOf(&o)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(map[string]any{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"$comment":             "Derived from the table of options by go generate; do not edit.",
		"title":                "Configuration of graph-emulator",
		"type":                 []string{"object", "null"},
		"properties":           properties,
		"additionalProperties": false,
	}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func schemaOf(o *options.Option) map[string]any {
	out := map[string]any{"description": o.Usage + "."}
	if o.Default != "" {
		out["default"] = o.Default
	}
	switch o.Form {
	case options.Flag:
		out["type"], out["default"] = "boolean", false
	case options.Number:
		out["type"], out["minimum"], out["maximum"] = "integer", 1, json.Number("18446744073709551615")
	case options.Size:
		out["type"], out["minimum"], out["pattern"] = []string{"integer", "string"}, 1, "^[0-9]*[1-9][0-9]*([KMG]iB)?$"
	case options.List:
		text := map[string]any{"type": "string", "minLength": 1}
		out["anyOf"] = []any{text, map[string]any{"type": "array", "items": text}}
	default:
		if o.Choices == nil {
			out["type"], out["minLength"] = "string", 1
			break
		}
		var values []any
		for _, c := range o.Choices {
			values = append(values, c)
			if json.Valid([]byte(c)) { // 404 may be written without quotes
				values = append(values, json.Number(c))
			}
		}
		out["enum"] = values
	}
	return out
}

// configuration is the page about the options, made from its template.
func configuration(t *testing.T) []byte {
	t.Helper()
	type group struct {
		Title string
		Rows  []map[string]any
	}
	var groups []*group
	for _, o := range options.Table() {
		at := slices.IndexFunc(groups, func(g *group) bool { return g.Title == o.Group.Title })
		if at < 0 {
			at = len(groups)
			groups = append(groups, &group{Title: o.Group.Title})
		}
		groups[at].Rows = append(groups[at].Rows, map[string]any{
			"flag": strings.TrimSpace("--" + o.Name + " " + o.Hint), "variable": options.Variable(o.Name), "list": o.Form == options.List, "initial": o.Default,
			"usage": strings.ToUpper(o.Usage[:1]) + o.Usage[1:] + ".", "choices": strings.Join(o.Choices, "`, `"),
		})
	}
	page := template.Must(template.ParseFiles(filepath.Join("testdata", "configuration.md.tmpl")))
	var b bytes.Buffer
	if err := page.Execute(&b, map[string]any{"groups": groups, "switches": emulator.Switches()}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestSchemaAgrees: the schema takes a file if and only if the program does.
// Addresses and URLs are beyond the schema and left out here.
func TestSchemaAgrees(t *testing.T) {
	schema, err := jsonschema.CompileString("config.schema.json", string(configSchema(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{
		"", "{}", "$schema: x", "listen: 127.0.0.1:0", "listen: ''", "listen: 1", "fixtures: a", "fixtures: [a, b]", "fixtures: []",
		"fixtures: [1]", "fixtures: ['']", "fixtures: ''", "fixtures: {a: 1}", "catalog: none", "catalog: some", "random-seed: 0", "random-seed: 1",
		"random-seed: 18446744073709551615", "random-seed: -1", "random-seed: '1'", "random-seed: 1.5", "strict: true", "strict: 'true'",
		"strict: 1", "on-missing: 404", "on-missing: '404'", "on-missing: 405", "on-missing: synthesize", "min-fidelity: generic",
		"body-limit: 1", "body-limit: 0", "body-limit: 4MiB", "body-limit: 4MB", "body-limit: 0KiB", "body-limit: '10'", "body-limit: ''",
		"watch: no", "watch: false", "log-level: loud", "log-level: [info]", "data: null", "prot: 1", "- a", "a",
	} {
		_, ours := readConfig("c.yaml", []byte(content), options.Table())
		var v any
		if err := yaml.Unmarshal([]byte(content), &v); err != nil {
			t.Fatal(err)
		}
		if theirs := schema.Validate(plain(t, v)); (ours == nil) != (theirs == nil) {
			t.Errorf("%q\nprogram: %v\nschema: %v", content, ours, theirs)
		}
	}
}

// plain gives v the types that encoding/json would.
func plain(t *testing.T, v any) any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var out any
	if err := dec.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}
