package emulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// uploader is a client that sends a file in fragments.
type uploader struct {
	t    *testing.T
	emu  *emulator.Server
	root string // of its drive
}

func newUploader(t *testing.T, opts ...emulator.Option) *uploader {
	t.Helper()
	emu := emulatortest.New(t, opts...)
	var drive struct{ ID string }
	if err := json.Unmarshal(emulatortest.Must(t, emu, "POST", "/v1.0/drives", `{"name":"Hold","root":{"name":"root","folder":{}}}`, 201).Body.Bytes(), &drive); err != nil {
		t.Fatal(err)
	}
	return &uploader{t, emu, "/v1.0/drives/" + drive.ID + "/root"}
}

// session begins an upload and returns its URL.
func (u *uploader) session(path, body string) string {
	u.t.Helper()
	w := u.create(path, body)
	var made struct{ UploadURL string }
	if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil || w.Code != 200 || made.UploadURL == "" {
		u.t.Fatalf("createUploadSession of %s: %d %s", path, w.Code, w.Body)
	}
	return made.UploadURL
}

func (u *uploader) create(path, body string) *httptest.ResponseRecorder {
	return u.send("POST", u.root+":/"+path+":/createUploadSession", strings.NewReader(body), "Content-Type", "application/json")
}

func (u *uploader) send(method, url string, body io.Reader, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, url, body)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	u.emu.ServeHTTP(w, r)
	return w
}

