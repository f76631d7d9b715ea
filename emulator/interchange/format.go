package interchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
)

// Format is the form of a file of another tool.
type Format string

// The formats.
const (
	HAR      Format = "har"
	GoVCR    Format = "go-vcr"
	VCRPy    Format = "vcrpy"
	VCR      Format = "vcr" // Ruby's
	DevProxy Format = "dev-proxy"
	WireMock Format = "wiremock"
	// GraphShapes is JSON Lines, gzipped or not: a scrubbed exchange with the real service in
	// each line. Shapes reads what a conversation cannot hold of it.
	GraphShapes Format = "graph-shapes"
)

// Readable lists the formats that Read knows, Writable those that Write does.
func Readable() []Format { return []Format{HAR, GoVCR, VCRPy, VCR, DevProxy, WireMock, GraphShapes} }

// Writable lists the formats that Write knows.
func Writable() []Format { return []Format{HAR, DevProxy, WireMock} }

// Note is something that was left out, and why.
type Note struct {
	Line   int // of the file that was read; of the exchange where one was written
	Reason string
	Kept   bool // the exchange is there, and the reason says what of it is not as it was
}

// Detect tells the format of a text by what it begins to say.
func Detect(text []byte) (Format, error) {
	if bytes.HasPrefix(text, gzipMagic) { // no other format is compressed; Read says if it is none
		return GraphShapes, nil
	}
	trimmed := bytes.TrimSpace(bytes.TrimPrefix(text, bom))
	if len(trimmed) == 0 || trimmed[0] != '{' {
		switch {
		case bytes.Contains(text, []byte("http_interactions:")):
			return VCR, nil
		case bytes.Contains(text, []byte("interactions:")) && pythonic().Match(text):
			return VCRPy, nil
		case bytes.Contains(text, []byte("interactions:")):
			return GoVCR, nil
		}
		return "", errors.New("this is neither HAR nor a cassette of go-vcr, of VCR.py or of Ruby's VCR, nor mocks of Dev Proxy, nor mappings of WireMock, nor graph-shapes")
	}
	has := map[string]bool{}
	d := json.NewDecoder(bytes.NewReader(trimmed))
	if _, err := d.Token(); err == nil {
		for d.More() {
			name, err := d.Token()
			if err != nil {
				break
			}
			text, _ := name.(string)
			has[text] = true
			var value json.RawMessage
			if d.Decode(&value) != nil {
				break
			}
		}
	}
	switch {
	case has["http_interactions"]:
		return VCR, nil
	case has["interactions"]:
		return VCRPy, nil
	case has["log"]:
		return HAR, nil
	case has["mocks"]:
		return DevProxy, nil
	case has["responseHeaders"] && has["status"] && has["url"]:
		return GraphShapes, nil
	case has["mappings"], has["request"]:
		return WireMock, nil
	}
	return "", errors.New("this JSON is neither HAR nor mocks of Dev Proxy nor mappings of WireMock nor graph-shapes")
}

var bom = []byte("\xef\xbb\xbf")

// Read makes a conversation of a text. beside is the folder of files that it names; nil
// where there are none. Errors are of type *conversation.Error.
func Read(name string, text []byte, format Format, beside fs.FS) (*conversation.File, []Note, error) {
	r := &reader{file: &conversation.File{Name: name}, text: bytes.TrimPrefix(text, bom), beside: beside}
	read := map[Format]func(*reader) error{HAR: (*reader).har, GoVCR: (*reader).vcr, VCRPy: (*reader).vcrPy, VCR: (*reader).vcrRuby, DevProxy: (*reader).devProxy, WireMock: (*reader).wireMock, GraphShapes: (*reader).shapes}[format]
	if read == nil {
		return nil, nil, fmt.Errorf("%q is none of %s", format, list(Readable()))
	}
	if i := invalid(r.text); i >= 0 && !bytes.HasPrefix(r.text, gzipMagic) {
		return nil, nil, &conversation.Error{File: name, Line: line(r.text, int64(i)), Err: errors.New("the text is not UTF-8")}
	}
	if err := read(r); err != nil {
		e, ok := errors.AsType[*conversation.Error](err)
		if !ok {
			e = &conversation.Error{Err: err}
		}
		e.File = name
		return nil, nil, e
	}
	if len(r.file.Exchanges) == 0 && len(r.notes) == 0 {
		return nil, nil, &conversation.Error{File: name, Err: errors.New("no exchange")}
	}
	return r.file, r.notes, nil
}

