package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/internal/options"
)

// TestBadValues gives every option a bad value from every source.
func TestBadValues(t *testing.T) {
	t.Chdir(t.TempDir())
	bad := map[string]string{ // what is wrong in every source; "" where any text is right
		"listen": "3650", "catalog": "some", "random-seed": "0", "strict": "perhaps", "on-missing": "500",
		"min-fidelity": "high", "body-limit": "4MB", "public-url": "https://graph.test/v1.0", "proxy-others": "pass", "watch": "perhaps", "log-level": "loud", "log-format": "xml",
	}
	missing := filepath.Join(t.TempDir(), "missing")
	for _, name := range []string{"fixtures", "schemas", "docs"} {
		bad[name] = missing
	}
	for _, o := range options.Table() {
		value, ok := bad[o.Name]
		if !ok {
			continue
		}
		file := filepath.Join(folder(t, "c.yaml", "# one\n\n"+o.Name+": \""+value+"\"\n"), "c.yaml")
		for _, tt := range []struct {
			where  string
			getenv func(string) string
			args   []string
		}{
			{"--" + o.Name, variables(), []string{"--" + o.Name + "=" + value}},
			{options.Variable(o.Name), variables(options.Variable(o.Name) + "=" + value), nil},
			{file + ":3:", variables(), []string{"--config", file}},
		} {
			if value == missing {
				tt.where = o.Name + ": " // found when the folder is opened
			} else if strings.HasPrefix(tt.where, "--") && value == "perhaps" {
				tt.where = o.Name // the flag library's words
			}
			code, _, stderr := call(t, tt.getenv, append([]string{"validate"}, tt.args...)...)
			if code != exitUsage || !strings.Contains(stderr, tt.where) {
				t.Errorf("%s %s: exit %d, does not name %q:\n%s", o.Name, value, code, tt.where, stderr)
			}
		}
	}
}

func TestBadCommandLines(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "no command given"},
		{[]string{"start"}, `unknown command "start"`},
		{[]string{"serve", "--lisen", "x"}, "lisen"},
		{[]string{"serve", "--listen"}, "listen"},
		{[]string{"serve", "now"}, `unexpected argument "now"`},
		{[]string{"validate", "now"}, "open now: "},
		{[]string{"record"}, "--to: "},
		{[]string{"record", "--to", "x.yaml", "--mode", "twice"}, "--mode: "},
		{[]string{"record", "--to", "x.yaml", "--mode", "none"}, "there is no recording to answer from"},
		{[]string{"record", "--to", "x.yaml", "--upstream", "graph"}, "--upstream: "},
		{[]string{"record", "--to", "x.yaml", "--inline-limit", "much"}, "--inline-limit: "},
		{[]string{"record", "--to", "x.yaml", "--scrub-pattern", "("}, "--scrub-pattern: "},
		{[]string{"record", "--to", "x.yaml", "--host", "https://contoso.sharepoint.com"}, "--host: "},
		{[]string{"record", "--to", "x.yaml", "--", "no-such-program"}, "no-such-program"},
		{[]string{"replay"}, "no file given"},
		{[]string{"replay", "no.yaml"}, "no.yaml"},
		{[]string{"scrub"}, "no file given"},
		{[]string{"scrub", "no.yaml"}, "no.yaml"},
		{[]string{"health", "now"}, `unexpected argument "now"`},
		{[]string{"health", "--url", "localhost"}, "--url"},
		{[]string{"health", "--timeout", "soon"}, "timeout"},
		{[]string{"version", "now"}, `unexpected argument "now"`},
		{[]string{"serve", "--config", "no.yaml"}, "no.yaml"},
		{[]string{"serve", "--watch"}, "watch"},
		{[]string{"serve", "--tls-name", "*.graph.test"}, "*.graph.test"},
		{[]string{"serve", "--tls-cert", "cert.pem"}, "--tls-key"},
		{[]string{"serve", "--tls-cert", "cert.pem", "--tls-key", "key.pem"}, "cert.pem"},
		{[]string{"serve", "--fixtures", "@nobody"}, "@nobody"},
		{[]string{"serve", "--signed-in-user", "nobody@northgale.test"}, "nobody@northgale.test"},
		{[]string{"serve", "--ready-file", "."}, "--ready-file"},
		{[]string{"help", "nothing"}, "nothing"},
		{[]string{"exec"}, "no command given"},
		{[]string{"exec", "--format", "xml", "--", "true"}, "--format"},
		{[]string{"exec", "--listen", "127.0.0.1:1", "--", "true"}, "listen"},
		{[]string{"env", "cobol"}, "there are go, js"},
		{[]string{"env", "go", "js"}, `unexpected argument "js"`},
		{[]string{"env", "--format", "xml"}, "--format"},
		{[]string{"doctor", "now"}, `unexpected argument "now"`},
		{[]string{"ca"}, "no command given"},
		{[]string{"ca", "import"}, `unknown command "import"`},
		{[]string{"ca", "export", "now"}, `unexpected argument "now"`},
		{[]string{"ca", "export", "--ca-dir", "/dev/null/ca"}, "/dev/null/ca"},
	} {
		for _, ci := range []string{"", "true"} { // in CI the default mode of a recording is none
			t.Setenv("CI", ci)
			code, stdout, stderr := call(t, variables("CI="+ci), tt.args...)
			if code != exitUsage || !strings.Contains(stderr, tt.want) || stdout != "" {
				t.Errorf("CI=%s %q: exit %d, does not say %q:\n%s%s", ci, tt.args, code, tt.want, stdout, stderr)
			}
		}
	}
}

