package batch

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// MaxAnswer bounds the answer to a batch, in bytes. Twenty full pages of users are less.
const MaxAnswer = 64 << 20

// errFull ends the answer of a part that exceeds MaxAnswer.
var errFull = errors.New("batch: the answer is too large")

// span is where one answer stands in the text of the batch.
type span struct{ from, to int }

// part is the answer to one request of a batch. It is written behind the parts before
// it, in the form that the batch shows, so that content is kept once.
type part struct {
	b      *run
	id     string
	header http.Header
	status int // 0: not yet
	limit  int // of the text of the batch with this part
	from   int // where the part begins
	body   int // where its body begins; 0: it has none yet
	base64 io.WriteCloser
	full   bool
}

// part begins the answer to an item.
func (b *run) part(it *item, limit int) *part {
	p := &part{b: b, id: it.id, header: http.Header{}, limit: limit, from: len(b.text)}
	for _, name := range [...]string{"Request-Id", "Client-Request-Id"} {
		p.header[name] = b.header[name]
	}
	return p
}

// Header implements http.ResponseWriter.
func (p *part) Header() http.Header { return p.header }

// WriteHeader implements http.ResponseWriter.
func (p *part) WriteHeader(status int) {
	if p.status == 0 && status >= 200 {
		p.status = status
	}
}

// Write implements http.ResponseWriter. JSON and text are taken as they are, anything
// else in base64 (B-5.12).
func (p *part) Write(content []byte) (int, error) {
	p.WriteHeader(http.StatusOK)
	if p.full {
		return 0, errFull
	}
	if len(content) == 0 {
		return 0, nil
	}
	if p.body == 0 {
		p.open()
		p.b.text = append(p.b.text, `,"body":`...)
		p.body = len(p.b.text)
		if kind := p.kind(); !strings.Contains(kind, "json") && !strings.HasPrefix(kind, "text/") {
			p.b.text = append(p.b.text, '"')
			p.base64 = base64.NewEncoder(base64.StdEncoding, (*tail)(p.b))
		}
	}
	size := len(content)
	if p.base64 != nil {
		size = base64.StdEncoding.EncodedLen(size)
	}
	if p.full = len(p.b.text)+size > p.limit; p.full {
		return 0, errFull
	}
	if p.base64 != nil {
		return p.base64.Write(content)
	}
	p.b.text = append(p.b.text, content...)
	return len(content), nil
}

// tail appends to the text of a batch.
type tail run

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	return len(p), nil
}

func (p *part) kind() string { return strings.ToLower(p.header.Get("Content-Type")) }

// open writes what precedes the body (B-5.9).
func (p *part) open() {
	dst := append(p.b.text, `{"id":`...)
	dst = append(value.AppendString(dst, p.id), `,"status":`...)
	dst = append(strconv.AppendInt(dst, int64(p.status), 10), `,"headers":{`...)
	for _, h := range shown {
		if v := p.header[h.key]; len(v) > 0 {
			dst = append(append(append(dst, '"'), h.name...), `":`...)
			dst = append(value.AppendString(dst, strings.Join(v, ", ")), ',')
		}
	}
	if dst[len(dst)-1] == ',' {
		dst = dst[:len(dst)-1]
	}
	p.b.text = append(dst, '}')
}

// shown are the headers of a part, in the spelling clients look for (C-6.3).
var shown = [...]struct{ key, name string }{
	{"Cache-Control", "Cache-Control"}, {"Odata-Version", "OData-Version"}, {"Content-Type", "Content-Type"},
	{"Location", "Location"}, {"Retry-After", "Retry-After"}, {"X-Ms-Resource-Unit", "x-ms-resource-unit"}, {"Etag", "ETag"},
	{"Preference-Applied", "Preference-Applied"}, {"Content-Range", "Content-Range"}, {"Allow", "Allow"},
	{"X-Emulator-Fidelity", "X-Emulator-Fidelity"}, {"X-Emulator-Warning", "X-Emulator-Warning"},
}

// quote makes a JSON string of a body that is a text. The part is full if the string exceeds
// the limit.
func (p *part) quote() {
	if p.full || p.body == 0 || p.base64 != nil ||
		strings.Contains(p.kind(), "json") && json.Valid(p.b.text[p.body:]) { // a stub may call anything JSON
		return
	}
	body := p.b.text[p.body:]
	if p.full = !fits(body, p.limit-p.body); !p.full {
		p.b.text = value.AppendString(p.b.text[:p.body], string(body))
	}
}

// fits reports whether a text is at most size bytes long as a JSON string.
func fits(text []byte, size int) bool {
	const piece = 4 << 10
	var quoted []byte
	for size -= len(`""`); len(text) > 0 && size >= 0; {
		n := min(piece, len(text))
		for back := 0; back < utf8.UTFMax && n < len(text) && !utf8.RuneStart(text[n]); back++ {
			n--
		}
		quoted = value.AppendString(quoted[:0], string(text[:n]))
		text, size = text[n:], size-(len(quoted)-len(`""`))
	}
	return size >= 0
}

// end completes the part. It has no body where nothing was written (C-6.4).
func (p *part) end() span {
	p.WriteHeader(http.StatusOK)
	switch {
	case p.body == 0:
		p.open()
	case p.base64 != nil:
		p.base64.Close()
		p.b.text = append(p.b.text, '"')
	}
	p.b.text = append(p.b.text, '}')
	p.b.status[strings.ToLower(p.id)] = p.status
	return span{p.from, len(p.b.text)}
}

// bare completes the part without its body.
func (p *part) bare() span {
	p.b.text, p.body, p.base64 = p.b.text[:p.from], 0, nil
	p.header.Del("Content-Type")
	return p.end()
}
