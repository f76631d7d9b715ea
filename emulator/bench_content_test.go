package emulator

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// benchDrive makes a drive and gives the path of its root.
func benchDrive(b *testing.B, emu *Server) string {
	b.Helper()
	d := direct{h: emu}
	d.run(b, 1, 201, func(int) []byte { return raw("POST", "/v1.0/drives", `{"name":"hold","root":{"name":"root"}}`) })
	at, err := url.Parse(d.w.header.Get("Location"))
	if err != nil {
		b.Fatal(err)
	}
	return at.Path + "/root"
}

// BenchmarkPutContent replaces files of 4 kB, beside a handler that keeps the bytes in a map.
func BenchmarkPutContent(b *testing.B) {
	emu := newEmulator(b)
	defer emu.Close()
	root, text := benchDrive(b, emu), strings.Repeat("harbour ", 512)
	files, mu := map[string][]byte{}, sync.Mutex{}
	other := http.NewServeMux()
	other.HandleFunc("PUT /files/{name}", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			return
		}
		mu.Lock()
		files[r.PathValue("name")] = body
		mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusOK)
		io.WriteString(w, `{"name":"`+r.PathValue("name")+`","size":`+strconv.Itoa(len(body))+`}`)
	})
	name := func(i int) string { return "f" + strconv.Itoa(i%100) + ".txt" }
	d := direct{h: emu}
	d.run(b, 100, 201, func(i int) []byte { return raw("PUT", root+":/"+name(i)+":/content", text) })
	compare(b, emu, other, contest{status: 200,
		ours:   func(i int) []byte { return raw("PUT", root+":/"+name(i)+":/content", text) },
		theirs: func(i int) []byte { return raw("PUT", "/files/"+name(i), text) }}, 100)
}

// BenchmarkDownload reads a file of 100 MB, which lies on the disk, beside a handler that
// gives the same bytes to http.ServeContent: from memory, and from a file.
func BenchmarkDownload(b *testing.B) {
	content := make([]byte, 100<<20)
	rand.NewChaCha8([32]byte{1}).Read(content)
	file := b.TempDir() + "/content"
	if err := os.WriteFile(file, content, 0o600); err != nil {
		b.Fatal(err)
	}
	emu := newEmulator(b)
	defer emu.Close()
	root := benchDrive(b, emu)
	w := httptest.NewRecorder()
	emu.ServeHTTP(w, httptest.NewRequest("PUT", root+":/large.bin:/content", bytes.NewReader(content)))
	if w.Code != 201 || emu.contents.Used() != int64(len(content)) {
		b.Fatalf("%d, %d bytes on the disk: %s", w.Code, emu.contents.Used(), w.Body)
	}
	path := root + ":/large.bin:/content"
	w = httptest.NewRecorder()
	if emu.ServeHTTP(w, httptest.NewRequest("HEAD", path, nil)); w.Code == http.StatusFound {
		at, err := url.Parse(w.Header().Get("Location"))
		if err != nil {
			b.Fatal(err)
		}
		path = at.RequestURI()
	}
	for _, from := range []struct {
		name string
		h    http.HandlerFunc
	}{
		{"memory", func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, "large.bin", time.Time{}, bytes.NewReader(content))
		}},
		{"file", func(w http.ResponseWriter, r *http.Request) {
			f, err := os.Open(file)
			if err != nil {
				return
			}
			defer f.Close()
			http.ServeContent(w, r, "large.bin", time.Time{}, f)
		}},
	} {
		b.Run(from.name, func(b *testing.B) {
			compare(b, emu, from.h, contest{status: 200, few: true, most: 1,
				ours:   func(int) []byte { return raw("GET", path, "") },
				theirs: func(int) []byte { return raw("GET", "/large.bin", "") }}, 1)
		})
	}
}
