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
		{"/v1.0/drives/none/root:/z.bin:/content", 404, nil},
		{"/v1.0/drives/none/root:/z.bin:/content", 404, []string{"Content-Encoding", "gzip"}},
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
// told to come again; one that could never fit is too large.
func TestFaultA7BodiesInFlightAreBounded(t *testing.T) {
	const mib = 1 << 20
	emu := emulatortest.New(t, emulator.WithBodyMemory(8*mib))
	root := newDrive(t, emu)
	in, out := io.Pipe()
	first := make(chan *httptest.ResponseRecorder)
	go func() { first <- put(emu, root+":/first.bin:/content", in) }()
	if _, err := out.Write(make([]byte, 6*mib)); err != nil { // all but the last chunk has been read
		t.Fatal(err)
	}
	note := `{"subject":"` + strings.Repeat("x", 3*mib) + `"}`
	for _, tt := range []struct {
		what, path string
		body       []byte
		headers    []string
		code       string
	}{
		{"an upload", root + ":/b.bin:/content", make([]byte, 4*mib), nil, "activityLimitReached"},
		{"a packed one", root + ":/b.bin:/content", []byte(emulatortest.Gzip(string(make([]byte, 4*mib)))), []string{"Content-Encoding", "gzip"}, "activityLimitReached"},
	} {
		w := put(emu, tt.path, bytes.NewReader(tt.body), tt.headers...)
		if w.Code != 503 || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), tt.code) {
			t.Errorf("%s: %d %v %s", tt.what, w.Code, w.Header(), w.Body)
		}
	}
	if w := emulatortest.Do(emu, "POST", "/v1.0/me/messages", note); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("a message: %d %.300s", w.Code, w.Body)
	}
	if w := emulatortest.Do(emu, "POST", "/v1.0/$batch", `{"requests":[{"id":"1","method":"POST","url":"/me/messages","headers":{"Content-Type":"application/json"},"body":`+note+`}]}`); w.Code != 503 {
		t.Errorf("a batch: %d %.300s", w.Code, w.Body)
	}
	out.Close()
	if w := <-first; w.Code != 201 {
		t.Errorf("the first: %d %s", w.Code, w.Body)
	}
	if w := put(emu, root+":/b.bin:/content", bytes.NewReader(make([]byte, 4*mib))); w.Code != 201 { // nothing is held for ever
		t.Errorf("after the first: %d %s", w.Code, w.Body)
	}
	for what, headers := range map[string][]string{"plain": nil, "gzip": {"Content-Encoding", "gzip"}} {
		body := make([]byte, 9*mib)
		if headers != nil {
			body = []byte(emulatortest.Gzip(string(body)))
		}
		if w := put(emu, root+":/c.bin:/content", bytes.NewReader(body), headers...); w.Code != 413 {
			t.Errorf("9 MiB, %s: %d %s", what, w.Code, w.Body)
		}
	}
	if _, err := emulator.New(emulator.WithBodyMemory(mib)); err == nil {
		t.Error("a memory below the body limit is taken")
	}
}