// invalid is where a text is not UTF-8; -1: nowhere.
func invalid(text []byte) int {
	for i := 0; i < len(text); {
		c, n := utf8.DecodeRune(text[i:])
		if c == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// Write writes a conversation in another format.
func Write(f *conversation.File, format Format) ([]byte, []Note, error) {
	write := map[Format]func(*conversation.File) (any, []Note, error){HAR: writeHAR, DevProxy: writeDevProxy, WireMock: writeWireMock}[format]
	if write == nil {
		return nil, nil, fmt.Errorf("%q is none of %s", format, list(Writable()))
	}
	v, notes, err := write(f)
	if err != nil {
		return nil, nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, nil, err
	}
	return b.Bytes(), notes, nil
}

func list(formats []Format) string {
	var out []string
	for _, f := range formats {
		out = append(out, string(f))
	}
	return strings.Join(out, ", ")
}

// reader makes a conversation of one file.
type reader struct {
	file   *conversation.File
	text   []byte
	beside fs.FS
	notes  []Note
}

func (r *reader) note(line int, format string, args ...any) {
	r.notes = append(r.notes, Note{Line: line, Reason: fmt.Sprintf(format, args...)})
}

// remark notes what of an exchange is not as it was.
func (r *reader) remark(line int, format string, args ...any) {
	r.notes = append(r.notes, Note{line, fmt.Sprintf(format, args...), true})
}

// lenient decodes an element and remarks a member that nobody here knows.
func (r *reader) lenient(e *element, into any) error {
	err := e.decode(into, true)
	if err == nil {
		return nil
	}
	_, name, unknown := strings.Cut(err.Error(), "unknown field ")
	if !unknown {
		return err
	}
	r.remark(e.line, "the member %s is not known and has no effect; there may be others", name)
	return e.decode(into, false)
}

// at is an error with its line.
func at(line int, format string, args ...any) error {
	return &conversation.Error{Line: line, Err: fmt.Errorf(format, args...)}
}

// element is a member of a list with the line where it begins.
type element struct {
	raw  json.RawMessage
	line int
}

// elements are those of the list at path of a JSON text, which is read to its end.
func elements(text []byte, path ...string) ([]element, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	out, err := descend(d, text, path)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = at(line(text, d.InputOffset()), "the file goes on behind its end")
		}
	}
	if err != nil {
		return nil, placed(text, d, err)
	}
	return out, nil
}

// placed gives an error of the decoder its line.
func placed(text []byte, d *json.Decoder, err error) error {
	if _, ok := errors.AsType[*conversation.Error](err); ok {
		return err
	}
	offset := d.InputOffset()
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = max(offset, e.Offset)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return at(line(text, int64(len(text))), "the file ends in the middle")
	}
	return at(line(text, offset), "%w", err)
}

func descend(d *json.Decoder, text []byte, path []string) ([]element, error) {
	open, err := d.Token()
	if err != nil {
		return nil, err
	}
	if len(path) == 0 {
		if open != json.Delim('[') {
			return nil, at(line(text, d.InputOffset()), "a list is expected")
		}
		var out []element
		for d.More() {
			begin := d.InputOffset()
			var raw json.RawMessage
			if err := d.Decode(&raw); err != nil {
				return nil, err
			}
			out = append(out, element{raw, line(text, begin+int64(len(text[begin:])-len(bytes.TrimLeft(text[begin:], " \t\r\n,"))))})
		}
		_, err := d.Token()
		return out, err
	}
	if open != json.Delim('{') {
		return nil, at(line(text, d.InputOffset()), "an object with %s is expected", path[0])
	}
	var out []element
	found := false
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		if name == path[0] {
			found = true
			if out, err = descend(d, text, path[1:]); err != nil {
				return nil, err
			}
			continue
		}
		var other json.RawMessage
		if err := d.Decode(&other); err != nil {
			return nil, err
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if !found {
		return nil, at(line(text, d.InputOffset()), "%s is missing", path[0])
	}
	return out, nil
}

func line(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(max(offset, 0), int64(len(text)))], []byte{'\n'})
}

// decode reads an element strictly: strict refuses members that nobody here knows.
func (e *element) decode(into any, strict bool) error {
	d := json.NewDecoder(bytes.NewReader(e.raw))
	if strict {
		d.DisallowUnknownFields()
	}
	if err := d.Decode(into); err != nil {
		within := d.InputOffset()
		if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			within = t.Offset
			err = fmt.Errorf("%s is no %s", t.Field, t.Type)
		}
		return at(e.line+line(e.raw, within)-1, "%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

// recorded makes the file a recording: what most requests went to becomes the upstream,
// and their URLs paths.
func (r *reader) recorded() {
	count := map[string]int{}
	best := ""
	for _, x := range r.file.Exchanges {
		o := originOf(x.Request)
		if count[o]++; o != "" && (best == "" || count[o] > count[best]) {
			best = o
		}
	}
	if r.file.Recording == nil {
		r.file.Recording = &conversation.Recording{}
	}
	r.file.Recording.Upstream = best
	for _, x := range r.file.Exchanges {
		if best != "" && originOf(x.Request) == best {
			method, target, _ := strings.Cut(x.Request, " ")
			path := strings.TrimPrefix(target, best)
			if !strings.HasPrefix(path, "/") {
				path = "/" + path
			}
			x.Request = method + " " + path
		}
	}
}

// originOf is the scheme and host of the URL of a request.
func originOf(request string) string {
	_, target, _ := strings.Cut(request, " ")
	scheme, rest, ok := strings.Cut(target, "://")
	if !ok {
		return ""
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	return scheme + "://" + rest[:end]
}

// passing are headers of the way, and of encodings that files of others have undone.
var passing = []string{"connection", "content-encoding", "content-length", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "host", "accept-encoding"}

func passes(name string) bool {
	return strings.HasPrefix(name, ":") || slices.Contains(passing, strings.ToLower(name))
}

// target refuses what is no request line.
func target(method, url string) (string, error) {
	switch {
	case method == "" || strings.ContainsAny(method, " \t\r\n"):
		return "", fmt.Errorf("%q is no method", method)
	case url == "" || strings.ContainsAny(url, " \t\r\n"):
		return "", fmt.Errorf("%q is no URL", url)
	}
	return strings.ToUpper(method) + " " + conversation.Escape(url), nil
}
