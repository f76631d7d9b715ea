package port

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// An answer that fits into small is complete when RoundTrip returns it. No more than
// ahead is kept for a reader that is slow.
const (
	small = 2 << 10
	ahead = 256 << 10
)

// answer is what a handler writes and RoundTrip returns. Its methods as a
// ResponseWriter belong to the goroutine of the handler.
type answer struct {
	request *http.Request
	tls     *tls.ConnectionState
	header  http.Header
	status  int // 0: not yet
	body    body

	begun chan struct{} // closed when resp or failed is set
	once  sync.Once
	resp  *http.Response
	fault error
}

func newAnswer(r *http.Request, state *tls.ConnectionState, ctx context.Context, cancel context.CancelCauseFunc) *answer {
	a := &answer{request: r, tls: state, header: http.Header{}, begun: make(chan struct{})}
	a.body.ctx, a.body.cancel = ctx, cancel
	a.body.wake.L = &a.body.mu
	a.body.stop = context.AfterFunc(ctx, func() { // wakes who waits
		a.body.mu.Lock()
		defer a.body.mu.Unlock()
		a.body.wake.Broadcast()
	})
	return a
}

// run has the handler answer. A panic of it breaks the answer off, as a server does.
func (a *answer) run(h http.Handler, r *http.Request) {
	defer func() {
		err := io.EOF
		if p := recover(); p != nil {
			err = io.ErrUnexpectedEOF
			if p != http.ErrAbortHandler {
				err = fmt.Errorf("%w: the handler panicked: %v", err, p)
			}
		}
		a.finish(err)
	}()
	h.ServeHTTP(a, r)
}

func (a *answer) finish(err error) {
	if err != io.EOF {
		a.once.Do(func() { a.fault = err; close(a.begun) })
	} else if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	a.body.end(err)
	a.begin(true)
}

func (a *answer) response() (*http.Response, error) {
	if a.fault != nil {
		a.body.Close()
	}
	return a.resp, a.fault
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.status != 0 || status < 200 {
		return
	}
	a.status = status
	a.resp = &http.Response{
		Status: strconv.Itoa(status) + " " + http.StatusText(status), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header.Clone(), Body: &a.body, ContentLength: -1, Request: a.request, TLS: a.tls,
	}
	h := a.resp.Header
	if h.Get("Date") == "" {
		h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	}
	if n, err := strconv.ParseInt(h.Get("Content-Length"), 10, 64); err == nil {
		a.resp.ContentLength = n
	}
}

// Write implements http.ResponseWriter.
func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	switch {
	case a.request.Method == http.MethodHead:
		return len(p), nil
	case !a.bodied():
		return 0, http.ErrBodyNotAllowed
	}
	select {
	case <-a.begun:
	default:
		if h := a.resp.Header; h["Content-Type"] == nil && h.Get("Content-Encoding") == "" {
			h.Set("Content-Type", http.DetectContentType(p))
		}
	}
	if len(p)+a.body.size() > small {
		a.begin(false)
	}
	return a.body.write(p)
}

// bodied reports whether an answer of this status may have a body.
func (a *answer) bodied() bool {
	return a.status != http.StatusNoContent && a.status != http.StatusNotModified
}

// Flush implements http.Flusher.
func (a *answer) Flush() {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	a.begin(false)
}

// EnableFullDuplex is for http.ResponseController: one may always read on here.
func (a *answer) EnableFullDuplex() error { return nil }

// begin lets RoundTrip return the answer.
func (a *answer) begin(complete bool) {
	a.once.Do(func() {
		if complete && a.resp.ContentLength < 0 && a.bodied() && a.request.Method != http.MethodHead {
			a.resp.ContentLength = int64(a.body.size())
			a.resp.Header.Set("Content-Length", strconv.FormatInt(a.resp.ContentLength, 10))
		}
		if !a.bodied() {
			a.resp.ContentLength = 0
		}
		close(a.begun)
	})
}

// body is what the handler has written and the caller has not read.
type body struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	stop   func() bool

	mu     sync.Mutex
	wake   sync.Cond
	kept   []byte
	ended  error // io.EOF when the handler is done
	closed bool
	cut    bool // something of the answer was not taken: it must not seem complete
}

// errGone is what a handler gets that writes for a caller who has left.
var errGone = errors.New("the caller has closed the answer")

func (b *body) write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for n < len(p) {
		for len(b.kept) >= ahead && !b.closed && b.ctx.Err() == nil {
			b.wake.Wait()
		}
		if b.closed || b.ctx.Err() != nil {
			b.cut = true
			return n, errGone
		}
		part := min(len(p)-n, ahead-len(b.kept))
		b.kept = append(b.kept, p[n:n+part]...)
		n += part
		b.wake.Broadcast()
	}
	return n, nil
}

func (b *body) size() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.kept)
}

func (b *body) end(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cut && err == io.EOF {
		err = context.Cause(b.ctx)
	}
	b.ended = err
	b.stop()
	b.cancel(nil)
	b.wake.Broadcast()
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for {
		switch {
		case b.closed:
			return 0, http.ErrBodyReadAfterClose
		case len(b.kept) > 0:
			n := copy(p, b.kept)
			if b.kept = b.kept[n:]; len(b.kept) == 0 {
				b.kept = nil
			}
			b.wake.Broadcast()
			return n, nil
		case b.ended != nil:
			return 0, b.ended
		case b.ctx.Err() != nil:
			return 0, context.Cause(b.ctx)
		}
		b.wake.Wait()
	}
}

// Close implements io.Closer. A handler that still writes is told to stop.
func (b *body) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed, b.kept = true, nil
	b.cancel(nil)
	b.wake.Broadcast()
	return nil
}
