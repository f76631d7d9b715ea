package wire_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// newDrive makes a drive and gives the path of its root.
func newDrive(t *testing.T, emu http.Handler) string {
	t.Helper()
	var drive struct{ ID string }
	emulatortest.Into(t, &drive, emu, "POST", "/v1.0/drives", `{"name":"hold","root":{"name":"root"}}`, 201)
	return "/v1.0/drives/" + drive.ID + "/root"
}

// counted is a body that knows how much of it was read.
type counted struct {
	io.Reader
	n int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

func put(emu http.Handler, path string, body io.Reader, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("PUT", path, body)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	emu.ServeHTTP(w, r)
	return w
}

// An upload that fails whatever its content is fails before any of it is read.
func TestFaultA7UploadIsResolvedBeforeItIsRead(t *testing.T) {
	emu := emulatortest.New(t)
	root := newDrive(t, emu)
	if w := put(emu, root+":/a.txt:/content", strings.NewReader("hello")); w.Code != 201 {
		t.Fatal(w.Code, w.Body)
	}
	body := []byte(emulatortest.Gzip(string(make([]byte, 1<<20))))
	for _, tt := range []struct {
		path   string
		want   int
		header []string
	}{
		{"/v1.0/drives/0d6c8f35-b1e9-4727-a5d3-6c9480f1e2a7/root:/z.bin:/content", 404, nil},
		{"/v1.0/drives/0d6c8f35-b1e9-4727-a5d3-6c9480f1e2a7/root:/z.bin:/content", 404, []string{"Content-Encoding", "gzip"}},
		{strings.TrimSuffix(root, "/root") + "/items/none/content", 404, nil},
		{"/v1.0/users/none@northgale.test/photo/$value", 404, nil},
		{"/v1.0/me/nothing/$value", 400, nil},
		{root + ":/a.txt:/content", 412, []string{"If-Match", `"another"`}},
	} {
		c := &counted{Reader: bytes.NewReader(body)}
		if w := put(emu, tt.path, c, append(tt.header, "Expect", "100-continue")...); w.Code != tt.want || c.n > 0 {
			t.Errorf("PUT %s %v: %d after %d bytes, want %d after none: %s", tt.path, tt.header, w.Code, c.n, tt.want, w.Body)
		}
	}
}

// All bodies in flight share one memory, as they are kept: unpacked. A request over it is
// told to come again. An upload that goes to the disk does not count.
func TestFaultA7BodiesInFlightAreBounded(t *testing.T) {
	const mib = 1 << 20
	emu := emulatortest.New(t, emulator.WithBodyMemory(7*mib+mib/2), emulator.WithBodyLimit(7*mib))
	root := newDrive(t, emu)
	post := func(body io.Reader, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/v1.0/me/messages", body)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		emu.ServeHTTP(w, r)
		return w
	}
	uploading, upload := io.Pipe()
	second := make(chan *httptest.ResponseRecorder)
	go func() { second <- put(emu, root+":/second.bin:/content", uploading) }()
	if _, err := upload.Write(make([]byte, 20*mib)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		what    string
		body    []byte
		headers []string
	}{
		{"an upload", make([]byte, 9*mib), nil},
		{"a packed one", []byte(emulatortest.Gzip(string(make([]byte, 9*mib)))), []string{"Content-Encoding", "gzip"}},
	} {
		if w := put(emu, root+":/b.bin:/content", bytes.NewReader(tt.body), tt.headers...); w.Code != 201 && w.Code != 200 {
			t.Errorf("%s: %d %v %s", tt.what, w.Code, w.Header(), w.Body)
		}
	}
	in, out := io.Pipe()
	first := make(chan *httptest.ResponseRecorder)
	go func() { first <- post(in) }()
	for _, part := range []string{`{"subject":"` + strings.Repeat("x", 7*mib-100), "x"} { // who reads the second has counted the first
		if _, err := io.WriteString(out, part); err != nil {
			t.Fatal(err)
		}
	}
	note := `{"subject":"` + strings.Repeat("x", 3*mib) + `"}`
	for _, tt := range []struct {
		what string
		w    *httptest.ResponseRecorder
		code string
	}{
		{"a message", post(strings.NewReader(note)), "ServiceUnavailable"},
		{"a packed one", post(strings.NewReader(emulatortest.Gzip(note)), "Content-Encoding", "gzip"), "ServiceUnavailable"},
		{"a batch", emulatortest.Do(emu, "POST", "/v1.0/$batch", `{"requests":[{"id":"1","method":"POST","url":"/me/messages","headers":{"Content-Type":"application/json"},"body":`+note+`}]}`), "ServiceUnavailable"},
		{"the beginning of an upload", put(emu, root+":/b.bin:/content", bytes.NewReader(make([]byte, 4*mib))), "activityLimitReached"},
	} {
		if tt.w.Code != 503 || tt.w.Header().Get("Retry-After") == "" || !strings.Contains(tt.w.Body.String(), tt.code) {
			t.Errorf("%s: %d %v %.300s", tt.what, tt.w.Code, tt.w.Header(), tt.w.Body)
		}
	}
	io.WriteString(out, `"}`)
	out.Close()
	upload.Close()
	for what, w := range map[string]*httptest.ResponseRecorder{"first": <-first, "second": <-second, "after them": post(strings.NewReader(note))} { // nothing is held for ever
		if w.Code != 201 {
			t.Errorf("%s: %d %.300s", what, w.Code, w.Body)
		}
	}
	if _, err := emulator.New(emulator.WithBodyMemory(mib)); err == nil {
		t.Error("a memory below the body limit is taken")
	}
}
