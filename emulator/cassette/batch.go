package cassette

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
)

// part is a request or an answer of a batch.
type part struct {
	ID      string            `json:"id"`
	Method  string            `json:"method,omitempty"`
	URL     string            `json:"url,omitempty"`
	Status  int               `json:"status,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    json.RawMessage   `json:"body,omitempty"`
}

// version is what the path of a batch has in front of /$batch.
func version(path string) (string, bool) {
	lower := strings.ToLower(strings.TrimSuffix(path, "/"))
	return strings.TrimSuffix(lower, "/$batch"), strings.HasSuffix(lower, "/$batch")
}

// split makes exchanges of the requests of a batch, the one of a list, if that is wanted and
// all of them were answered.
func (c *Cassette) split(whole []*conversation.Exchange) []*conversation.Exchange {
	if !c.parts {
		return whole
	}
	x := whole[0]
	method, target, _ := strings.Cut(x.Request, " ")
	base, ok := version(target)
	if method != http.MethodPost || !ok || x.Status != http.StatusOK || x.Body.Form == conversation.SideFile || x.Answer.Form == conversation.SideFile {
		return whole
	}
	var asked struct{ Requests []part }
	var got struct{ Responses []part }
	in, err1 := x.Body.Bytes(nil)
	out, err2 := x.Answer.Bytes(nil)
	if err1 != nil || err2 != nil || json.Unmarshal(in, &asked) != nil || json.Unmarshal(out, &got) != nil || len(asked.Requests) != len(got.Responses) {
		return whole
	}
	var list []*conversation.Exchange
	for _, p := range asked.Requests {
		i := slices.IndexFunc(got.Responses, func(r part) bool { return r.ID == p.ID })
		if i < 0 {
			return whole
		}
		list = append(list, p.exchange(base, &got.Responses[i], x))
	}
	return list
}

func (p *part) exchange(base string, r *part, batch *conversation.Exchange) *conversation.Exchange {
	target := p.URL
	if !strings.Contains(target, "://") {
		target = base + "/" + strings.TrimPrefix(target, "/")
	}
	out := &conversation.Exchange{Request: strings.ToUpper(p.Method) + " " + conversation.Escape(strings.ReplaceAll(target, " ", "%20")), Status: r.Status, Took: batch.Took}
	out.Headers, out.Body = p.headers(), p.literal()
	out.Headers = implied(out.Headers, out.Body.Form != conversation.None)
	out.AnswerHeaders, out.Answer = r.headers(), r.literal()
	return out
}

func (p *part) headers() (out []conversation.Header) {
	for name, v := range p.Headers {
		out = append(out, conversation.Header{Name: http.CanonicalHeaderKey(name), Value: conversation.Escape(v)})
	}
	slices.SortFunc(out, func(a, b conversation.Header) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// literal is the body of a part: JSON, or the text of a string.
func (p *part) literal() conversation.Body {
	var s string
	if len(p.Body) > 0 && p.Body[0] == '"' && json.Unmarshal(p.Body, &s) == nil {
		return conversation.Literal([]byte(s))
	}
	if p.Body == nil {
		return conversation.Body{}
	}
	return conversation.Literal(p.Body)
}

// together answers a batch from exchanges of its parts, if there is one for each.
func (c *Cassette) together(q *question, contentType string, body []byte, from []string, origin string) (*answer, bool) {
	base, ok := version(q.path)
	var asked struct{ Requests []part }
	if !ok || q.method != http.MethodPost || json.Unmarshal(body, &asked) != nil || len(asked.Requests) == 0 {
		return nil, false
	}
	var used []*track
	giveBack := func() (*answer, bool) {
		for _, t := range used {
			t.used = false
		}
		return nil, false
	}
	var got struct {
		Responses []part `json:"responses"`
	}
	for _, p := range asked.Requests {
		t := c.library.find(p.question(q, base), c.free, nil)
		if t == nil {
			return giveBack()
		}
		used = append(used, t)
		a, err := answerOf(t.x)
		if err != nil {
			t.err = err
			return giveBack()
		}
		got.Responses = append(got.Responses, a.part(p.ID))
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(got) != nil {
		return giveBack()
	}
	a := &answer{status: http.StatusOK, header: http.Header{"Content-Type": {"application/json"}}, body: bytes.TrimSuffix(b.Bytes(), []byte("\n"))}
	a.move(from, origin)
	return a, true
}

// question is a part as a request of its own.
func (p *part) question(batch *question, base string) *question {
	target := p.URL
	if !strings.Contains(target, "://") {
		target = base + "/" + strings.TrimPrefix(target, "/")
	}
	q := &question{r: batch.r, method: strings.ToUpper(p.Method)}
	if u, err := url.Parse(strings.ReplaceAll(target, " ", "%20")); err == nil {
		q.path, q.query = normalPath(u), parseQuery(u.RawQuery)
	}
	contentType := "application/json"
	for name, v := range p.Headers {
		if strings.EqualFold(name, "Content-Type") {
			contentType = v
		}
	}
	body := []byte(p.Body)
	var s string
	if len(body) > 0 && body[0] == '"' && json.Unmarshal(body, &s) == nil {
		body = []byte(s)
	}
	q.raw, q.body = body, contentOf(contentType, body)
	return q
}

// part is an answer as part of a batch.
func (a *answer) part(id string) part {
	p := part{ID: id, Status: a.status, Headers: map[string]string{}}
	for name := range a.header {
		p.Headers[name] = strings.Join(a.header[name], ", ")
	}
	switch {
	case len(a.body) == 0:
	case json.Valid(a.body):
		p.Body = a.body
	default:
		p.Body, _ = json.Marshal(string(a.body)) // a string always encodes
	}
	return p
}
