package odata

import (
	"strings"
	"unicode/utf8"
)

// Limits of a path. The door refuses long URLs before (B-2.31); these keep a
// caller that has no door from being surprised.
const (
	maxPath     = 16 << 10
	maxSegments = 1000
)

// Path is the path of a request behind the version.
type Path struct{ Segments []Segment }

// Segment is one step of a path. Empty segments (a doubled or trailing slash)
// are kept, for the walker to skip (B-3.12, C-1.11).
type Segment struct {
	Text   string  // decoded once; the name before the parentheses when Parens
	Raw    string  // as it came
	Off    int     // of Raw in the escaped path
	Parens bool    // name(...): a key, or the arguments of a function
	Args   string  // decoded text inside the parentheses
	Params []Param // Args read; nil when they are not a list of values
	Colon  bool    // Text is the file path between the colons of root:/a/b: (B-3.9)
}

// Full is the whole decoded text of the segment, for a key that merely looks
// like a call.
func (s Segment) Full() string {
	if s.Parens {
		return s.Text + "(" + s.Args + ")"
	}
	return s.Text
}

// ParsePath reads an escaped path without version and query. The leading
// slash may be missing. Every error is an *Error.
func ParsePath(escaped string) (Path, error) {
	var p Path
	err := p.Parse(escaped)
	return p, err
}

// Parse is ParsePath into the memory of a path that is no longer used. After an
// error the path is empty.
func (p *Path) Parse(escaped string) error {
	r := pathReader{text: escaped, path: Path{Segments: p.Segments[:0]}}
	p.Segments = p.Segments[:0]
	if len(escaped) > maxPath {
		return &Error{Offset: maxPath, Message: "The request path is too long."}
	}
	if strings.HasPrefix(escaped, "/") {
		r.pos = 1
	}
	if r.pos == len(escaped) {
		return nil
	}
	if n := 1 + min(maxSegments, strings.Count(escaped[r.pos:], "/")); n > cap(r.path.Segments) {
		r.path.Segments = make([]Segment, 0, n)
	}
	if isPlain(escaped) && strings.Count(escaped, "/") <= maxSegments {
		r.split()
		*p = r.path
		return nil
	}
	for more := true; more; {
		var err error
		if more, err = r.piece(); err != nil {
			return err
		}
	}
	if r.colon {
		r.close(len(escaped))
	}
	*p = r.path
	return nil
}

// pathReader reads pieces, what stands between two raw slashes. In a colon
// path pieces collect in file until one of them ends in a colon.
type pathReader struct {
	text  string
	pos   int
	path  Path
	colon bool
	file  []string
	start int // offset of the colon path
}

// isPlain reports whether a path is nothing but names and keys, as most are:
// nothing to decode, no parentheses, no colons.
func isPlain(escaped string) bool {
	for i := 0; i < len(escaped); i++ {
		switch c := escaped[i]; {
		case c == '%', c == '(', c == ':', c >= utf8.RuneSelf:
			return false
		}
	}
	return true
}

func (r *pathReader) split() {
	for start := r.pos; start <= len(r.text); {
		end := len(r.text)
		if n := strings.IndexByte(r.text[start:], '/'); n >= 0 {
			end = start + n
		}
		text := r.text[start:end]
		r.path.Segments = append(r.path.Segments, Segment{Text: text, Raw: text, Off: start})
		start = end + 1
	}
}

// piece reads one piece and reports whether another follows.
func (r *pathReader) piece() (bool, error) {
	start := r.pos
	end := strings.IndexByte(r.text[start:], '/')
	if end < 0 {
		end = len(r.text)
	} else {
		end += start
	}
	if !r.colon {
		end = callEnd(r.text, start, end)
	}
	raw := r.text[start:end]
	text, ok := unescape(raw, false)
	if !ok {
		return false, &Error{Offset: start, Message: "The request path is not valid UTF-8."}
	}
	r.pos = end + 1
	if !r.colon && !opensInside(text) {
		r.plain(text, raw, start)
	} else {
		for _, part := range strings.Split(text, "/") {
			if r.colon {
				r.filePart(part, start, end)
			} else {
				r.plain(part, raw, start)
			}
		}
	}
	if len(r.path.Segments) > maxSegments {
		return false, &Error{Offset: start, Message: "The request path has too many segments."}
	}
	return end < len(r.text), nil
}

// opensInside tells root%3A%2Fa.txt, one segment that holds a colon path
// (C-1.13), from a key that holds a URL or a call whose argument does.
func opensInside(text string) bool {
	if !strings.Contains(text, ":/") || strings.Contains(text, "://") {
		return false
	}
	_, _, call := splitCall(strings.TrimSuffix(text, ":"))
	return !call
}

// plain adds a piece outside of a colon path. A colon at its end opens one; a
// colon inside, as in a chat's id, is text.
func (r *pathReader) plain(text, raw string, off int) {
	if len(text) > 1 && text[len(text)-1] == ':' {
		text = text[:len(text)-1]
		r.colon, r.file, r.start = true, nil, off
	}
	s := Segment{Text: text, Raw: raw, Off: off}
	if name, args, ok := splitCall(text); ok {
		s.Text, s.Args, s.Parens = name, args, true
		s.Params = parseParams(args)
	}
	r.path.Segments = append(r.path.Segments, s)
}

// filePart adds a name of a file path. Clients that synchronize a folder write its
// paths as they stand on the disk, root:/.%2FCharts, and mean Charts.
func (r *pathReader) filePart(part string, start, end int) {
	if r.file == nil {
		r.start, r.file = start, []string{}
	}
	name, closed := strings.CutSuffix(part, ":")
	if name != "." {
		r.file = append(r.file, name)
	}
	if closed {
		r.close(end)
	}
}

func (r *pathReader) close(end int) {
	r.path.Segments = append(r.path.Segments, Segment{
		Text: strings.Join(r.file, "/"), Raw: r.text[r.start:end], Off: r.start, Colon: true,
	})
	r.colon, r.file = false, nil
}

// String prints a path that parses into an equal one.
func (p Path) String() string {
	var b strings.Builder
	for _, s := range p.Segments {
		switch {
		case s.Colon:
			b.WriteString(":/")
			for i, part := range strings.Split(s.Text, "/") {
				if i > 0 {
					b.WriteByte('/')
				}
				escapePath(&b, part)
			}
			b.WriteByte(':')
		default:
			b.WriteByte('/')
			escapePath(&b, s.Full())
		}
	}
	return b.String()
}
