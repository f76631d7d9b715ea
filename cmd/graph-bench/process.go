package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// address is a host and a port in the line by which a server says that it answers.
var address = regexp.MustCompile(`127\.0\.0\.1:\d+`)

// process is a server that was started.
type process struct {
	cmd   *exec.Cmd
	addr  string // "127.0.0.1:port"
	conns []*client
}

// start runs a server that prints a line with its URL when it answers.
func start(ctx context.Context, program string, args ...string) (*process, error) {
	return begin(exec.CommandContext(ctx, program, args...))
}

// startBare runs this program as the bare server.
func startBare(ctx context.Context, answers []answer) (*process, error) {
	text, err := json.Marshal(answers)
	if err != nil {
		return nil, err
	}
	return startSelf(ctx, bareCommand, text)
}

// startSelf runs this program as another server, which reads stdin.
func startSelf(ctx context.Context, command string, stdin []byte) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, command)
	cmd.Stdin = bytes.NewReader(stdin)
	return begin(cmd)
}

func begin(cmd *exec.Cmd) (*process, error) {
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd}
	line, err := bufio.NewReader(out).ReadString('\n')
	p.addr = address.FindString(line)
	if err != nil || p.addr == "" {
		p.stop()
		return nil, fmt.Errorf("%s does not say where it listens: %q", cmd.Path, line)
	}
	return p, nil
}

// clients are n connections, which stay open.
func (p *process) clients(n int) ([]*client, error) {
	for len(p.conns) < n {
		c, err := dial(p.addr)
		if err != nil {
			return nil, err
		}
		p.conns = append(p.conns, c)
	}
	return p.conns[:n], nil
}

func (p *process) stop() {
	for _, c := range p.conns {
		c.Close()
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may be gone
	_ = p.cmd.Wait()
}

// tick is the unit of processor times in /proc.
const tick = time.Second / 100

// cpu is the processor time that the process has used.
func (p *process) cpu() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	var user, system int64
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) // the name may hold blanks
	if len(fields) < 13 {
		return 0, errors.New("/proc shows no processor time")
	}
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		return 0, err
	}
	return time.Duration(user+system) * tick, nil
}
