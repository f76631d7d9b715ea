package main

import (
	"bytes"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/graphtest"
)

// TestBare: the bare server says what the emulator said, in both forms, also where the
// answer comes in chunks.
func TestBare(t *testing.T) {
	srv := graphtest.Start(t)
	cases := requests(100)
	cases[0].path = "/v1.0/users/ida@northgale.test"
	answers, err := record(strings.TrimPrefix(srv.URL, "http://"), cases)
	if err != nil {
		t.Fatal(err)
	}
	answers[0].Body = bytes.Repeat(answers[0].Body, 20) // longer than what net/http counts
	theirs := httptest.NewServer(recorded(answers))
	defer theirs.Close()
	c, err := dial(theirs.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for i, r := range cases {
		for _, prefix := range []string{samePrefix, bodyPrefix} {
			var got answer
			if err := c.call(r.text(prefix+r.path), r.status, &got); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Body, answers[i].Body) || len(got.Body) == 0 {
				t.Errorf("%s%s: %q", prefix, r.path, got.Body)
			}
			if i > 0 && prefix == samePrefix && len(got.Header) != len(answers[i].Header) {
				t.Errorf("%s: headers %q, want %q", r.path, got.Header, answers[i].Header)
			}
		}
	}
}

// TestTurn: a turn counts what it asked, and fails where an answer is another one.
func TestTurn(t *testing.T) {
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	p := &process{addr: strings.TrimPrefix(graphtest.Start(t).URL, "http://"), cmd: &exec.Cmd{Process: self}}
	if _, err := p.cpu(); err != nil {
		t.Skip("no /proc: ", err)
	}
	o := &options{turn: 20 * time.Millisecond, connections: 2}
	get := request{method: "GET", path: "/v1.0/me"}
	f, err := turn(t.Context(), o, p, get.text(get.path), 200)
	if err != nil || f.rate <= 0 {
		t.Errorf("%+v, %v", f, err)
	}
	if _, err := turn(t.Context(), o, p, get.text("/nowhere"+get.path), 200); err == nil {
		t.Error("a refusal is no error")
	}
	for _, c := range p.conns {
		c.Close()
	}
}
