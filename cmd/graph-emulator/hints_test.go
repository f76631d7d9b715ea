package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFaultD6CommandLine: a mistyped name is answered with the one that was meant.
func TestFaultD6CommandLine(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"srve"}, `unknown command "srve"; did you mean "serve"?`},
		{[]string{"lighthouse"}, `unknown command "lighthouse"; graph-emulator --help`},
		{[]string{"ca", "exprot"}, `did you mean "export"?`},
		{[]string{"catalog", "lst"}, `did you mean "list"?`},
		{[]string{"serve", "--lisen", "a"}, "unknown flag --lisen; did you mean --listen?"},
		{[]string{"catalog", "list", "--verson", "beta"}, "did you mean --version?"},
		{[]string{"serve", "--switch", "presence.fadeName=enum"}, `; did you mean "presence.fadeNames"?`},
		{[]string{"serve", "--switch", "presence.fadeNames=pross"}, `unknown value "pross"; it is one of enum, prose; did you mean "prose"?`},
		{[]string{"serve", "--switch", "nonsense=1"}, `unknown switch "nonsense"; it is one of`},
		{[]string{"catalog", "list", "--version", "bta"}, `--version: "bta" is not one of v1.0, beta; did you mean "beta"?`},
		{[]string{"catalog", "list", "--method", "PACTH"}, `did you mean "PATCH"?`},
		{[]string{"catalog", "show", "GTE", "/users"}, `did you mean "GET"?`},
		{[]string{"serve", "--lighthouse"}, "unknown flag --lighthouse; graph-emulator serve --help"},
	} {
		if code, _, stderr := call(t, variables(), tt.args...); code != exitUsage || !strings.Contains(stderr, tt.want) {
			t.Errorf("%q: exit %d\n got %swant %s", tt.args, code, stderr, tt.want)
		}
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"catalog", "schema", "presense"}, `v1.0 has no type "presense"; did you mean "presence"?`},
		{[]string{"catalog", "schema", "microsoft.graph.security.alrt"}, `did you mean "security.alert"?`},
		{[]string{"catalog", "show", "GET", "/usrs/x/messages"}, `Did you mean 'users'?`},
		{[]string{"catalog", "list", "--prefix", "/me/mesages"}, `no documented operation is like that; did you mean "/me/messages"?`},
	} {
		if code, _, stderr := call(t, variables(), tt.args...); code != exitFailure || !strings.Contains(stderr, tt.want) {
			t.Errorf("%q: exit %d\n got %swant %s", tt.args, code, stderr, tt.want)
		}
	}
	write(t, "graph-emulator.yaml", "lisen: 127.0.0.1:0\n")
	if code, _, stderr := call(t, variables(), "validate"); code != exitUsage || !strings.Contains(stderr, `:1:1: unknown key "lisen"; did you mean "listen"?`) {
		t.Errorf("configuration file: exit %d %s", code, stderr)
	}
}

// TestFaultD8PortTaken: the error says what is wrong and what to do.
func TestFaultD8PortTaken(t *testing.T) {
	t.Chdir(t.TempDir())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	want := "graph-emulator: --listen " + l.Addr().String() + ": address already in use; choose another with --listen, or stop the process that uses it\n"
	if code, _, stderr := call(t, variables(), "serve", "--listen", l.Addr().String(), "--log-level", "error"); code != exitFailure || stderr != want {
		t.Errorf("exit %d\n got %swant %s", code, stderr, want)
	}
}

// TestFaultD8CommandNotFound: exec ends as a shell does where there is no such command.
func TestFaultD8CommandNotFound(t *testing.T) {
	t.Chdir(folder(t, "data.txt", "no program"))
	for _, tt := range []struct {
		name, want string
		code       int
	}{
		{"nosuchcommand", "nosuchcommand: command not found", 127},
		{"./nosuchcommand", "./nosuchcommand: command not found", 127},
		{"./data.txt", "./data.txt: the command cannot be run: ", 126},
	} {
		if code, _, stderr := call(t, variables(), "exec", "--", tt.name); code != tt.code || !strings.Contains(stderr, tt.want) {
			t.Errorf("%s: exit %d %s", tt.name, code, stderr)
		}
	}
}

