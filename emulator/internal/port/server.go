package port

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
)

// maxHeader caps the request line and headers, in bytes. A token with every claim it
// can have is a few tens of kilobytes.
const maxHeader = 256 << 10

// Server answers one listener. The fields are set before Serve.
type Server struct {
	Handler http.Handler
	TLS     *tls.Config
	Hosts   Hosts
	Tunnel  bool                                            // let requests to other hosts through
	Fail    func(http.ResponseWriter, *http.Request, error) // writes an error
	Refused func(r *http.Request, host string, status int)  // hears of what was not let through; may be nil
	Log     *slog.Logger

	mu      sync.Mutex
	http    *http.Server
	at      *listener
	outside *http.Transport // for absolute-form requests to other hosts
	life    context.Context // ends with the server; tunnels are opened in it
	die     context.CancelFunc
	tunnels map[io.Closer]struct{}
	closed  bool
	work    sync.WaitGroup // tunnels
}

// Serve answers connections of l until Shutdown or Close, and then returns
// http.ErrServerClosed. It is called once.
func (s *Server) Serve(l net.Listener) error {
	s.mu.Lock()
	if s.closed || s.http != nil {
		s.mu.Unlock()
		return errors.Join(http.ErrServerClosed, l.Close())
	}
	s.at = listen(l, s.TLS, s.Log, s.reword)
	s.Hosts.port = portOf(l.Addr())
	s.outside = &http.Transport{DisableCompression: true, ResponseHeaderTimeout: stall, IdleConnTimeout: stall}
	s.life, s.die = context.WithCancel(context.Background())
	s.tunnels = map[io.Closer]struct{}{}
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: greeting,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
	s.mu.Unlock()
	err := s.http.Serve(s.at)
	s.at.work.Wait()
	return err
}

func portOf(a net.Addr) string {
	_, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return "" // a listener without ports
	}
	return port
}

// Shutdown stops taking connections and waits for requests in flight, until ctx
// ends. Tunnels to other hosts are cut then: nobody can say when they are done.
func (s *Server) Shutdown(ctx context.Context) error {
	if !s.serving() {
		return nil
	}
	err := s.http.Shutdown(ctx)
	s.cut()
	return err
}

// Close ends everything at once. It may be called more than once.
func (s *Server) Close() error {
	if !s.serving() {
		return nil
	}
	err := s.http.Close()
	s.cut()
	return err
}

// serving notes that the end has come, and reports whether there was a beginning.
func (s *Server) serving() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return s.http != nil
}

// cut ends the tunnels.
func (s *Server) cut() {
	s.die()
	s.mu.Lock()
	for c := range s.tunnels {
		c.Close()
	}
	s.mu.Unlock()
	s.work.Wait()
	s.outside.CloseIdleConnections()
}

// ServeHTTP tells what is meant for the handler from what a proxy is asked.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength != 0 {
		b := &slowBody{ReadCloser: r.Body, control: http.NewResponseController(w)}
		b.wait() // net/http reads on where the handler has read nothing
		r.Body = b
	}
	switch {
	case r.Method == http.MethodConnect:
		s.connect(w, r)
	case r.URL.Host != "":
		s.absolute(w, r)
	default:
		s.Handler.ServeHTTP(w, r)
	}
}

// slowBody gives up on a body that does not come.
type slowBody struct {
	io.ReadCloser
	control *http.ResponseController
}

func (b *slowBody) Read(p []byte) (int, error) {
	b.wait()
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF { // behind the body one may be silent
		b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

func (b *slowBody) wait() { b.control.SetReadDeadline(time.Now().Add(stall)) }

// absolute answers a request whose target is a whole URL, as proxies are sent them.
func (s *Server) absolute(w http.ResponseWriter, r *http.Request) {
	if s.Hosts.Ours(r.URL) {
		s.Handler.ServeHTTP(w, origin(r))
		return
	}
	if !s.Tunnel {
		s.refuse(w, r, refused(r.URL.Host))
		return
	}
	s.forward(w, r)
}

// origin turns a request for a whole URL into one for its path, so that whoever
// answers it knows one form only.
func origin(r *http.Request) *http.Request {
	in := r.WithContext(r.Context())
	u := *r.URL
	if u.Scheme == "https" && r.TLS == nil {
		in.TLS = &tls.ConnectionState{HandshakeComplete: true, ServerName: u.Hostname()}
	}
	u.Scheme, u.Host = "", ""
	in.URL, in.RequestURI = &u, u.RequestURI()
	return in
}

func refused(host string) *grapherr.Error {
	e := &grapherr.Error{Status: http.StatusBadGateway, Code: "BadGateway", Message: "graph-emulator passes nothing on to " + printable(host) + "."}
	return e.Because("The host is none of Microsoft Graph or its sign-in service, and requests to other hosts are refused.",
		"Start with --proxy-others tunnel to let them through, or put the host into NO_PROXY.")
}

// printable leaves out what a status line or a log should not have.
func printable(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s) && i < 255; i++ {
		if s[i] > ' ' && s[i] < 0x7f {
			out = append(out, s[i])
		}
	}
	return string(out)
}
