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
	"sync"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
)

// take is an exchange that is recorded while it happens.
type take struct {
	c           *Cassette
	method      string
	url         url.URL
	upstream    string // the origin that paths belong to
	asked, told said
	status      int
	begun       time.Time
	out         tee // of the body of the answer, where a client has its own
}

// said is one side of an exchange: a request or an answer.
type said struct {
	capture
	headers []conversation.Header // as they came
	media   string                // the Content-Type
	packed  bool                  // with gzip
	has     bool                  // a body, be it empty
	room    *[]byte               // for the body as it is scrubbed
}

// take begins to record a request.
func (c *Cassette) take(method string, u *url.URL, header http.Header) *take {
	tape, upstream := c.recorder()
	t := &take{c: c, method: method, url: *u, upstream: upstream, begun: c.now()}
	t.asked.tape, t.told.tape = tape, tape
	t.asked.hear(header, func(name string) bool {
		return telling(name) || len(c.headers) > 0 && c.headers[strings.ToLower(name)]
	})
	return t
}

// answered takes down what an answer begins with.
func (t *take) answered(status int, header http.Header) {
	t.status = status
	t.told.has = t.method != http.MethodHead && status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
	t.told.hear(header, func(name string) bool {
		return !passing(name) || name == "Content-Length" && t.method == http.MethodHead
	})
}

// hear takes down headers, in the order of their names.
func (s *said) hear(header http.Header, keep func(name string) bool) {
	type entry struct {
		name   string
		values []string
	}
	var room [24]entry
	list, n := room[:0], 0
	for name, values := range header {
		if len(values) == 0 {
			continue
		}
		switch name {
		case "Content-Type":
			s.media = values[0]
		case "Content-Encoding":
			s.packed = strings.EqualFold(values[0], "gzip")
		}
		if !keep(name) {
			continue
		}
		n += len(values)
		list = append(list, entry{name, values})
		for i := len(list) - 1; i > 0 && list[i].name < list[i-1].name; i-- {
			list[i], list[i-1] = list[i-1], list[i]
		}
	}
	s.headers = make([]conversation.Header, 0, n)
	for _, e := range list {
		for _, v := range e.values {
			s.headers = append(s.headers, conversation.Header{Name: e.name, Value: v})
		}
	}
}

// drop forgets a take that comes to nothing.
func (t *take) drop() {
	t.asked.reset()
	t.told.reset()
}

// telling reports whether a header of a request means something to Graph or the sign-in
// service.
func telling(name string) bool {
	switch name {
	case "Accept", "Accept-Language", "Access-Control-Request-Headers", "Access-Control-Request-Method", "Client-Request-Id", "Consistencylevel",
		"Content-Disposition", "Content-Range", "Content-Type", "If-Match", "If-Modified-Since", "If-None-Match", "If-Unmodified-Since", "Odata-Maxversion", "Odata-Version",
		"Origin", "Prefer", "Range", "Return-Client-Request-Id", "Slug", "X-Http-Method", "X-Http-Method-Override":
		return true
	}
	return false
}

// passing reports whether a header of an answer is about the connection or the moment, and
// is made anew.
func passing(name string) bool {
	switch name {
	case "Alt-Svc", "Connection", "Content-Length", "Date", "Keep-Alive", "Server", "Strict-Transport-Security", "Trailer", "Transfer-Encoding", "Upgrade", "Via", "X-Cache",
		"X-Ms-Ags-Diagnostic":
		return true
	}
	return false
}