// TestFaultD8OneFormatFlag: --format is the form of every report, and the names that it
// had before go on to work.
func TestFaultD8OneFormatFlag(t *testing.T) {
	t.Chdir(folder(t, "c.yaml", "- request: GET /v1.0/me\n  status: 200\n"))
	for _, flag := range []string{"--format", "--output"} {
		if code, stdout, stderr := call(t, variables(), "verify", flag, "json", "c.yaml"); code != exitOK || !strings.HasPrefix(stdout, "[") {
			t.Errorf("verify %s json: exit %d %s%s", flag, code, stdout, stderr)
		}
	}
	for _, command := range []string{"verify", "exec"} {
		if _, stdout, _ := call(t, variables(), command, "--help"); !strings.Contains(stdout, "--format FORM") || strings.Contains(stdout, "--report") || strings.Contains(stdout, "--output") {
			t.Errorf("%s --help:\n%s", command, stdout)
		}
	}
}

// TestFaultD8ExportByName: the name of the file says that it is to be HAR.
func TestFaultD8ExportByName(t *testing.T) {
	t.Chdir(folder(t, "c.yaml", "- recording: {format: 1, upstream: \"https://graph.microsoft.com\"}\n- request: GET /v1.0/me\n  status: 200\n  answer: {id: a}\n  took: 1ms\n"))
	if code, _, stderr := call(t, variables(), "export", "c.yaml", "--to", "c.har"); code != exitOK {
		t.Errorf("exit %d %s", code, stderr)
	}
	if text, err := os.ReadFile("c.har"); err != nil || !strings.Contains(string(text), `"log"`) {
		t.Errorf("%v\n%s", err, text)
	}
	if code, _, stderr := call(t, variables(), "export", "c.yaml", "--to", "c.json"); code != exitUsage || !strings.Contains(stderr, "--format: the name c.json does not say which format is wanted") {
		t.Errorf("exit %d %s", code, stderr)
	}
}

// TestFaultD8Version: the flag prints what the command prints.
func TestFaultD8Version(t *testing.T) {
	_, want, _ := call(t, variables(), "version")
	for _, flag := range []string{"--version", "-v"} {
		if code, stdout, stderr := call(t, variables(), flag); code != exitOK || stdout != want {
			t.Errorf("%s: exit %d %q%s, want %q", flag, code, stdout, stderr, want)
		}
	}
}

// TestFaultD8Completion: shells get a script, and words to complete.
func TestFaultD8Completion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "pwsh"} {
		if code, stdout, stderr := call(t, variables(), "completion", shell); code != exitOK || !strings.Contains(stdout, "generate-shell-completion") {
			t.Errorf("%s: exit %d %s%s", shell, code, stdout, stderr)
		}
	}
	own := os.Args
	defer func() { os.Args = own }()
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"--generate-shell-completion"}, "serve"},
		{[]string{"catalog", "--generate-shell-completion"}, "coverage"},
		{[]string{"serve", "--li", "--generate-shell-completion"}, "--listen"},
	} {
		os.Args = append([]string{"graph-emulator"}, tt.args...) // of which the library reads the last
		if code, stdout, stderr := call(t, variables(), tt.args...); code != exitOK || !strings.Contains(stdout, tt.want) {
			t.Errorf("%q: exit %d %s%s", tt.args, code, stdout, stderr)
		}
	}
}

// TestFaultD8Manual: the page has every command and flag, and no line that roff takes for
// a request.
func TestFaultD8Manual(t *testing.T) {
	code, page, stderr := call(t, variables(), "manual")
	if code != exitOK {
		t.Fatal(stderr)
	}
	for _, want := range []string{".TH GRAPH-EMULATOR 1\n", ".SS serve\n", ".SS ca export\n", `\fB\-\-listen\fR`, `\fB\-\-format\fR`} {
		if !strings.Contains(page, want) {
			t.Errorf("lacks %q", want)
		}
	}
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, ".") && !strings.Contains(" TH SH SS PP TP B I nf fi ", " "+strings.Fields(line[1:])[0]+" ") {
			t.Errorf("taken for a request: %s", line)
		}
	}
}

// TestFaultD8SchemaAddress: the schema of the configuration file is named by an address
// that works in every folder.
func TestFaultD8SchemaAddress(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "CONFIGURATION.md"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(page)) {
		if _, at, ok := strings.Cut(line, "$schema="); ok && !strings.HasPrefix(at, "https://") {
			t.Errorf("works in the repository only: %s", line)
		}
	}
}
