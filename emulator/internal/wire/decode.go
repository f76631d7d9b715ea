package wire

import (
	"bytes"
	"compress/gzip"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// buffers holds request bodies while they are read and answers while they are
// built. What grew over maxPooled is left to the garbage collector.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 4096); return &b }}

const maxPooled = 1 << 20

func putBuffer(b *[]byte) {
	if cap(*b) <= maxPooled {
		*b = (*b)[:0]
		buffers.Put(b)
	}
}

// readBody reads a request body into *buf, undoing its encoding (C-1.9), up to
// limit bytes. Content-Length is not believed; what arrives counts.
func readAll(r *http.Request, limit int64, buf *[]byte) error {
	if r.Body == nil {
		return nil
	}
	in, err := decoded(r)
	if err != nil {
		return err
	}
	return fill(in, limit, buf)
}

// decoded is the body without its content encoding. What it keeps in memory counts unpacked.
func decoded(r *http.Request) (io.Reader, error) {
	enc := r.Header["Content-Encoding"]
	switch {
	case len(enc) == 0 || enc[0] == "" || strings.EqualFold(enc[0], "identity"):
		return r.Body, nil
	case len(enc) > 1 || !strings.EqualFold(enc[0], "gzip"):
		return nil, grapherr.BadMedia("Content-Encoding " + strings.Join(enc, ", "))
	}
	return through(r.Body, func(in io.Reader) (io.Reader, error) {
		gz, err := gzip.NewReader(in)
		if err != nil {
			return nil, grapherr.BadPayload("The body is not the gzip data that Content-Encoding announces.")
		}
		return gz, nil
	})
}

func fill(in io.Reader, limit int64, buf *[]byte) error {
	b := *buf
	defer func() { *buf = b }()
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := in.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if int64(len(b)) > limit {
			return grapherr.TooLarge(limit)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return grapherr.BadBody(err)
		}
	}
}

// isJSON reports whether a Content-Type means JSON (B-4.2).
func isJSON(contentType string) bool {
	if contentType == "application/json" {
		return true
	}
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "application/json" || strings.HasSuffix(media, "+json") || media == "text/json")
}

// isForm reports whether a Content-Type means a form.
func isForm(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && media == "application/x-www-form-urlencoded"
}

// looksLikeJSON reports whether a body begins as a JSON object does, which no form does.
func looksLikeJSON(body []byte) bool {
	body = bytes.TrimLeft(body, " \t\r\n")
	return len(body) > 0 && body[0] == '{'
}

// rawValue wraps the bare text of a $value write.
func rawValue(body []byte) value.Members {
	return value.Members{{Name: "value", Value: value.String(strings.ToValidUTF8(string(body), "\uFFFD"))}}
}

// object reads a JSON object from a body (B-2.26).
func object(body []byte) (value.Members, error) {
	m, err := value.ParseObject(body, value.Limits{})
	if err != nil {
		return nil, grapherr.BadPayload(err.Error())
	}
	return m, nil
}

// ReadJSON reads the JSON body of a request that is not the resource API's own
// ($batch), with the same limits and refusals.
func (g *Graph) ReadJSON(r *http.Request) ([]byte, error) {
	var body []byte
	if err := readAll(r, g.BodyLimit, &body); err != nil {
		return nil, err
	}
	switch contentType := r.Header.Get("Content-Type"); {
	case contentType == "":
		return nil, grapherr.NoContentType()
	case !isJSON(contentType):
		return nil, grapherr.BadPayload("The Content-Type is " + contentType + ", and application/json is expected.")
	case len(body) == 0:
		return nil, grapherr.EmptyPayload()
	}
	return body, nil
}
