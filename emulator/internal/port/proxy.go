package port

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
)

// dialTime is how long another host may take to answer a tunnel (C-12.3: nobody is
// left hanging).
const dialTime = 10 * time.Second

const established = "HTTP/1.1 200 Connection Established\r\n\r\n"

// connect answers CONNECT: hosts of ours are intercepted, others refused or reached.
func (s *Server) connect(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.ProtoMajor != 1: // its streams cannot be taken out of the connection
		s.Fail(w, r, &grapherr.Error{Status: http.StatusNotImplemented, Code: "NotImplemented", Message: "CONNECT is answered over HTTP/1.1 only."})
	case r.URL.Host == "":
		s.Fail(w, r, grapherr.BadRequest("CONNECT needs a host and a port."))
	case s.Hosts.Ours(&url.URL{Scheme: "https", Host: r.URL.Host}):
		if c, err := s.take(w); err != nil {
			s.Log.Debug("CONNECT", "error", err)
		} else if c.depth > maxNested {
			c.part(http.StatusBadRequest, "Bad Request", fmt.Sprintf("At most %d CONNECTs to this port may be inside each other.\n", maxNested))
		} else if _, err := io.WriteString(c, established); err != nil {
			c.Close()
		} else {
			s.at.sort(c)
		}
	case s.Tunnel:
		s.tunnel(w, r)
	default:
		s.refuse(w, r, refused(r.URL.Host))
	}
}

// maxNested is how many CONNECTs to ourselves one connection may be inside of: each keeps
// a layer of TLS.
const maxNested = 4

// depthOf is how many CONNECTs a connection is inside of.
func depthOf(c net.Conn) int {
	switch c := c.(type) {
	case *sealed:
		return c.depth
	case *conn:
		return c.depth
	}
	return 0
}

// take takes a connection out of HTTP, with what the client has sent already.
func (s *Server) take(w http.ResponseWriter) (*conn, error) {
	c, buffers, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, err
	}
	out := &conn{Conn: c, depth: depthOf(c) + 1, reword: s.reword}
	switch c := c.(type) { // no layer of ours about a layer of ours
	case *conn:
		out.Conn = c.Conn
		defer func() { out.head = append(out.head, c.head...) }()
	case *sealed:
		out.Conn = c.Conn
	}
	if n := buffers.Reader.Buffered(); n > 0 {
		out.head = make([]byte, n)
		if _, err := io.ReadFull(buffers, out.head); err != nil { // unreachable: it is there
			return nil, errors.Join(err, c.Close())
		}
	}
	return out, nil
}

// refuse answers what is not let through. The reason also stands in the status line,
// because of a refused CONNECT that is all that most clients show.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, e *grapherr.Error) {
	host := printable(r.URL.Host)
	s.Log.Warn("request to another host not let through", "host", host, "status", e.Status, "reason", e.Message)
	if s.Refused != nil {
		s.Refused(r, host, e.Status)
	}
	if r.Method != http.MethodConnect {
		s.Fail(w, r, e)
		return
	}
	c, err := s.take(w)
	if err != nil {
		s.Log.Debug("CONNECT", "error", err)
		return
	}
	if err := c.part(e.Status, e.Message, e.Message+" "+e.Cause+" "+e.Cure+"\n"); err != nil {
		s.Log.Debug("CONNECT", "error", err)
	}
}

// tunnel connects a client with another host and understands nothing of what they say.
func (s *Server) tunnel(w http.ResponseWriter, r *http.Request) {
	// Not in the request's context: a client that has said everything is not gone.
	ctx, cancel := context.WithTimeout(s.life, dialTime)
	defer cancel()
	there, err := new(net.Dialer).DialContext(ctx, "tcp", r.URL.Host)
	if err != nil {
		s.refuse(w, r, unreachable(r.URL.Host, err))
		return
	}
	far := &conn{Conn: there}
	near, err := s.take(w)
	if err != nil {
		s.Log.Debug("CONNECT", "error", errors.Join(err, far.Close()))
		return
	}
	near.reword = nil // it is the other host that speaks
	if !s.keep(near, far) {
		return
	}
	defer s.drop(near, far)
	if _, err := io.WriteString(near, established); err != nil {
		return
	}
	done := make(chan struct{})
	go func() { defer close(done); pour(far, near) }()
	pour(near, far)
	<-done
}

// pour copies until from ends. An error ends both directions.
func pour(to, from *conn) {
	if _, err := io.Copy(to, from); err != nil {
		from.Close()
		to.Close()
		return
	}
	if to.CloseWrite() != nil {
		to.Close()
	}
}

func unreachable(host string, err error) *grapherr.Error {
	e := &grapherr.Error{Status: http.StatusBadGateway, Code: "BadGateway", Message: "graph-emulator cannot reach " + printable(host) + "."}
	return e.Because(err.Error(), "")
}

// keep notes a tunnel, unless the server has ended; it then closes both ends.
func (s *Server) keep(near, far *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		near.Close()
		far.Close()
		return false
	}
	s.tunnels[near], s.tunnels[far] = struct{}{}, struct{}{}
	s.work.Add(1)
	return true
}

func (s *Server) drop(near, far *conn) {
	near.Close()
	far.Close()
	s.mu.Lock()
	delete(s.tunnels, near)
	delete(s.tunnels, far)
	s.mu.Unlock()
	s.work.Done()
}

// forward passes a request for a whole URL on to another host.
func (s *Server) forward(w http.ResponseWriter, r *http.Request) {
	p := &httputil.ReverseProxy{
		Rewrite:   func(p *httputil.ProxyRequest) { p.Out.Host = p.In.Host },
		Transport: s.outside,
		ErrorLog:  slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			s.refuse(w, r, unreachable(r.URL.Host, err))
		},
	}
	p.ServeHTTP(w, r)
}
