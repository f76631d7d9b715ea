package interchange

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
)

// The members of HAR 1.2 that are read or demanded of who writes it.
type (
	harLog struct {
		Version string     `json:"version"`
		Creator harTool    `json:"creator"`
		Entries []harEntry `json:"entries"`
	}
	harTool struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	harEntry struct {
		Started  string      `json:"startedDateTime"`
		Time     float64     `json:"time"` // milliseconds
		Request  *harRequest `json:"request"`
		Response *harAnswer  `json:"response"`
		Cache    struct{}    `json:"cache"`
		Timings  harTimings  `json:"timings"`
	}
	harPair struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	harRequest struct {
		Method      string    `json:"method"`
		URL         string    `json:"url"`
		HTTPVersion string    `json:"httpVersion"`
		Cookies     []harPair `json:"cookies"`
		Headers     []harPair `json:"headers"`
		QueryString []harPair `json:"queryString"`
		PostData    *harPost  `json:"postData,omitempty"`
		HeadersSize int       `json:"headersSize"`
		BodySize    int       `json:"bodySize"`
	}
	harPost struct {
		MimeType string    `json:"mimeType"`
		Text     string    `json:"text"`
		Params   []harPair `json:"params,omitempty"`
		Encoding string    `json:"encoding,omitempty"` // not of the specification, but written where a body is no text
	}
	harAnswer struct {
		Status      int        `json:"status"`
		StatusText  string     `json:"statusText"`
		HTTPVersion string     `json:"httpVersion"`
		Cookies     []harPair  `json:"cookies"`
		Headers     []harPair  `json:"headers"`
		Content     harContent `json:"content"`
		RedirectURL string     `json:"redirectURL"`
		HeadersSize int        `json:"headersSize"`
		BodySize    int        `json:"bodySize"`
	}
	harContent struct {
		Size     int     `json:"size"`
		MimeType string  `json:"mimeType"`
		Text     *string `json:"text,omitempty"`
		Encoding string  `json:"encoding,omitempty"`
	}
	harTimings struct {
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
	}
)

func (r *reader) har() error {
	list, err := elements(r.text, "log", "entries")
	if err != nil {
		return err
	}
	for i := range list {
		var e harEntry
		if err := list[i].decode(&e, false); err != nil {
			return err
		}
		if err := r.harEntry(&e, list[i].line); err != nil {
			return at(list[i].line, "%w", err)
		}
	}
	r.recorded()
	if r.file.Recording.Made.Unix() == 0 { // who wrote it did not know
		r.file.Recording.Made = time.Time{}
	}
	return nil
}

func (r *reader) harEntry(e *harEntry, line int) (err error) {
	switch {
	case e.Request == nil:
		return errors.New("the entry has no request")
	case e.Response == nil:
		return errors.New("the entry has no response")
	case e.Response.Status == 0:
		r.note(line, "%s %s was never answered", e.Request.Method, e.Request.URL)
		return nil
	}
	x := &conversation.Exchange{Line: line, Status: e.Response.Status, Took: time.Duration(e.Time * float64(time.Millisecond)).Round(time.Microsecond)}
	if x.Took < 0 {
		x.Took = 0
	}
	if x.Request, err = target(e.Request.Method, e.Request.URL); err != nil {
		return err
	}
	x.Headers, x.AnswerHeaders = harHeaders(e.Request.Headers), harHeaders(e.Response.Headers)
	if p := e.Request.PostData; p != nil {
		text := p.Text
		if text == "" && len(p.Params) > 0 {
			form := url.Values{}
			for _, q := range p.Params {
				form.Add(q.Name, q.Value)
			}
			text = form.Encode()
		}
		data, err := unpacked(text, p.Encoding)
		if err != nil {
			return err
		}
		if text != "" {
			x.Body = conversation.Literal(data)
		}
	}
	if c := e.Response.Content; c.Text != nil {
		data, err := unpacked(*c.Text, c.Encoding)
		if err != nil {
			return err
		}
		x.Answer = conversation.Literal(data)
	} else if c.Size > 0 {
		return errors.New("the content of the answer is not in the file: save it with content")
	}
	if t, err := time.Parse(time.RFC3339, e.Started); err == nil && (r.file.Recording == nil || t.Before(r.file.Recording.Made)) {
		r.file.Recording = &conversation.Recording{Made: t}
	}
	r.file.Exchanges = append(r.file.Exchanges, x)
	return nil
}

func unpacked(text, encoding string) ([]byte, error) {
	switch encoding {
	case "":
		return []byte(text), nil
	case "base64":
		return base64.StdEncoding.DecodeString(text)
	}
	return nil, errors.New("the encoding " + encoding + " is not known")
}

