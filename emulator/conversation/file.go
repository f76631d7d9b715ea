package conversation

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"gopkg.in/yaml.v3"
)

// Format is the version of recordings that this package reads and writes.
const Format = 1

// File is a conversation as it stands in one file.
type File struct {
	Name      string     // as errors name it
	Recording *Recording // nil: the exchanges were thought up
	Options   []Option
	Exchanges []*Exchange
}

// Recording says where the exchanges of a file come from.
type Recording struct {
	Upstream string    // the origin that paths of requests belong to; empty: requests are whole URLs
	Made     time.Time // zero: not known
	// Open says that the recording goes on, or that its recorder was killed: what stands
	// behind its last whole exchange is not read.
	Open bool
}

// Option is an option of the emulator that the conversation is held with. The
// format knows no names; whoever starts the emulator does.
type Option struct {
	Name  string
	Value any // bool, int, float64, string, []any or map[string]any
	Line  int
}

// Exchange is a request and its answer.
type Exchange struct {
	Line    int    // where it begins; 0: it was not read from a file
	Request string // "GET /v1.0/me", "GET https://graph.microsoft.com/v1.0/me"
	// Rules are the numbers of rules in docs/behavior, without which the answer would be
	// another one; nil of what is no test.
	Rules   []string
	As      string // who calls; empty: whoever calls by default
	Headers []Header
	Body    Body

	Status        int
	AnswerHeaders []Header
	Answer        Body
	Partial       bool // other members of the answer do not matter
	Took          time.Duration

	Stub bool // answers in the emulator's stead; what follows is of stubs only
	How  Stub
}

// Stub says when and how a stub answers. The zero value always does, at once.
type Stub struct {
	Skip    int           // so many requests that it matches pass first
	Times   int           // so many it answers then; 0: all
	Delay   time.Duration // on the emulator's clock
	Fault   Body          // JSON, in the words of package fault, in the answer's stead
	Through bool          // the emulator answers, with the stub's answerHeaders
}

// Header is one header with one value. A name may come more than once.
type Header struct {
	Name, Value string
	None        bool // the request is sent without it
}

// ReadFile reads a file of the file system.
func ReadFile(name string) (*File, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return Parse(name, text, os.DirFS(filepath.Dir(name)))
}

// Parse reads the text of a file. beside is the folder that side files are in; nil
// where there are none. Side files have to be there, and are read when they are
// wanted.
func Parse(name string, text []byte, beside fs.FS) (*File, error) {
	r := &reader{file: &File{Name: name}, beside: beside}
	if err := r.read(text); err != nil {
		return nil, err
	}
	return r.file, nil
}

// ParseStubs reads a text in which every exchange is a stub, whether it says so or not.
func ParseStubs(name string, text []byte) (*File, error) {
	r := &reader{file: &File{Name: name}, stubs: true}
	if err := r.read(text); err != nil {
		return nil, err
	}
	return r.file, nil
}

// Body is what a request or an answer carries.
type Body struct {
	Form Form
	// Data is JSON that was not read from a file, a text, both with markers, or
	// the bytes of Base64.
	Data []byte
	Path string // of a File, from the folder of the conversation

	files  fs.FS
	parsed *yaml.Node // JSON that was read: with lines, markers as they stand; nil: see Data
	lines  []byte     // as it is written behind its name, where Written has made it; there is nothing else then
}

// Line returns the line of JSON that was read from a file, and zero of any other body.
func (b *Body) Line() int {
	if b.parsed == nil {
		return 0
	}
	return b.parsed.Line
}

// Form is how a body is written down.
type Form uint8

// The forms of a body. None means that a request has no body, and that an answer may
// have any.
const (
	None Form = iota
	JSON
	Text
	Base64
	SideFile
	Raw // bytes whose form is chosen when they are written: nothing that was read has it
)
