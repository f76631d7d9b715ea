package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv(childMark) != "" {
		os.Exit(childMain())
	}
	goleak.VerifyTestMain(m)
}

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// console is a writer whose text a test can wait for.
type console struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // closed and replaced at each write
}

func newConsole() *console { return &console{more: make(chan struct{})} }

func (c *console) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.more)
	c.more = make(chan struct{})
	return c.text.Write(b)
}

func (c *console) String() string {
	text, _ := c.now()
	return text
}

func (c *console) now() (string, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.String(), c.more
}

// await returns the first whole line that holds text.
func (c *console) await(t *testing.T, text string) string {
	t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		all, more := c.now()
		for line := range strings.Lines(all) {
			if strings.Contains(line, text) && strings.HasSuffix(line, "\n") {
				return strings.TrimSuffix(line, "\n")
			}
		}
		select {
		case <-more:
		case <-limit.C:
			t.Fatalf("no line with %q came; there is:\n%s", text, all)
		}
	}
}

// variables makes a getenv of pairs "NAME=value".
func variables(pairs ...string) func(string) string {
	return func(name string) string {
		for _, pair := range pairs {
			if n, v, _ := strings.Cut(pair, "="); n == name {
				return v
			}
		}
		return ""
	}
}

// call runs the program to its end.
func call(t *testing.T, getenv func(string) string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, getenv, &out, &errs)
	return code, out.String(), errs.String()
}

// running is a serve that goes on beside the test.
type running struct {
	url            string
	stdout, stderr *console
	tick           chan time.Time
	cancel         func()
	code           chan int
}

// serving starts serve on a free port and waits for its ready line.
func serving(t *testing.T, args ...string) *running {
	t.Helper()
	return started(t, "serve", args...)
}

// started starts a command that answers, as serving does.
func started(t *testing.T, command string, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{stdout: newConsole(), stderr: newConsole(), tick: make(chan time.Time), cancel: cancel, code: make(chan int, 1)}
	p := &program{getenv: variables(), stdout: r.stdout, stderr: r.stderr,
		tick: func(time.Duration) (<-chan time.Time, func()) { return r.tick, func() {} }}
	args = append([]string{command, "--listen", "127.0.0.1:0"}, args...)
	go func() {
		code := p.run(ctx, args)
		_, _ = io.WriteString(r.stdout, "ready on ended\n") // ends the wait of a start that failed
		r.code <- code
	}()
	t.Cleanup(cancel)
	line := r.stdout.await(t, "ready on ")
	_, rest, _ := strings.Cut(line, "ready on ")
	if r.url, _, _ = strings.Cut(rest, ": "); !strings.HasPrefix(r.url, "http://") {
		t.Fatalf("%s ended at once: %s", command, r.stderr)
	}
	return r
}

// end stops the server, if a signal has not, and returns its exit code.
func (r *running) end(t *testing.T) int {
	t.Helper()
	r.cancel()
	select {
	case code := <-r.code:
		return code
	case <-time.After(patience):
		t.Fatalf("serve does not end; its log:\n%s", r.stderr)
		return -1
	}
}

// folder makes a folder with files given as name, content, name, content.
func folder(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		write(t, filepath.Join(dir, files[i]), files[i+1])
	}
	return dir
}

// write puts a file in place at once: who reads it meanwhile sees the old one or the
// new one, never half of it.
func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	draft := filepath.Join(t.TempDir(), "draft")
	if err := os.WriteFile(draft, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(draft, path); err != nil {
		t.Fatal(err)
	}
}
