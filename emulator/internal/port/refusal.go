package port

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
)

// net/http refuses some requests before a handler sees them: a path with a bad escape, a
// bad or missing Host, headers over the limit, unknown transfer encodings and
// expectations. It has no hook for the words, so they are replaced where they are written.
// Inside TLS that is above the encryption (sealed); HTTP/2 has refusals of its own.

// maxRefusal is more than any such refusal has, in bytes.
const maxRefusal = 1 << 10

// refusalHead ends the head of what net/http writes without a handler. The answer of a
// handler always has a Date.
const refusalHead = "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"

// refusal reads a refusal of net/http: its status and its text.
func refusal(p []byte) (status int, text string, ok bool) {
	rest, ok := bytes.CutPrefix(p, []byte("HTTP/1.1 "))
	if !ok || len(rest) < 3 || rest[0] != '4' && rest[0] != '5' {
		return 0, "", false
	}
	if status, _ = strconv.Atoi(string(rest[:3])); status == 0 {
		return 0, "", false
	}
	if _, text, ok := bytes.Cut(rest, []byte(refusalHead)); ok {
		return status, string(text), true
	}
	if status == http.StatusExpectationFailed && !bytes.Contains(rest, []byte("\r\nRequest-Id: ")) { // every answer of the handler has one
		return status, "The expectation of the request is not known; 100-continue is.", true
	}
	return 0, "", false
}

// reword answers a request that net/http refuses with an error of Graph's form.
func (s *Server) reword(status int, text string) []byte {
	text = strings.TrimPrefix(text, strconv.Itoa(status)+" ")
	if text == http.StatusText(status) {
		text = map[int]string{
			http.StatusBadRequest:                  "The request line or a header cannot be read.",
			http.StatusRequestHeaderFieldsTooLarge: "The request line and the headers have more than " + strconv.Itoa(maxHeader) + " bytes.",
		}[status]
	}
	e := &grapherr.Error{Status: status, Code: strings.ReplaceAll(http.StatusText(status), " ", ""), Message: http.StatusText(status) + "."}
	w := &words{header: http.Header{}}
	s.Fail(w, &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/"}, Header: http.Header{}}, e.Because(text, ""))
	w.header.Set("Connection", "close")
	var out bytes.Buffer
	out.WriteString("HTTP/1.1 " + strconv.Itoa(status) + " " + http.StatusText(status) + "\r\n")
	w.header.Write(&out)
	out.WriteString("\r\n")
	out.Write(w.body)
	return out.Bytes()
}

// words collects an answer.
type words struct {
	header http.Header
	body   []byte
}

func (w *words) Header() http.Header { return w.header }

func (w *words) WriteHeader(int) {}

func (w *words) Write(b []byte) (int, error) {
	w.body = append(w.body, b...)
	return len(b), nil
}
