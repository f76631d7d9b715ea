package emulator_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// TestBadWire: what only a connection can do wrong. Content-Length is never
// believed; what arrives counts.
func TestBadWire(t *testing.T) {
	t.Attr("rules", "C-1.9")
	defer goleak.VerifyNone(t)
	const good = `{"availability":"Busy","activity":"Busy"}`
	over := `{"availability":"` + strings.Repeat("x", 64<<10) + `","activity":"Busy"}`
	head := func(lines ...string) string {
		return "POST " + presences + " HTTP/1.1\r\nHost: graph.test\r\nOrigin: https://app.northgale.test\r\nContent-Type: application/json\r\n" + strings.Join(lines, "\r\n") + "\r\n\r\n"
	}
	chunk := func(s string) string { return strconv.FormatInt(int64(len(s)), 16) + "\r\n" + s + "\r\n" }
	s := standing(t)
	defer s.Close()
	addr := listening(t, s)
	before := state(t, s)
	for _, tt := range []struct {
		badInput
		raw string
	}{
		{badInput{name: "body shorter than Content-Length", status: 400, code: "BadRequest", says: payload + "|ends before"}, head("Content-Length: 4000") + good},
		{badInput{name: "no body where one is announced", status: 400, code: "BadRequest", says: payload}, head("Content-Length: 41")},
		{badInput{name: "body longer than Content-Length", status: 400, code: "BadRequest", says: payload}, head("Connection: close", "Content-Length: 20") + good},
		{badInput{name: "last chunk missing", status: 400, code: "BadRequest", says: payload + "|ends before"}, head("Transfer-Encoding: chunked") + chunk(good)},
		{badInput{name: "chunk cut off", status: 400, code: "BadRequest", says: payload + "|ends before"}, head("Transfer-Encoding: chunked") + "29\r\n" + good[:10]},
		{badInput{name: "chunk size that is none", status: 400, code: "BadRequest", says: payload}, head("Transfer-Encoding: chunked") + "zz\r\n" + good + "\r\n0\r\n\r\n"},
		{badInput{name: "oversized with Content-Length", status: 413, code: "RequestEntityTooLarge", says: "65536 bytes"}, head("Content-Length: "+strconv.Itoa(len(over))) + over},
		{badInput{name: "oversized in chunks", status: 413, code: "RequestEntityTooLarge", says: "65536 bytes"}, head("Transfer-Encoding: chunked") + chunk(over) + "0\r\n\r\n"},
		{badInput{name: "no Content-Length", status: 400, code: "BadRequest", says: "Empty Payload"}, head()},
		{badInput{name: "gzip cut off", status: 400, code: "BadRequest", says: payload + "|ends before"}, head("Content-Encoding: gzip", "Content-Length: 30") + emulatortest.Gzip(good)[:30]},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.check(t, exchange(t, addr, tt.raw))
			if after := state(t, s); after != before {
				t.Errorf("the store has changed\nbefore: %s\n after: %s", before, after)
			}
		})
	}
	// A right body in chunks, without Content-Length, is right.
	if w := exchange(t, addr, head("Transfer-Encoding: chunked")+chunk(good[:7])+chunk(good[7:])+"0\r\n\r\n"); w.Code != http.StatusCreated {
		t.Errorf("a body in chunks: %d %s", w.Code, w.Body)
	}
	if w := exchange(t, addr, head("Content-Encoding: gzip", "Content-Length: "+strconv.Itoa(len(emulatortest.Gzip(good))))+emulatortest.Gzip(good)); w.Code != http.StatusCreated {
		t.Errorf("a packed body: %d %s", w.Code, w.Body)
	}
}

// listening serves s on loopback.
func listening(t *testing.T, s *emulator.Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(l)
	return l.Addr().String()
}

// exchange sends raw bytes, says that no more will come, and reads one answer.
func exchange(t *testing.T, addr, raw string) *httptest.ResponseRecorder {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, raw); err != nil {
		t.Fatal(err)
	}
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	defer resp.Body.Close()
	w := httptest.NewRecorder()
	for k, v := range resp.Header {
		w.Header()[k] = v
	}
	w.WriteHeader(resp.StatusCode)
	if _, err := io.Copy(w, resp.Body); err != nil {
		t.Fatal(err)
	}
	return w
}