// put sends the bytes from first to last of total.
func (u *uploader) put(url string, first, last, total int) *httptest.ResponseRecorder {
	return u.send("PUT", url, bytes.NewReader(bytes.Repeat([]byte("x"), last-first+1)), "Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, last, total))
}

// said is what tests look at in an answer.
func said(w *httptest.ResponseRecorder) string {
	var got struct {
		Next  *[]string `json:"nextExpectedRanges"`
		Name  string
		Error struct {
			Code  string
			Inner struct{ Code string } `json:"innerError"`
		}
	}
	json.Unmarshal(w.Body.Bytes(), &got) // an answer that is no JSON says nothing
	out := fmt.Sprint(w.Code)
	if got.Next != nil {
		out += fmt.Sprintf(" next %v", *got.Next)
	}
	for _, s := range []string{got.Name, got.Error.Code, got.Error.Inner.Code} {
		if s != "" {
			out += " " + s
		}
	}
	return out
}

func (u *uploader) want(what string, w *httptest.ResponseRecorder, want string) {
	u.t.Helper()
	if got := said(w); got != want {
		u.t.Errorf("%s:\n got %s\nwant %s\n%s", what, got, want, w.Body)
	}
}

// The second worked timeline of docs/behavior/14-files.md: a fragment is lost, and the name is
// taken before the last one comes.
func TestUploadSessionTimeline(t *testing.T) {
	t.Attr("rules", "B-14.71 B-14.75 B-14.76 B-14.77 B-14.78 B-14.79 B-14.80 B-14.81 B-14.84 B-14.85")
	defer goleak.VerifyNone(t)
	u := newUploader(t)
	defer u.emu.Close()
	addr := listening(t, u.emu)
	const total, size = 800_000, 327_680
	url := u.session("big.bin", `{"item":{"@microsoft.graph.conflictBehavior":"fail"}}`)
	u.want("u1", u.put(url, 0, size-1, total), "202 next [327680-799999]")
	_, path, _ := strings.Cut(strings.TrimPrefix(url, "http://"), "/")
	head := fmt.Sprintf("PUT /%s HTTP/1.1\r\nHost: x\r\nContent-Range: bytes %d-%d/%d\r\nContent-Length: %d\r\n\r\n", path, size, 2*size-1, total, size)
	u.want("u2, cut half way", exchange(t, addr, head+strings.Repeat("x", size/2)), "400 invalidRequest")
	u.want("u3", u.put(url, 2*size, total-1, total), "416 invalidRange fragmentOutOfOrder")
	u.want("u4", u.send("GET", url, nil), "200 next [327680-799999]")
	u.want("u5", u.put(url, 0, size-1, total), "416 invalidRange fragmentOverlap")
	u.want("u6", u.put(url, size, 2*size-1, total), "202 next [655360-799999]")
	u.want("u7", u.send("PUT", u.root+":/big.bin:/content", strings.NewReader("small"), "Content-Type", "text/plain"), "201 big.bin")
	u.want("u8", u.put(url, 2*size, total-1, total), "409 nameAlreadyExists")
	u.want("u9", u.send("GET", url, nil), "200 next []")
	u.want("u10", u.send("PUT", u.root+":/", strings.NewReader(`{"name":"big.bin","@microsoft.graph.conflictBehavior":"rename","@microsoft.graph.sourceUrl":"`+url+`"}`),
		"Content-Type", "application/json"), "201 big 1.bin")
	u.want("u11", u.send("GET", url, nil), "404 itemNotFound uploadSessionNotFound")
	if w := u.send("GET", u.root+":/big.bin:/content", nil); content(u, w) != "small" {
		t.Errorf("u12: %d %s", w.Code, w.Body)
	}
	if w := u.send("GET", u.root+":/big%201.bin:/content", nil); content(u, w) != strings.Repeat("x", total) {
		t.Errorf("the content of u10: %d", w.Code)
	}
}

// content is what a download leads to.
func content(u *uploader, w *httptest.ResponseRecorder) string {
	if w.Code == http.StatusFound {
		w = u.send("GET", w.Header().Get("Location"), nil)
	}
	return w.Body.String()
}

// What is refused changes nothing, and its body is not read where the range says enough.
func TestUploadFragmentsRefused(t *testing.T) {
	t.Attr("rules", "B-14.77 B-14.78 B-14.81 B-14.83")
	u := newUploader(t, emulator.WithStrict())
	url := u.session("a.bin", "{}")
	u.want("the first", u.put(url, 0, 327_679, 1_000_000), "202 next [327680-999999]")
	before := state(t, u.emu)
	for _, tt := range []struct {
		what, method, url, rng string
		body                   int
		read                   bool
		want                   string
	}{
		{"no session", "PUT", url[:strings.Index(url, "?")] + "?id=none", "bytes 327680-327689/1000000", 10, false, "404 itemNotFound uploadSessionNotFound"},
		{"no id", "PUT", url[:strings.Index(url, "?")], "bytes 327680-327689/1000000", 10, false, "404 itemNotFound uploadSessionNotFound"},
		{"no range", "PUT", url, "", 10, false, "400 invalidRequest"},
		{"another unit", "PUT", url, "items 327680-327689/1000000", 10, false, "400 invalidRequest"},
		{"unknown total", "PUT", url, "bytes 327680-327689/*", 10, false, "400 invalidRequest"},
		{"backwards", "PUT", url, "bytes 327689-327680/1000000", 10, false, "400 invalidRequest"},
		{"behind the end", "PUT", url, "bytes 327680-1000000/1000000", 10, false, "400 invalidRequest"},
		{"another total", "PUT", url, "bytes 327680-655359/1000001", 10, false, "400 invalidRequest fragmentLengthMismatch"},
		{"too far", "PUT", url, "bytes 655360-999999/1000000", 10, false, "416 invalidRange fragmentOutOfOrder"},
		{"again", "PUT", url, "bytes 0-327679/1000000", 10, false, "416 invalidRange fragmentOverlap"},
		{"in part again", "PUT", url, "bytes 0-655359/1000000", 10, false, "416 invalidRange fragmentOverlap"},
		{"no multiple", "PUT", url, "bytes 327680-327689/1000000", 10, false, "400 invalidRequest invalidRange"},
		{"a short body", "PUT", url, "bytes 327680-655359/1000000", 10, true, "400 invalidRequest"},
		{"a long body", "PUT", url, "bytes 327680-655359/1000000", 327_690, true, "400 invalidRequest"},
		{"too early", "POST", url, "", 0, false, "400 invalidRequest uploadSessionIncomplete"},
		{"another method", "PATCH", url, "", 0, false, "405 MethodNotAllowed"},
	} {
		body := &readCounter{Reader: bytes.NewReader(make([]byte, tt.body))}
		headers := []string{"Expect", "100-continue"} // what is refused is not drained then
		if tt.rng != "" {
			headers = append(headers, "Content-Range", tt.rng)
		}
		u.want(tt.what, u.send(tt.method, tt.url, body, headers...), tt.want)
		if read := body.n > 0; read != tt.read {
			t.Errorf("%s: %d bytes were read", tt.what, body.n)
		}
		if after := state(t, u.emu); after != before {
			t.Fatalf("%s: the store has changed\nbefore: %s\n after: %s", tt.what, before, after)
		}
	}
	u.want("afterwards", u.send("GET", url, nil), "200 next [327680-999999]")
	other := u.session("b.bin", "{}")
	before = state(t, u.emu)
	u.want("60 MiB", u.send("PUT", other, strings.NewReader("x"), "Content-Range", "bytes 0-62914559/100000000"), "400 invalidRequest maxFragmentLengthExceeded")
	u.want("more than fits", u.send("PUT", other, strings.NewReader("x"), "Content-Range", "bytes 0-0/1000000000000"), "413 RequestEntityTooLarge")
	if after := state(t, u.emu); after != before {
		t.Error("the store has changed")
	}
}

type readCounter struct {
	io.Reader
	n int
}

func (c *readCounter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

// A session ends with its time, which each fragment prolongs.
func TestUploadSessionExpires(t *testing.T) {
	t.Attr("rules", "B-14.82")
	for _, tt := range []struct {
		opts []emulator.Option
		life time.Duration
	}{
		{nil, 15 * time.Minute},
		{[]emulator.Option{emulator.WithSwitch("files.sessionLife", "120h")}, 120 * time.Hour},
	} {
		u := newUploader(t, tt.opts...)
		url := u.session("a.bin", "")
		if err := u.emu.Clock().Advance(tt.life - time.Minute); err != nil {
			t.Fatal(err)
		}
		u.want("before the end", u.put(url, 0, 0, 3), "202 next [1-2]")
		u.emu.Clock().Advance(tt.life - time.Minute)
		u.want("prolonged", u.send("GET", url, nil), "200 next [1-2]")
		u.emu.Clock().Advance(time.Minute + time.Second)
		for _, method := range []string{"GET", "DELETE", "POST"} {
			u.want(method+" after the end", u.send(method, url, nil), "404 itemNotFound uploadSessionNotFound")
		}
		u.want("PUT after the end", u.put(url, 1, 2, 3), "404 itemNotFound uploadSessionNotFound")
	}
}

// The switches of upload sessions.
func TestUploadSwitches(t *testing.T) {
	t.Attr("rules", "B-14.53 B-14.73")
	u := newUploader(t, emulator.WithSwitch("files.sessionDefault", "fail"), emulator.WithSwitch("files.sessionLock", "on"))
	first := u.session("a.bin", "")
	u.want("a second session", u.create("A.bin", `{"item":{"@microsoft.graph.conflictBehavior":"replace"}}`), "409 nameAlreadyExists")
	u.want("for another name", u.create("b.bin", ""), "200 next [0-]")
	u.want("end", u.send("DELETE", first, nil), "204")
	url := u.session("a.bin", "")
	u.want("all of it", u.put(url, 0, 2, 3), "201 a.bin")
	u.want("the name is taken", u.create("a.bin", ""), "409 nameAlreadyExists")
	again := u.session("a.bin", `{"item":{"@microsoft.graph.conflictBehavior":"replace"}}`)
	u.want("a second session for the item", u.create("a.bin", `{"item":{"@microsoft.graph.conflictBehavior":"replace"}}`), "409 nameAlreadyExists")
	u.want("replaced", u.put(again, 0, 2, 3), "200 a.bin")
}

// Clients that send the same fragments at once agree on one content.
func TestUploadRace(t *testing.T) {
	u := newUploader(t)
	url := u.session("a.bin", "")
	const parts = 20
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := map[string]int{}
	for range 4 {
		wg.Go(func() {
			for i := 0; i < parts; {
				w := u.put(url, 1000*i, 1000*i+999, 1000*parts)
				mu.Lock()
				done[fmt.Sprint(i, w.Code)]++
				mu.Unlock()
				switch w.Code {
				case 201, 202, 404:
					i++
				case 416:
					if !strings.Contains(w.Body.String(), "fragmentOutOfOrder") {
						i++
					}
				default:
					t.Error(w.Code, w.Body)
					return
				}
			}
		})
	}
	wg.Wait()
	for i := range parts {
		status := 202
		if i == parts-1 {
			status = 201
		}
		if n := done[fmt.Sprint(i, status)]; n != 1 {
			t.Errorf("fragment %d was taken %d times", i, n)
		}
	}
	if got := content(u, u.send("GET", u.root+":/a.bin:/content", nil)); got != strings.Repeat("x", 1000*parts) {
		t.Errorf("the content has %d bytes", len(got))
	}
}

// Sessions that nobody ends are bounded, and a reset ends them.
func TestUploadSessionsAreBounded(t *testing.T) {
	u := newUploader(t)
	first := u.session("0.bin", "")
	second := u.session("1.bin", "")
	for i := range 999 {
		u.session(fmt.Sprint(i+2, ".bin"), "")
	}
	u.want("the oldest", u.send("GET", first, nil), "404 itemNotFound uploadSessionNotFound")
	u.want("the next", u.send("GET", second, nil), "200 next [0-]")
	if err := u.emu.Reset(); err != nil {
		t.Fatal(err)
	}
	u.want("after a reset", u.send("GET", second, nil), "404 itemNotFound uploadSessionNotFound")
}
