package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/urfave/cli/v3"

	"github.com/graph-emulator/graph-emulator/internal/options"
)

// samples gives each option a value for each source, as the source writes it.
func samples() map[string]struct{ initial, file, variable, flag string } {
	return map[string]struct{ initial, file, variable, flag string }{
		"listen":            {"127.0.0.1:3650", "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"},
		"ready-file":        {"", "/f/ready", "/v/ready", "/a/ready"},
		"fixtures":          {"[]", "/f", "/v", "/a"},
		"signed-in-user":    {"", "f", "v", "a"},
		"schemas":           {"", "/f", "/v", "/a"},
		"docs":              {"[]", "/f", "/v", "/a"},
		"catalog":           {"builtin", "none", "builtin", "none"},
		"random-seed":       {"", "1", "2", "3"},
		"strict":            {"false", "true", "false", "true"},
		"on-missing":        {"404", "synthesize", "404", "synthesize"},
		"min-fidelity":      {"none", "generic", "stateful", "modelled"},
		"body-limit":        {"4MiB", "1", "2048", "3"},
		"body-memory":       {"512MiB", "5", "4096", "7"},
		"public-url":        {"", "https://f.test", "https://v.test", "https://a.test"},
		"forwarded-headers": {"false", "true", "false", "true"},
		"jobs":              {"looks:1", "looks:2", "30s", "manual"},
		"consistency":       {"strong", "session:5s", "eventual:3", "session"},
		"app-consistency":   {"", "strong", "eventual:1h", "session:2"},
		"data":              {"", "/f", "/v", "/a"},
		"data-interval":     {"", "1s", "2m", "3h"},
		"content-dir":       {"", "/f", "/v", "/a"},
		"content-limit":     {"16GiB", "5", "4096", "7"},
		"empty-pages":       {"false", "true", "false", "true"},
		"page-token-life":   {"15m", "1s", "2m", "3h"},
		"keep-passwords":    {"false", "true", "false", "true"},
		"watch":             {"false", "true", "false", "true"},
		"log-level":         {"info", "debug", "warn", "error"},
		"log-format":        {"text", "json", "text", "json"},
		"switch":            {"[]", "presence.upn=taken", "presence.upn=refused", "presence.fadeNames=prose"},
		"services-delay":    {"0s", "90s", "15m", "1h"},
		"auth":              {"open", "verify", "enforce", "verify"},
		"grant":             {"[]", "User.Read.All", "Mail.Read", "Group.Read.All"},
		"sign-in":           {"auto", "page", "auto", "page"},
		"issuer":            {"origin", "cloud", "origin", "cloud"},
		"token-lifetime":    {"", "1s", "2m", "3h"},
		"tls-name":          {"[]", "f.test", "v.test", "a.test"},
		"control-host":      {"[]", "f.test", "v.test", "a.test"},
		"ca-dir":            {"", "/f", "/v", "/a"},
		"tls-cert":          {"", "/f", "/v", "/a"},
		"tls-key":           {"", "/f", "/v", "/a"},
		"proxy-others":      {"refuse", "tunnel", "refuse", "tunnel"},
	}
}

// show prints the value of o in s.
func show(o *options.Option, s *settings) string {
	if o.Form == options.Flag {
		return fmt.Sprint(s.On(o.Name))
	}
	if v := s.List(o.Name); o.Form == options.List && len(v) != 1 {
		return fmt.Sprint(v)
	}
	return s.Text(o.Name)
}

// join resolves args and variables as serve does.
func join(t *testing.T, getenv func(string) string, args ...string) (*settings, error) {
	t.Helper()
	var s *settings
	p := &program{getenv: getenv, stdout: newConsole(), stderr: newConsole()}
	cmd := p.command(&cli.Command{Name: "probe", Flags: flags(options.Table()), Action: func(_ context.Context, cmd *cli.Command) (err error) {
		s, err = p.resolve(cmd, options.Table())
		return err
	}})
	err := cmd.Run(t.Context(), append([]string{"probe"}, args...))
	return s, err
}

