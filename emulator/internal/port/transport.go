package port

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Transport is an http.RoundTripper whose requests go to a handler in the same
// process, under the names that they have: what calls https://graph.microsoft.com
// needs no socket, no proxy and no certificate.
type Transport struct {
	Handler http.Handler
	Hosts   Hosts
}

// RoundTrip implements http.RoundTripper. The answer is returned when it begins, or
// when it is complete if it is small, as from a server.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := t.check(r); err != nil {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	in := inbound(r, ctx)
	a := newAnswer(r, in.TLS, ctx, cancel)
	go func() {
		defer in.Body.Close()
		a.run(t.Handler, in)
	}()
	select {
	case <-a.begun:
		return a.response()
	case <-r.Context().Done():
		in.Body.Close() // the handler may be waiting for more of it
		a.body.Close()
		return nil, context.Cause(r.Context())
	}
}

func (t *Transport) check(r *http.Request) error {
	switch {
	case r.URL == nil || r.URL.Scheme != "http" && r.URL.Scheme != "https":
		return fmt.Errorf("graph-emulator: the URL %q is not http or https", r.URL)
	case !t.Hosts.Ours(r.URL):
		return fmt.Errorf("graph-emulator: this transport calls the emulator as Microsoft Graph and its sign-in service, and not %s", r.URL.Host)
	}
	return nil
}

// inbound is the request as a server would see it. The caller's own stays as it is.
func inbound(r *http.Request, ctx context.Context) *http.Request {
	in := r.Clone(ctx)
	in.Proto, in.ProtoMajor, in.ProtoMinor = "HTTP/1.1", 1, 1
	in.RequestURI = r.URL.RequestURI()
	in.URL = &url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery, ForceQuery: r.URL.ForceQuery}
	in.RemoteAddr = "127.0.0.1:0"
	in.Response = nil
	if in.Method == "" {
		in.Method = http.MethodGet
	}
	if in.Header == nil {
		in.Header = http.Header{}
	}
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	if user := r.URL.User; user != nil && in.Header.Get("Authorization") == "" {
		password, _ := user.Password()
		in.SetBasicAuth(user.Username(), password)
	}
	switch {
	case in.Body == nil:
		in.Body, in.ContentLength = http.NoBody, 0
	case in.Body != http.NoBody && in.ContentLength == 0:
		in.ContentLength = -1 // not known
	}
	in.TLS = nil
	if strings.EqualFold(r.URL.Scheme, "https") {
		in.TLS = &tls.ConnectionState{Version: tls.VersionTLS13, HandshakeComplete: true, ServerName: r.URL.Hostname()}
	}
	return in
}
