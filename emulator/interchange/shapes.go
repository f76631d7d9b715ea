package interchange

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
)

// maxShapes bounds the size of a decompressed file of shapes.
const maxShapes = 1 << 30

// Shape is one exchange of a graph-shapes file: an exchange with a real service, and what
// is known of its origin. Its values are stand-ins, so only its form means anything.
type Shape struct {
	Exchange *conversation.Exchange // its request is a whole URL
	Source   string                 // the project that published the recording
	File     string                 // the file of that project
	Recorded time.Time              // the first day of its month; zero: not known
	// Operation is method, version and path with {} for ids, and the query options. Comparable
	// exchanges have the same one. Empty where the file does not say it.
	Operation string
	// Derived says that the recording held no request: method and URL were derived from the
	// answer, and the body of the request is not known.
	Derived bool
	// BatchPart says that the answer was one item of a $batch answer, with that item's headers.
	BatchPart bool
	// Trimmed gives the original length of lists that were shortened, by their place, such as
	// value[].appRoles.
	Trimmed map[string]int
}

// shapeLine is one line of a graph-shapes file.
type shapeLine struct {
	Source          string            `json:"source"`
	File            string            `json:"file"`
	Recorded        string            `json:"recorded"`
	Method          string            `json:"method"`
	URL             string            `json:"url"`
	RequestDerived  bool              `json:"requestDerived"`
	BatchPart       bool              `json:"batchPart"`
	RequestHeaders  map[string]string `json:"requestHeaders"`
	RequestBody     json.RawMessage   `json:"requestBody"`
	Status          int               `json:"status"`
	ResponseHeaders map[string]string `json:"responseHeaders"`
	Body            json.RawMessage   `json:"body"`
	BodyNote        string            `json:"bodyNote"`
	Trimmed         map[string]int    `json:"trimmed"`
	Operation       string            `json:"operation"`
}

// Shapes reads a file of the format graph-shapes, gzipped or not, one exchange at a time. An
// error is of type *conversation.Error, without the name of the file, and ends the sequence.
func Shapes(r io.Reader) iter.Seq2[Shape, error] {
	return func(yield func(Shape, error) bool) {
		plain, err := decompressed(r)
		if err != nil {
			yield(Shape{}, at(1, "%w", err))
			return
		}
		lines := bufio.NewReaderSize(plain, 1<<16)
		for n := 1; ; n++ {
			text, err := lines.ReadBytes('\n')
			if err != nil && !errors.Is(err, io.EOF) {
				yield(Shape{}, at(n, "%w", err))
				return
			}
			if len(bytes.TrimSpace(text)) > 0 {
				s, wrong := shapeOf(bytes.TrimPrefix(text, bom))
				if wrong != nil {
					yield(Shape{}, at(n, "%w", wrong))
					return
				}
				s.Exchange.Line = n
				if !yield(s, nil) {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}
}

// decompressed reads a gzipped text as its content, and any other text as it is.
func decompressed(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	if head, _ := b.Peek(2); !bytes.Equal(head, gzipMagic) {
		return b, nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, err
	}
	return &bounded{z, maxShapes}, nil
}

var gzipMagic = []byte{0x1f, 0x8b}

// bounded fails after n bytes, so that a small file cannot fill the memory.
type bounded struct {
	r io.Reader
	n int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.n <= 0 {
		return 0, fmt.Errorf("the decompressed text has more than %d bytes", int64(maxShapes))
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.n)])
	b.n -= int64(n)
	return n, err
}

func shapeOf(text []byte) (s Shape, err error) {
	if i := invalid(text); i >= 0 {
		return s, errors.New("the text is not UTF-8")
	}
	var l shapeLine
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&l); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return s, errors.New("the line ends in the middle of its JSON")
		}
		return s, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return s, errors.New("a line holds one exchange, and this one holds more")
	}
	if l.Status < 100 || l.Status > 599 {
		return s, fmt.Errorf("the status %d is not that of an HTTP answer", l.Status)
	}
	x := &conversation.Exchange{Status: l.Status, Headers: shapeHeaders(l.RequestHeaders), AnswerHeaders: shapeHeaders(l.ResponseHeaders)}
	if x.Request, err = target(l.Method, strings.ReplaceAll(l.URL, " ", "%20")); err != nil {
		return s, err
	}
	if x.Body, err = shapeBody(l.RequestBody); err != nil {
		return s, err
	}
	if x.Answer, err = shapeBody(l.Body); err != nil {
		return s, err
	}
	s = Shape{Exchange: x, Source: l.Source, File: l.File, Operation: l.Operation, Derived: l.RequestDerived, BatchPart: l.BatchPart, Trimmed: l.Trimmed}
	if l.Recorded != "" {
		if s.Recorded, err = time.Parse("2006-01", l.Recorded); err != nil {
			return s, fmt.Errorf("recorded: %q is not a year and month such as 2024-05", l.Recorded)
		}
	}
	return s, nil
}

// shapeBody reads a body: null is none, a JSON text is a text, anything else is JSON without
// blanks, as a conversation holds it.
func shapeBody(raw json.RawMessage) (conversation.Body, error) {
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return conversation.Body{}, nil
	case raw[0] == '"':
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return conversation.Body{}, err
		}
		return conversation.Literal([]byte(text)), nil
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		return conversation.Body{}, err
	}
	return conversation.Literal(compact.Bytes()), nil
}

func shapeHeaders(m map[string]string) (out []conversation.Header) {
	for name, v := range m {
		if name != "" && !passes(name) {
			out = append(out, conversation.Header{Name: name, Value: conversation.Escape(v)})
		}
	}
	slices.SortFunc(out, func(a, b conversation.Header) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// shapes reads a graph-shapes file as a recording.
func (r *reader) shapes() error {
	for s, err := range Shapes(bytes.NewReader(r.text)) {
		if err != nil {
			return err
		}
		r.file.Exchanges = append(r.file.Exchanges, s.Exchange)
		if r.file.Recording == nil || s.Recorded.Before(r.file.Recording.Made) {
			r.file.Recording = &conversation.Recording{Made: s.Recorded}
		}
	}
	r.recorded()
	return nil
}
