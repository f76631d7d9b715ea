package cassette

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/scrub"
)

// answer is what a client is given.
type answer struct {
	status int
	header http.Header
	body   []byte
	took   time.Duration
}

// answer looks for the answer to a request. Without one it tells what came nearest.
func (c *Cassette) answer(r *http.Request, u *url.URL, body []byte) (*answer, *Miss) {
	contentType := r.Header.Get("Content-Type")
	if strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		if plain, err := gunzip(body); err == nil {
			body = plain
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	origin := u.Scheme + "://" + u.Host
	q := &question{r: r, raw: body, method: r.Method}
	target := u.RequestURI()
	from := c.library.origins
	host := c.hostOf(origin, u.Host)
	if c.library.hosts[host] || len(from) == 0 {
		q.host, from = host, nil
	} else {
		target, body = rewrite(target, origin, from[0]), rewriteBody(contentType, body, origin, from[0])
	}
	if c.scrub != nil {
		target = c.scrub.Target(target)
		body = c.scrub.Body(contentType, body)
	}
	if parsed, err := url.Parse(target); err == nil {
		q.path, q.query = normalPath(parsed), parseQuery(parsed.RawQuery)
	}
	q.body = contentOf(contentType, body)
	a, ok := c.known(q, from, origin)
	if !ok {
		if a, ok = c.together(q, contentType, body, from, origin); !ok {
			return nil, c.library.miss(q, target)
		}
	}
	return a, nil
}

// hostOf is a host as the recording knows it.
func (c *Cassette) hostOf(origin, host string) string {
	if c.scrub == nil {
		return host
	}
	u, err := url.Parse(c.scrub.Target(origin + "/"))
	if err != nil { // unreachable: it was a URL before
		return host
	}
	return u.Host
}

// known answers a question from one exchange.
func (c *Cassette) known(q *question, from []string, origin string) (*answer, bool) {
	t := c.library.find(q, c.free, c.matcher)
	if t == nil {
		return nil, false
	}
	a, err := answerOf(t.x)
	if err != nil {
		t.err = err
		return nil, false
	}
	a.move(from, origin)
	return a, true
}

// answerOf is the answer as it stands in an exchange.
func answerOf(x *conversation.Exchange) (*answer, error) {
	a := &answer{status: x.Status, header: http.Header{}, took: x.Took}
	for _, h := range x.AnswerHeaders {
		v, err := conversation.Vars(nil).Fill(h.Value)
		if err != nil {
			return nil, err
		}
		a.header.Add(h.Name, v)
	}
	var err error
	a.body, err = x.Answer.Bytes(nil)
	if len(a.body) > 0 && a.header.Get("Content-Type") == "" && x.Answer.Form == conversation.JSON {
		a.header.Set("Content-Type", "application/json")
	}
	return a, err
}

// move turns links to some origins into links to another.
func (a *answer) move(from []string, to string) {
	for _, f := range from {
		for _, values := range a.header {
			for i := range values {
				values[i] = rewrite(values[i], f, to)
			}
		}
		a.body = rewriteBody(a.header.Get("Content-Type"), a.body, f, to)
	}
}

// rewrite puts one origin in the place of another, also where its slashes are escaped.
func rewrite(s, from, to string) string {
	if !strings.Contains(s, from[strings.Index(from, "://")+3:]) {
		return s
	}
	s = strings.ReplaceAll(s, from, to)
	s = strings.ReplaceAll(s, strings.ReplaceAll(from, "/", `\/`), strings.ReplaceAll(to, "/", `\/`))
	return strings.ReplaceAll(s, url.QueryEscape(from), url.QueryEscape(to))
}

func rewriteBody(contentType string, body []byte, from, to string) []byte {
	if !legible(contentType) || !bytes.Contains(body, []byte(from[strings.Index(from, "://")+3:])) {
		return body
	}
	return []byte(rewrite(string(body), from, to))
}

// legible reports whether a body of that type has links in it.
func legible(contentType string) bool {
	media, _, _ := mime.ParseMediaType(contentType) // what is no type has none
	return media == "" || strings.HasPrefix(media, "text/") || strings.Contains(media, "json") || strings.Contains(media, "xml") ||
		strings.HasPrefix(media, "multipart/") || media == "application/x-www-form-urlencoded" || media == "application/javascript"
}

// refuse tells the test and makes the answer to a request that is not known. No client
// that was seen tries a 501 again, as many do with other errors of servers.
func (c *Cassette) refuse(m *Miss) *answer {
	if c.missed != nil {
		c.missed(m)
	}
	cure := "Record it again in mode all or new_episodes, or say with a matcher what does not matter."
	if len(scrub.StandIns(m.Request)) > 0 {
		cure += " Stand-ins of names are other ones where the key is not the one that the recording was made with."
	}
	body, err := json.Marshal(map[string]any{"error": map[string]any{
		"code": "NotRecorded", "message": m.String(),
		"innerError": map[string]any{"cause": "The recording has no exchange like this one.", "cure": cure},
	}})
	if err != nil { // unreachable: it is texts
		body = nil
	}
	return &answer{status: http.StatusNotImplemented, header: http.Header{"Content-Type": {"application/json"}}, body: body}
}

// pause lets an answer take as long as it took, if that is wanted.
func (c *Cassette) pause(a *answer, r *http.Request) {
	if c.latency && a.took > 0 {
		c.wait(a.took, r.Context().Done())
	}
}

// response is the answer as a client gets it.
func (a *answer) response(r *http.Request) *http.Response {
	resp := &http.Response{Status: strconv.Itoa(a.status) + " " + http.StatusText(a.status), StatusCode: a.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)), ContentLength: int64(len(a.body)), Request: r}
	if r.Method == http.MethodHead {
		resp.Body, resp.ContentLength = http.NoBody, -1
		if n, err := strconv.ParseInt(a.header.Get("Content-Length"), 10, 64); err == nil {
			resp.ContentLength = n
		}
	}
	return resp
}

// write gives the answer over a connection.
func (a *answer) write(w http.ResponseWriter, r *http.Request) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if r.Method != http.MethodHead {
		if a.status >= 200 && a.status != http.StatusNoContent && a.status != http.StatusNotModified {
			w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
		}
		if w.Header().Get("Content-Type") == "" {
			w.Header()["Content-Type"] = nil // none was recorded, and none is guessed
		}
	}
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		w.Write(a.body) // a client that has gone needs no answer
	}
}

// withBody is a request whose body, which was read, can be read again.
func withBody(r *http.Request, body []byte) *http.Request {
	if body == nil {
		return r
	}
	in := *r
	in.Body = io.NopCloser(bytes.NewReader(body))
	return &in
}
