package emulator

import (
	"bufio"
	"bytes"
	"net/http"
	"testing"
)

func BenchmarkZZ(b *testing.B) {
	emu, other := newEmulator(b), newBare()
	ids := addPresences(b, emu, other, 1000)
	uids := addUsers(b, emu, other, 1000)
	for _, k := range []struct {
		name string
		req  []byte
		st   int
	}{
		{"getuser", raw("GET", "/v1.0/users/"+uids[17], ""), 200},
		{"getpres", raw("GET", presences+"/"+ids[17], ""), 200},
		{"post", raw("POST", presences, presenceBody), 201},
		{"list", raw("GET", "/v1.0/users?$top=100", ""), 200},
	} {
		b.Run(k.name, func(b *testing.B) {
			r, _ := http.ReadRequest(bufio.NewReader(bytes.NewReader(k.req)))
			body := bytes.NewReader(nil)
			_, rest, _ := bytes.Cut(k.req, []byte("\r\n\r\n"))
			b.ReportAllocs()
			for b.Loop() {
				q := *r
				body.Reset(rest)
				q.Body = nop{body}
				w := &sink{header: make(http.Header, 4)}
				emu.ServeHTTP(w, &q)
				if w.status != k.st {
					b.Fatal(w.status)
				}
			}
		})
	}
}

type nop struct{ *bytes.Reader }

func (nop) Close() error { return nil }