func TestPrecedence(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, o := range options.Table() {
		sample, ok := samples()[o.Name]
		if !ok {
			t.Errorf("option %s has no sample", o.Name)
			continue
		}
		file := filepath.Join(folder(t, "c.yaml", "fixtures: [/f]\n"+o.Name+": "+sample.file+"\n"), "c.yaml")
		if o.Name == "fixtures" {
			write(t, file, "fixtures: [/f]\n")
		}
		config := []string{"--config", file}
		var needs []string
		if o.Name == "data-interval" {
			needs = []string{"GRAPH_EMULATOR_DATA=/v"}
		}
		env := options.Variable(o.Name) + "=" + sample.variable
		for _, tt := range []struct {
			source, want string
			getenv       func(string) string
			args         []string
		}{
			{"default", sample.initial, variables(), nil},
			{"file", sample.file, variables(needs...), config},
			{"variable over file", sample.variable, variables(append(needs, env)...), config},
			{"variable over default", sample.variable, variables(append(needs, env)...), nil},
			{"empty variable", sample.file, variables(append(needs, options.Variable(o.Name)+"=")...), config},
			{"flag over all", sample.flag, variables(append(needs, env)...), append([]string{"--" + o.Name + "=" + sample.flag}, config...)},
			{"flag over default", sample.flag, variables(append(needs, "GRAPH_EMULATOR_FIXTURES=/v")...), []string{"--" + o.Name + "=" + sample.flag}},
		} {
			s, err := join(t, tt.getenv, tt.args...)
			if err != nil {
				t.Errorf("%s: %s: %v", o.Name, tt.source, err)
			} else if got := show(&o, s); got != tt.want {
				t.Errorf("%s: %s\n got %s\nwant %s", o.Name, tt.source, got, tt.want)
			}
		}
	}
}

// TestEmptyFlag: a flag that is given counts, even if a script gave it nothing.
func TestEmptyFlag(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, o := range options.Table() {
		if o.Form == options.Flag {
			continue
		}
		if _, err := join(t, variables(), "--"+o.Name, ""); err == nil || !strings.Contains(err.Error(), "--"+o.Name) {
			t.Errorf("--%s \"\": %v", o.Name, err)
		}
	}
}

func TestLists(t *testing.T) {
	t.Chdir(t.TempDir())
	list := strings.Join([]string{"/a,b", "/c"}, string(filepath.ListSeparator))
	for _, tt := range []struct {
		name, want string
		getenv     func(string) string
		args       []string
	}{
		{"flags", "[/a,b /c]", variables(), []string{"--fixtures", "/a,b", "--fixtures=/c"}},
		{"variable", "[/a,b /c]", variables("GRAPH_EMULATOR_FIXTURES=" + list), nil},
		{"flags replace the variable", "[/d]", variables("GRAPH_EMULATOR_FIXTURES=" + list), []string{"--fixtures", "/d"}},
	} {
		s, err := join(t, tt.getenv, tt.args...)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		} else if got := fmt.Sprint(s.List("fixtures")); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestConfigPaths: relative paths start from the folder of the file.
func TestConfigPaths(t *testing.T) {
	dir := folder(t, "sub/c.yaml", "fixtures: [tenant, /elsewhere, '@northgale']\nschemas: ../schemas\nready-file: ready\nlog-level: warn\n")
	t.Chdir(dir)
	s, err := join(t, variables(), "--config", filepath.Join("sub", "c.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	got := filepath.ToSlash(fmt.Sprint(s.List("fixtures"), " ", s.Text("schemas"), " ", s.Text("ready-file"), " ", s.Text("log-level")))
	if want := "[sub/tenant /elsewhere @northgale] schemas sub/ready warn"; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestDiscovery(t *testing.T) {
	for _, tt := range []struct{ name, content string }{
		{"graph-emulator.yaml", "log-level: warn\n"},
		{"graph-emulator.yml", "$schema: https://example.test/config.schema.json\nlog-level: warn\n"},
		{"graph-emulator.json", "{\n\t\"log-level\": \"warn\"\n}\n"},
	} {
		t.Chdir(folder(t, tt.name, tt.content))
		if s, err := join(t, variables()); err != nil || s.Text("log-level") != "warn" {
			t.Errorf("%s: %+v, %v", tt.name, s, err)
		}
	}
	t.Chdir(folder(t, "graph-emulator.yaml", "# nothing set\n"))
	if s, err := join(t, variables()); err != nil || s.Text("log-level") != "info" {
		t.Errorf("empty file: %+v, %v", s, err)
	}
}
