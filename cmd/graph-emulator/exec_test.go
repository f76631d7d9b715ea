package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
)

// childMark makes the test program the command of an exec: it does what the variable
// says and nothing else.
const childMark = "GRAPH_EMULATOR_TEST_CHILD"

// childMain is a client that knows nothing of an emulator: its addresses are
// Microsoft's, and what it trusts and asks comes from the environment.
func childMain() int {
	switch what := os.Getenv(childMark); what {
	case "calls":
		for _, url := range []string{"https://graph.microsoft.com/v1.0/me?$select=displayName", "https://graph.microsoft.com/v1.0/userz", "https://example.com/"} {
			resp, err := http.Get(url)
			if err != nil {
				fmt.Println("error", err)
				continue
			}
			body, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			fmt.Println(resp.StatusCode, string(body))
		}
		input, _ := io.ReadAll(os.Stdin)
		fmt.Println("input", string(input), "args", os.Args[1:])
		fmt.Fprintln(os.Stderr, "complaint")
		return 7
	case "session":
		return sessionMain()
	case "program":
		return run(context.Background(), os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	case "env":
		for _, v := range os.Environ() {
			fmt.Println(v)
		}
	case "wait":
		c := make(chan os.Signal, 1)
		signal.Notify(c, syscall.SIGTERM)
		fmt.Println("ready on")
		<-c
		return 9
	case "killed":
		self, _ := os.FindProcess(os.Getpid())
		self.Kill()
		select {}
	}
	return 0
}

// execute runs exec with this program as its command.
func execute(t *testing.T, what string, flags ...string) (code int, stdout, stderr string) {
	t.Helper()
	t.Setenv(childMark, what)
	t.Setenv("SSL_CERT_FILE", "") // set for the test program, perhaps
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	p := &program{getenv: variables(), stdin: strings.NewReader("typed"), stdout: &out, stderr: &errs, tick: ticker}
	code = p.run(t.Context(), append(append([]string{"exec"}, flags...), "--", self, "one", "--two"))
	return code, out.String(), errs.String()
}

// TestExec: a client with fixed addresses is served, its code is ours, and the report
// says what it did.
func TestExec(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("net/http takes its roots from the system here, not from SSL_CERT_FILE")
	}
	t.Chdir(t.TempDir())
	code, stdout, stderr := execute(t, "calls")
	if code != 7 {
		t.Errorf("exit %d", code)
	}
	for _, want := range []string{`200 {"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#users(displayName)/$entity","displayName":"Ida Berg"`, "400 {", "userz",
		`error Get "https://example.com/": graph-emulator passes nothing on to example.com:443.`, "input typed args [one --two]"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("standard output lacks %q:\n%s", want, stdout)
		}
	}
	if want := "complaint\n" + `graph-emulator: 2 requests: 1 x 200, 1 x 400
answered with an error:
    1 x 400 GET /v1.0/userz
other hosts, refused by the proxy:
    1 x example.com:443
`; !strings.HasSuffix(stderr, want) {
		t.Errorf("report:\n%s\nwant:\n%s", stderr, want)
	}
}

// TestExecEnvironment: the variables of every runtime, and nothing left behind.
func TestExecEnvironment(t *testing.T) {
	t.Chdir(t.TempDir())
	code, stdout, stderr := execute(t, "env", "--report", "none")
	if code != exitOK || stderr != "" {
		t.Errorf("exit %d %s", code, stderr)
	}
	got := map[string]string{}
	for line := range strings.Lines(stdout) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		got[name] = value
	}
	k, err := (&aim{}).fill()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range k.settings {
		if got[s.Name] == "" {
			t.Errorf("%s is not set", s.Name)
		}
	}
	if url := got["GRAPH_EMULATOR_URL"]; !strings.HasPrefix(url, "http://127.0.0.1:") || strings.HasSuffix(url, ":3650") || got["HTTPS_PROXY"] != url {
		t.Errorf("GRAPH_EMULATOR_URL=%s", url)
	}
	if exists(got["SSL_CERT_DIR"]) {
		t.Errorf("%s is left behind", got["SSL_CERT_DIR"])
	}
}

// TestExecSignals: SIGTERM reaches the command, and its end by a signal is a code.
func TestExecSignals(t *testing.T) {
	t.Chdir(t.TempDir())
	if runtime.GOOS == "windows" {
		t.Skip("needs signals: Windows has none to send")
	}
	if code, _, stderr := execute(t, "killed"); code != 128+int(syscall.SIGKILL) {
		t.Errorf("killed: exit %d %s", code, stderr)
	}
	t.Setenv(childMark, "wait")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out, ended := newConsole(), make(chan int, 1)
	p := &program{getenv: variables(), stdout: out, stderr: newConsole(), tick: ticker}
	go func() { ended <- p.run(context.Background(), []string{"exec", "--", self}) }()
	out.await(t, "ready on")
	terminate(t)
	select {
	case code := <-ended:
		if code != 9 {
			t.Errorf("exit %d", code)
		}
	case <-time.After(patience):
		t.Fatal("exec does not end")
	}
}

// TestTally: the report fits on a screen, and memory is bounded.
func TestTally(t *testing.T) {
	var c tally
	for i := range 2 * remembered {
		c.add(emulator.Exchange{Method: "GET", Path: "/v1.0/" + strconv.Itoa(i), Status: 501, Warnings: []string{"ignored"}})
	}
	c.add(emulator.Exchange{Method: "GET", Path: "/v1.0/7", Status: 501})
	c.add(emulator.Exchange{Host: "example.com:443", Refused: true, Status: 502})
	var out strings.Builder
	c.print(&out, nil)
	if n := strings.Count(out.String(), "\n"); n != 1+1+shown+1+2+2 || len(c.unhandled) != remembered {
		t.Errorf("%d lines, %d remembered:\n%s", n, len(c.unhandled), &out)
	}
	for _, want := range []string{"8193 requests: 8193 x 501\nnot handled:\n    2 x 501 GET /v1.0/7\n", "  and 4088 more\n", " 8192 x ignored\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("lacks %q:\n%s", want, &out)
		}
	}
	c.clear()
	out.Reset()
	if c.print(&out, nil); !strings.HasPrefix(out.String(), "graph-emulator: 0 requests\nWARNING: ") {
		t.Errorf("cleared: %s", &out)
	}
}
