package port_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// isEnvelope reports whether a raw HTTP answer has a status and an error of Graph's form.
func isEnvelope(t *testing.T, answer string, status int) {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(answer)), nil)
	if err != nil {
		t.Errorf("%v: %q", err, answer)
		return
	}
	var e struct {
		Error struct{ Code, Message string }
	}
	err = json.NewDecoder(resp.Body).Decode(&e)
	if err != nil || resp.StatusCode != status || e.Error.Code == "" || e.Error.Message == "" || resp.Header.Get("request-id") == "" {
		t.Errorf("want %d with an envelope, got %q (%v)", status, answer, err)
	}
}

// Requests that net/http refuses before a handler sees them are refused in Graph's form.
func TestFaultA18RefusedEarly(t *testing.T) {
	p := emulatortest.Listen(t)
	for name, tt := range map[string]struct {
		request string
		status  int
	}{
		"escape":      {"GET /v1.0/%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"headers":     {"GET /v1.0/me HTTP/1.1\r\nHost: x\r\nA: " + strings.Repeat("a", 300<<10) + "\r\n\r\n", 431},
		"encoding":    {"POST /v1.0/users HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: zip\r\n\r\n", 501},
		"no host":     {"GET /v1.0/me HTTP/1.1\r\n\r\n", 400},
		"bad host":    {"GET /v1.0/me HTTP/1.1\r\nHost: a\"b\r\n\r\n", 400},
		"expectation": {"POST /v1.0/users HTTP/1.1\r\nHost: x\r\nExpect: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", 417},
		"version":     {"GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505},
	} {
		t.Run(name, func(t *testing.T) { isEnvelope(t, raw(t, p, tt.request), tt.status) })
		t.Run(name+" in TLS", func(t *testing.T) { isEnvelope(t, sealed(t, p, false, tt.request), tt.status) })
		t.Run(name+" intercepted", func(t *testing.T) { isEnvelope(t, sealed(t, p, true, tt.request), tt.status) })
	}
	request := "GET /v1.0/me?$select=id HTTP/1.1\r\nHost: graph.microsoft.com\r\nConnection: close\r\n\r\n"
	if answer := sealed(t, p, true, request); !strings.HasPrefix(answer, "HTTP/1.1 200") || !strings.Contains(answer, "https://graph.microsoft.com/v1.0/$metadata") {
		t.Errorf("a request that is taken: %s", answer)
	}
}

// A client that sends all of a body before it reads sees why it is refused.
func TestFaultA18LargeBody(t *testing.T) {
	p := emulatortest.Listen(t)
	c, err := net.Dial("tcp", p.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(time.Minute))
	const size = 40 << 20
	fmt.Fprintf(c, "POST /v1.0/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n", size)
	chunk := bytes.Repeat([]byte(" "), 1<<20)
	for range size >> 20 {
		if _, err := c.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	answer, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	isEnvelope(t, string(answer), 413)
}

// CONNECT to ourselves inside CONNECT to ourselves ends at a limit.
func TestFaultA18NestedConnect(t *testing.T) {
	p := emulatortest.Listen(t)
	c, err := net.Dial("tcp", p.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(time.Minute))
	in := bufio.NewReader(c)
	for depth := range 20 {
		fmt.Fprint(c, "CONNECT graph.microsoft.com:443 HTTP/1.1\r\nHost: graph.microsoft.com:443\r\n\r\n")
		resp, err := http.ReadResponse(in, &http.Request{Method: "CONNECT"})
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode == 400 && depth > 1 {
			return
		}
		if resp.StatusCode != 200 {
			t.Fatalf("depth %d: %s", depth, resp.Status)
		}
	}
	t.Error("twenty CONNECTs are inside each other")
}
