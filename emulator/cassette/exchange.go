package cassette

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
)

// said is one side of an exchange: a request or an answer.
type said struct {
	header http.Header
	data   []byte
	side   *conversation.Body // in place of data
	none   bool               // it can have no body
}

// requestHeaders are those that mean something to Graph or the sign-in service.
var requestHeaders = names("Accept", "Accept-Language", "Access-Control-Request-Headers", "Access-Control-Request-Method", "Client-Request-Id", "ConsistencyLevel",
	"Content-Disposition", "Content-Range", "Content-Type", "If-Match", "If-Modified-Since", "If-None-Match", "If-Unmodified-Since", "OData-MaxVersion", "OData-Version",
	"Origin", "Prefer", "Range", "Return-Client-Request-Id", "Slug", "X-HTTP-Method", "X-HTTP-Method-Override")

// passingHeaders are about the connection or the moment, and are made anew.
var passingHeaders = names("Alt-Svc", "Connection", "Content-Length", "Date", "Keep-Alive", "Server", "Strict-Transport-Security", "Trailer", "Transfer-Encoding", "Upgrade", "Via", "X-Cache", "X-Ms-Ags-Diagnostic")

func names(list ...string) map[string]bool {
	out := make(map[string]bool, len(list))
	for _, n := range list {
		out[http.CanonicalHeaderKey(n)] = true
	}
	return out
}

// exchange writes down what was said, scrubbed.
func (c *Cassette) exchange(method string, u *url.URL, in, out said, status int, took time.Duration) (*conversation.Exchange, error) {
	in.unpack()
	out.unpack()
	x := &conversation.Exchange{Request: method + " " + conversation.Escape(c.target(u)), Status: status, Took: took.Round(time.Microsecond)}
	if took >= 10*time.Millisecond {
		x.Took = took.Round(time.Millisecond)
	}
	for _, name := range sorted(in.header) {
		if requestHeaders[name] || c.headers[strings.ToLower(name)] {
			x.Headers = c.addHeader(x.Headers, name, in.header[name])
		}
	}
	for _, name := range sorted(out.header) {
		if !passingHeaders[name] || name == "Content-Length" && method == http.MethodHead {
			x.AnswerHeaders = c.addHeader(x.AnswerHeaders, name, out.header[name])
		}
	}
	var err error
	if x.Body, err = c.body(&in); err != nil {
		return nil, err
	}
	x.Headers = implied(x.Headers, x.Body.Form != conversation.None)
	out.none = method == http.MethodHead || status < 200 || status == http.StatusNoContent || status == http.StatusNotModified
	if out.data == nil {
		out.data = []byte{}
	}
	x.Answer, err = c.body(&out)
	return x, err
}

// implied leaves out the Content-Type that a request with a body has anyway, and says
// so where it has none.
func implied(list []conversation.Header, body bool) []conversation.Header {
	i := slices.IndexFunc(list, func(h conversation.Header) bool { return h.Name == "Content-Type" })
	switch {
	case i < 0 && body:
		return append(list, conversation.Header{Name: "Content-Type", None: true})
	case i >= 0 && body && list[i].Value == "application/json":
		return slices.Delete(list, i, i+1)
	}
	return list
}

func sorted(h http.Header) []string {
	out := make([]string, 0, len(h))
	for name := range h {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// target is how a request names what it is about.
func (c *Cassette) target(u *url.URL) string {
	_, upstream := c.recorder()
	t := u.RequestURI()
	if origin := u.Scheme + "://" + u.Host; origin != upstream {
		t = origin + t
	}
	if c.scrub != nil {
		t = c.scrub.Target(t)
	}
	return t
}

func (c *Cassette) addHeader(list []conversation.Header, name string, values []string) []conversation.Header {
	for _, v := range values {
		if c.scrub != nil {
			var ok bool
			if v, ok = c.scrub.Header(name, v); !ok {
				continue
			}
		}
		list = append(list, conversation.Header{Name: name, Value: conversation.Escape(v)})
	}
	return list
}

// body chooses how a body is written down.
func (c *Cassette) body(s *said) (conversation.Body, error) {
	switch {
	case s.side != nil:
		return *s.side, nil
	case s.none || s.data == nil:
		return conversation.Body{}, nil
	}
	data := s.data
	if c.scrub != nil {
		data = c.scrub.Body(s.header.Get("Content-Type"), data)
	}
	if tape, _ := c.recorder(); len(data) > c.inline && tape != nil {
		return tape.sideFile(extension(s.header.Get("Content-Type"), data), data)
	}
	return conversation.Literal(data), nil
}

// extension is the ending of a side file: of those that one would open in an editor.
func extension(contentType string, data []byte) string {
	media, _, _ := mime.ParseMediaType(contentType) // what is no type has no ending of its own
	switch {
	case strings.HasSuffix(media, "json"):
		return ".json"
	case strings.HasSuffix(media, "xml"):
		return ".xml"
	case media == "text/html":
		return ".html"
	case isText(data):
		return ".txt"
	}
	return ".bin"
}

// unpack undoes gzip, so that what it hides is scrubbed and read.
func (s *said) unpack() {
	if s.side != nil || !strings.EqualFold(s.header.Get("Content-Encoding"), "gzip") {
		return
	}
	data, err := gunzip(s.data)
	if err != nil {
		return // as it came: it says that it is packed
	}
	s.data = data
	s.header = s.header.Clone()
	s.header.Del("Content-Encoding")
}

func gunzip(data []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(z, maxText+1))
	if err == nil && len(out) > maxText {
		err = errLarge
	}
	return out, err
}

// recorder is where exchanges go, nil when the cassette has been closed, and the origin
// that their paths belong to.
func (c *Cassette) recorder() (*tape, string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tape, c.upstream
}

// record appends what was said to the cassette.
func (c *Cassette) record(method string, u *url.URL, in, out said, status int, took time.Duration) {
	tape, upstream := c.recorder()
	if tape == nil { // it ended before the cassette was closed
		return
	}
	x, err := c.exchange(method, u, in, out, status, took)
	if err == nil {
		if c.scrub != nil {
			upstream = c.scrub.Target(upstream)
		}
		for _, part := range c.split(x) {
			if err = tape.append(part, upstream, c.now); err != nil {
				break
			}
		}
	}
	if err != nil {
		c.fail(fmt.Errorf("%s %s was not recorded: %w", method, u.Path, err))
	}
}
