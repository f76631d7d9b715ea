package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

const presence = `{"@odata.type":"#microsoft.graph.presence","activity":"Available","availability":"Available"}`

func TestReady(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "ready", "left by a server that was killed\n")
	r := serving(t, "--ready-file", "ready", "--public-url", "https://graph.test")
	line := r.stdout.await(t, "ready on")
	if want := fmt.Sprintf("graph-emulator ready on %s (public: https://graph.test): %s/v1.0, %s/beta, control at %s/_emulator, TLS at https://localhost%s", base(r), base(r), base(r), base(r), base(r)[strings.LastIndex(base(r), ":"):]); line != want {
		t.Errorf("\n got %s\nwant %s", line, want)
	}
	b, err := os.ReadFile("ready")
	if err != nil || string(b) != base(r)+"\n" {
		t.Errorf("ready file: %q, %v", b, err)
	}
	if code, stdout, stderr := call(t, variables("GRAPH_EMULATOR_READY_FILE=ready"), "health"); code != exitOK || stdout != "ok: "+base(r)+"\n" {
		t.Errorf("health by ready file: exit %d %s%s", code, stdout, stderr)
	}
	if code := r.end(t); code != exitOK {
		t.Errorf("exit %d\n%s", code, r.stderr)
	}
	if left, _ := os.ReadDir("."); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if code, _, stderr := call(t, variables("GRAPH_EMULATOR_READY_FILE=ready"), "health"); code != exitFailure || !strings.Contains(stderr, "no server is ready") {
		t.Errorf("health after the end: exit %d %s", code, stderr)
	}
	if n := strings.Count(r.stdout.String(), "\n"); n != 2 { // the ready line and the mark of the test
		t.Errorf("standard output has more than the ready line:\n%s", r.stdout)
	}
}

func base(r *running) string { return strings.TrimSuffix(strings.Fields(r.url)[0], ":") }

func TestHealth(t *testing.T) {
	t.Chdir(t.TempDir())
	r := serving(t)
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1") // must not be asked
	address := strings.TrimPrefix(r.url, "http://")
	write(t, "graph-emulator.yaml", "listen: "+address+"\n")
	for _, tt := range []struct {
		name   string
		getenv func(string) string
		args   []string
	}{
		{"file", variables(), nil},
		{"variable", variables("GRAPH_EMULATOR_LISTEN=" + strings.Replace(address, "127.0.0.1", "0.0.0.0", 1)), nil},
		{"listen flag", variables(), []string{"--listen", address}},
		{"url flag", variables("GRAPH_EMULATOR_URL=http://127.0.0.1:1"), []string{"--url", r.url + "/"}},
		{"url variable", variables("GRAPH_EMULATOR_URL=" + r.url), nil},
	} {
		code, stdout, stderr := call(t, tt.getenv, append([]string{"health"}, tt.args...)...)
		if code != exitOK || stdout != "ok: "+r.url+"\n" {
			t.Errorf("%s: exit %d %s%s", tt.name, code, stdout, stderr)
		}
	}
	if code := r.end(t); code != exitOK {
		t.Errorf("exit %d\n%s", code, r.stderr)
	}
	if code, _, stderr := call(t, variables(), "health"); code != exitFailure {
		t.Errorf("after the end: exit %d %s", code, stderr)
	}
}

func TestPortTaken(t *testing.T) {
	t.Chdir(t.TempDir())
	r := serving(t)
	defer r.end(t)
	code, stdout, stderr := call(t, variables(), "serve", "--listen", strings.TrimPrefix(r.url, "http://"), "--ready-file", "ready")
	if code != exitFailure || stdout != "" || !strings.Contains(stderr, "--listen") {
		t.Errorf("exit %d %s%s", code, stdout, stderr)
	}
	if exists("ready") {
		t.Error("a ready file stands without a server")
	}
}

// half sends a request without the second half of its body, and returns once
// the server waits for that half.
func half(t *testing.T, r *running) (conn net.Conn, answers *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "POST /beta/communications/presences HTTP/1.1\r\nHost: graph.test\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", len(presence))
	answers = bufio.NewReader(conn)
	if line, err := answers.ReadString('\n'); err != nil || !strings.Contains(line, " 100 ") {
		t.Fatalf("no 100 Continue: %q, %v", line, err)
	}
	if _, err := answers.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	io.WriteString(conn, presence[:10])
	return conn, answers
}

func terminate(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs signals: Windows has none to send")
	}
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Signal(syscall.SIGTERM)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestSignalFinishesRequests(t *testing.T) {
	t.Chdir(t.TempDir())
	r := serving(t)
	conn, answers := half(t, r)
	terminate(t)
	r.stderr.await(t, "ending")
	io.WriteString(conn, presence[10:])
	resp, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatalf("the request in flight got no answer: %v", err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		t.Errorf("the request in flight got %s", resp.Status)
	}
	if code := <-r.code; code != exitOK {
		t.Errorf("exit %d\n%s", code, r.stderr)
	}
}

func TestSignalCutsWhatHangs(t *testing.T) {
	t.Chdir(t.TempDir())
	r := serving(t)
	_, answers := half(t, r)
	begin := time.Now()
	terminate(t)
	if code := <-r.code; code != exitOK {
		t.Errorf("exit %d\n%s", code, r.stderr)
	}
	if took := time.Since(begin); took > 5*time.Second { // a second, on a machine that has one to give
		t.Errorf("took %s", took)
	}
	if _, err := answers.ReadByte(); err == nil {
		t.Error("the connection is still open")
	}
	r.stderr.await(t, "cut")
}

func TestLogFormat(t *testing.T) {
	t.Chdir(t.TempDir())
	r := serving(t, "--log-format", "json")
	r.end(t)
	r.stderr.await(t, `"msg":"ending; requests in flight are finished"`)
	quiet := serving(t, "--log-level", "error")
	quiet.end(t)
	if log := quiet.stderr.String(); log != "" {
		t.Errorf("at level error:\n%s", log)
	}
}
