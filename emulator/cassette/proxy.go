package cassette

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
)

// Proxy answers requests by asking a service by way of next, which may be a Transport.
// to says at which origin, scheme and host. Links to that origin become links to the
// address that the client has called, and the other way round in what it sends.
func Proxy(to func(*http.Request) *url.URL, next http.RoundTripper) http.Handler {
	return &proxy{to, next}
}

type proxy struct {
	to   func(*http.Request) *url.URL
	next http.RoundTripper
}

// connectionHeaders are not passed on. Accept-Encoding is left to the transport, so
// that links can be found.
var connectionHeaders = []string{"Accept-Encoding", "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

func passed(h http.Header) http.Header {
	out := h.Clone()
	for name := range strings.SplitSeq(strings.Join(h.Values("Connection"), ","), ",") {
		out.Del(strings.TrimSpace(name))
	}
	for _, name := range connectionHeaders {
		out.Del(name)
	}
	return out
}

// ServeHTTP implements http.Handler.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	here, there := address(r), p.to(r)
	own, far := here.Scheme+"://"+here.Host, there.Scheme+"://"+there.Host
	out, err := p.request(r, own, far)
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	resp, err := p.next.RoundTrip(out)
	if err != nil {
		refuse(w, http.StatusBadGateway, err)
		return
	}
	defer resp.Body.Close()
	for name, values := range passed(resp.Header) {
		for _, v := range values {
			w.Header().Add(name, rewriteIf(v, far, own))
		}
	}
	if own == far || r.Method == http.MethodHead || !legible(resp.Header.Get("Content-Type")) || resp.Header.Get("Content-Encoding") != "" {
		w.WriteHeader(resp.StatusCode)
		pour(w, resp.Body, resp.ContentLength)
		return
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxText))
	if err != nil {
		refuse(w, http.StatusBadGateway, err)
		return
	}
	if len(body) < maxText { // all of it
		body = []byte(rewriteIf(string(body), far, own))
		if resp.StatusCode != http.StatusNoContent && resp.StatusCode != http.StatusNotModified {
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		}
	}
	w.WriteHeader(resp.StatusCode)
	pour(w, io.MultiReader(bytes.NewReader(body), resp.Body), int64(len(body)))
}

func rewriteIf(s, from, to string) string {
	if from == to {
		return s
	}
	return rewrite(s, from, to)
}

// request is what the service is asked.
func (p *proxy) request(r *http.Request, own, far string) (*http.Request, error) {
	u, err := url.Parse(far + rewriteIf(r.URL.RequestURI(), own, far))
	if err != nil {
		return nil, err
	}
	out := r.Clone(r.Context())
	out.URL, out.Host, out.RequestURI, out.Header = u, u.Host, "", passed(r.Header)
	if _, there := out.Header["User-Agent"]; !there {
		out.Header["User-Agent"] = nil // none was sent, and none is made up
	}
	for _, values := range out.Header {
		for i := range values {
			values[i] = rewriteIf(values[i], own, far)
		}
	}
	if r.ContentLength == 0 {
		out.Body = nil
		return out, nil
	}
	if own == far || !legible(r.Header.Get("Content-Type")) || r.Header.Get("Content-Encoding") != "" || r.ContentLength > maxText {
		return out, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxText+1))
	if err == nil && len(body) > maxText {
		err = errors.New("a body of more than 32 MiB has to say so in its Content-Length")
	}
	if err != nil {
		return nil, err
	}
	body = []byte(rewriteIf(string(body), own, far))
	out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	out.Body, _ = out.GetBody() // it has no error
	out.ContentLength = int64(len(body))
	out.TransferEncoding = nil
	return out, nil
}

// pourings are what bodies are passed on in.
var pourings sync.Pool

// pour passes a body on as it comes. The end of one whose length is known waits until from
// says that it is the end: a recorder has it on the disk then.
func pour(w http.ResponseWriter, from io.Reader, length int64) {
	control := http.NewResponseController(w)
	buf, ok := pourings.Get().(*[32 << 10]byte)
	if !ok {
		buf = new([32 << 10]byte)
	}
	defer pourings.Put(buf)
	for {
		n, err := from.Read(buf[:len(buf)-1])
		if length -= int64(n); n > 0 && length == 0 && err == nil {
			var more int
			more, err = from.Read(buf[n:])
			n += more
		}
		if n > 0 {
			if _, err := w.Write(buf[:n]); err != nil {
				return
			}
			if err != io.EOF {
				control.Flush() // a writer that cannot sends what it has at the end
			}
		}
		if err == io.EOF {
			return
		}
		if err != nil {
			panic(http.ErrAbortHandler) // the client shall see that something is missing
		}
	}
}

func refuse(w http.ResponseWriter, status int, err error) {
	body, err2 := json.Marshal(map[string]any{"error": map[string]any{"code": strings.ReplaceAll(http.StatusText(status), " ", ""), "message": err.Error()}})
	if err2 != nil { // unreachable: it is texts
		body = nil
	}
	clear(w.Header())
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(body) // a client that has gone needs no answer
}