func TestBadFiles(t *testing.T) {
	for _, tt := range []struct{ name, content, want string }{
		{"c.yaml", "listen: 127.0.0.1:0\nport: 3650\n", `c.yaml:2:1: unknown key "port"`},
		{"c.yaml", "strict: true\nstrict: false\n", "c.yaml:2:1: strict is given twice"},
		{"c.yaml", "\nstrict: \"true\"\n", "c.yaml:2:9: strict: the value is not true or false"},
		{"c.yaml", "listen: [a]\n", "c.yaml:1:9: listen: the value is not text"},
		{"c.yaml", "fixtures: {a: b}\n", "c.yaml:1:11: fixtures: the value is not text, or a list of texts"},
		{"c.yaml", "fixtures:\n- a\n- [b]\n", "c.yaml:2:1: fixtures: line 3 is not text"},
		{"c.yaml", "random-seed: one\n", "c.yaml:1:14: random-seed: the value is not a whole number"},
		{"c.yaml", "- listen\n", "c.yaml:1:1: options are written as key: value"},
		{"c.yaml", "strict: true\n---\nstrict: true\n", "c.yaml:2:1: a second document"},
		{"c.yaml", "strict: true\n  watch: [\n", "c.yaml:2: "},
		{"c.json", "{\n\t\"strict\": 1\n}\n", "c.json:2:12: strict: the value is not true or false"},
		{"c.json", "{\n\t\"strict\": true,\n\t\"prot\": 1\n}\n", `c.json:3:2: unknown key "prot"`},
	} {
		t.Chdir(folder(t, tt.name, tt.content))
		code, _, stderr := call(t, variables(), "validate", "--config", tt.name)
		if code != exitUsage || !strings.Contains(stderr, tt.want) {
			t.Errorf("%q: exit %d\n got %swant %s", tt.content, code, stderr, tt.want)
		}
		t.Chdir(t.TempDir())
	}
}

// TestAllMistakes: one run tells every mistake of a file.
func TestAllMistakes(t *testing.T) {
	t.Chdir(folder(t, "graph-emulator.yaml", "prot: 1\nstrict: 2\n"))
	code, _, stderr := call(t, variables(), "validate")
	if code != exitUsage || strings.Count(stderr, "graph-emulator.yaml:") != 2 {
		t.Errorf("exit %d\n%s", code, stderr)
	}
}

func TestTwoFiles(t *testing.T) {
	t.Chdir(folder(t, "graph-emulator.yaml", "", "graph-emulator.json", "{}"))
	code, _, stderr := call(t, variables(), "validate")
	if code != exitUsage || !strings.Contains(stderr, "graph-emulator.yaml and graph-emulator.json") {
		t.Errorf("exit %d\n%s", code, stderr)
	}
	if code, _, stderr := call(t, variables("GRAPH_EMULATOR_CONFIG=graph-emulator.json"), "validate"); code != exitOK {
		t.Errorf("named: exit %d\n%s", code, stderr)
	}
}