func harHeaders(list []harPair) (out []conversation.Header) {
	for _, h := range list {
		if h.Name != "" && !passes(h.Name) {
			out = append(out, conversation.Header{Name: h.Name, Value: conversation.Escape(h.Value)})
		}
	}
	return out
}

func writeHAR(f *conversation.File) (any, []Note, error) {
	log := harLog{Version: "1.2", Creator: harTool{"graph-emulator", "1"}, Entries: []harEntry{}}
	var notes []Note
	made := time.Unix(0, 0).UTC()
	upstream := "https://graph.microsoft.com"
	if rec := f.Recording; rec != nil {
		if !rec.Made.IsZero() {
			made = rec.Made
		}
		if rec.Upstream != "" {
			upstream = rec.Upstream
		}
	}
	for _, x := range f.Exchanges {
		e, why := harOf(x, upstream)
		if why != "" {
			notes = append(notes, Note{Line: x.Line, Reason: why})
			continue
		}
		e.Started = made.Format("2006-01-02T15:04:05.000Z07:00")
		made = made.Add(x.Took)
		log.Entries = append(log.Entries, e)
	}
	return map[string]any{"log": log}, notes, nil
}

// harOf makes an entry; why says what HAR cannot say of the exchange.
func harOf(x *conversation.Exchange, upstream string) (e harEntry, why string) {
	switch {
	case x.Stub:
		return e, "a stub is no exchange that was made"
	case x.Partial:
		return e, "expect: is not a whole answer"
	}
	request, err := conversation.Vars(nil).Fill(x.Request)
	if err != nil {
		return e, "request: " + err.Error()
	}
	method, target, _ := strings.Cut(request, " ")
	if strings.HasPrefix(target, "/") {
		target = strings.TrimSuffix(upstream, "/") + target
	}
	ms := float64(x.Took) / float64(time.Millisecond)
	e = harEntry{Time: ms, Timings: harTimings{Wait: ms}, Request: &harRequest{Method: method, URL: target, HTTPVersion: "HTTP/1.1", Cookies: []harPair{}, QueryString: []harPair{}, HeadersSize: -1},
		Response: &harAnswer{Status: x.Status, HTTPVersion: "HTTP/1.1", Cookies: []harPair{}, HeadersSize: -1}}
	if _, query, ok := strings.Cut(target, "?"); ok {
		for part := range strings.SplitSeq(query, "&") {
			name, value, _ := strings.Cut(part, "=")
			e.Request.QueryString = append(e.Request.QueryString, harPair{plainQuery(name), plainQuery(value)})
		}
	}
	if e.Request.Headers, err = pairs(x.Headers); err != nil {
		return e, "headers: " + err.Error()
	}
	if e.Response.Headers, err = pairs(x.AnswerHeaders); err != nil {
		return e, "answerHeaders: " + err.Error()
	}
	if x.Body.Form != conversation.None {
		data, err := x.Body.Bytes(nil)
		if err != nil {
			return e, "body: " + err.Error()
		}
		e.Request.BodySize = len(data)
		e.Request.PostData = &harPost{MimeType: pairOf(e.Request.Headers, "Content-Type", "application/json")}
		e.Request.PostData.Text, e.Request.PostData.Encoding = packed(data)
	}
	if x.Answer.Form != conversation.None {
		data, err := x.Answer.Bytes(nil)
		if err != nil {
			return e, "answer: " + err.Error()
		}
		text, encoding := packed(data)
		e.Response.BodySize = len(data)
		e.Response.Content = harContent{Size: len(data), Text: &text, Encoding: encoding}
	}
	e.Response.Content.MimeType = pairOf(e.Response.Headers, "Content-Type", "application/octet-stream")
	e.Response.RedirectURL = pairOf(e.Response.Headers, "Location", "")
	return e, ""
}

func plainQuery(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

func packed(data []byte) (text, encoding string) {
	if utf8.Valid(data) {
		return string(data), ""
	}
	return base64.StdEncoding.EncodeToString(data), "base64"
}

func pairs(list []conversation.Header) ([]harPair, error) {
	out := []harPair{}
	for _, h := range list {
		if h.None {
			continue
		}
		v, err := conversation.Vars(nil).Fill(h.Value)
		if err != nil {
			return nil, err
		}
		out = append(out, harPair{h.Name, v})
	}
	return out, nil
}

func pairOf(list []harPair, name, otherwise string) string {
	for _, h := range list {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return otherwise
}