// exchange fills in what is written down of a take, scrubbed.
func (t *take) exchange(x *conversation.Exchange) (err error) {
	took := t.c.now().Sub(t.begun)
	*x = conversation.Exchange{Request: t.method + " " + conversation.Escape(t.c.target(&t.url, t.upstream)), Status: t.status, Took: took.Round(time.Microsecond)}
	if took >= 10*time.Millisecond {
		x.Took = took.Round(time.Millisecond)
	}
	if x.Body, err = t.c.body(&t.asked); err != nil {
		return err
	}
	x.Headers = implied(t.c.headersOf(&t.asked), x.Body.Form != conversation.None)
	if x.Answer, err = t.c.body(&t.told); err != nil {
		return err
	}
	x.AnswerHeaders = t.c.headersOf(&t.told)
	return nil
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

// target is how a request names what it is about.
func (c *Cassette) target(u *url.URL, upstream string) string {
	t := u.RequestURI()
	if scheme, host, _ := strings.Cut(upstream, "://"); u.Scheme != scheme || u.Host != host {
		t = u.Scheme + "://" + u.Host + t
	}
	if c.scrub != nil {
		t = c.scrub.Target(t)
	}
	return t
}

// headersOf is what is written down of headers.
func (c *Cassette) headersOf(s *said) []conversation.Header {
	list := s.headers
	if c.scrub != nil {
		list = scrubHeaders(list, c.scrub)
	}
	for i := range list {
		list[i].Value = conversation.Escape(list[i].Value)
	}
	return list
}

// body chooses how a body is written down.
func (c *Cassette) body(s *said) (conversation.Body, error) {
	data, side, err := s.end()
	switch {
	case err != nil:
		return conversation.Body{}, err
	case side != "":
		return conversation.Beside(side), nil
	case !s.has:
		return conversation.Body{}, nil
	}
	if s.packed {
		data = s.unpack(data)
	}
	if !c.parts && len(data) <= min(c.inline, maxAgain) {
		return c.again.body(c, s, data)
	}
	data = c.scrubbed(s, data)
	if len(data) > c.inline && s.tape != nil {
		return s.tape.sideFile(extension(s.media, data), data)
	}
	return conversation.Body{Form: conversation.Raw, Data: data}, nil
}

// scrubbed is a body as it is written down.
func (c *Cassette) scrubbed(s *said, data []byte) []byte {
	if c.scrub == nil {
		return data
	}
	s.room = spare()
	return c.scrub.BodyIn(*s.room, s.media, data)
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

// unpack undoes gzip, so that what it hides is scrubbed and read. What cannot be undone
// stays as it came, and says that it is packed.
func (s *said) unpack(data []byte) []byte {
	plain, err := gunzip(data)
	if err != nil {
		return data
	}
	s.headers = slices.DeleteFunc(s.headers, func(h conversation.Header) bool { return h.Name == "Content-Encoding" })
	return plain
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

// desks are exchanges that have been written down.
var desks = sync.Pool{New: func() any { return new(desk) }}

type desk struct {
	x    conversation.Exchange
	list [1]*conversation.Exchange
}

// end appends the take to the cassette, when all has been said.
func (t *take) end() {
	tape, _ := t.c.recorder()
	if tape == nil { // it ended before the cassette was closed
		t.drop()
		return
	}
	d := desks.Get().(*desk)
	err := t.exchange(&d.x)
	if err == nil {
		d.list[0] = &d.x
		err = tape.append(t, t.c.split(d.list[:])...)
	}
	if err != nil {
		t.drop()
		t.c.fail(fmt.Errorf("%s %s was not recorded: %w", t.method, t.url.Path, err))
	}
	d.x = conversation.Exchange{} // it holds what is given back
	desks.Put(d)
	for _, s := range [...]*said{&t.asked, &t.told} {
		s.free()
		recycle(s.room, nil)
		s.room = nil
	}
}

// ended ends the take of a client's own: half an answer is none.
func (t *take) ended(whole bool) {
	if whole {
		t.end()
		return
	}
	t.drop()
	t.c.fail(fmt.Errorf("%s %s was not recorded: its answer was not read to the end", t.method, t.url.Path))
}

// head is what a recording begins with whose first exchange this is.
func (t *take) head() *conversation.Recording {
	upstream := t.upstream
	if t.c.scrub != nil {
		upstream = t.c.scrub.Target(upstream)
	}
	return &conversation.Recording{Upstream: upstream, Made: t.c.now()}
}
