package conversation

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// reader makes a File of a text.
type reader struct {
	file   *File
	beside fs.FS
	stubs  bool      // without saying so
	last   *Exchange // for what a recording ends with
	took   bool      // it says how long it took
	extent extent    // of the bodies so far
}

// fault is an error with the line that it is about.
type fault struct {
	line int
	err  error
}

func (f *fault) Error() string { return f.err.Error() }

func at(n *yaml.Node, format string, args ...any) error {
	return &fault{n.Line, fmt.Errorf(format, args...)}
}

func (r *reader) read(text []byte) error {
	text = text[:WholeLength(text)]
	d := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var doc yaml.Node
		err := d.Decode(&doc)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return &Error{r.file.Name, 0, err}
		}
		if err := r.document(&doc); err != nil {
			line := doc.Line
			if f, ok := errors.AsType[*fault](err); ok {
				line = f.line
			}
			return &Error{r.file.Name, line, err}
		}
	}
	return r.end(text)
}

// end checks what only the end of a file tells.
func (r *reader) end(text []byte) error {
	switch x := r.last; {
	case r.file.Recording != nil && (len(text) == 0 || text[len(text)-1] != '\n' || x != nil && !r.took):
		line := bytes.Count(text, []byte("\n")) + 1
		return &Error{r.file.Name, line, errors.New("the recording ends in the middle of an exchange: took, its last member, is missing")}
	case x == nil && r.file.Recording == nil:
		return &Error{r.file.Name, 0, errors.New("no exchange")}
	}
	return nil
}

func (r *reader) document(doc *yaml.Node) error {
	nodes := doc.Content
	if len(nodes) == 1 && nodes[0].Kind == yaml.SequenceNode {
		nodes = nodes[0].Content
	}
	for _, n := range nodes {
		if err := r.entry(n); err != nil {
			return err
		}
	}
	return nil
}

// entry reads an exchange, or what heads a file.
func (r *reader) entry(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return at(n, "expected a mapping with a request")
	}
	if len(n.Content) > 0 && heads[n.Content[0].Value] != nil {
		return r.head(n)
	}
	x := &Exchange{Line: n.Line, Stub: r.stubs}
	set := map[string]bool{}
	for i := 0; i < len(n.Content); i += 2 {
		name, v := n.Content[i], n.Content[i+1]
		read, ok := members[name.Value]
		switch {
		case !ok:
			return at(name, "%s: no such member of an exchange", name.Value)
		case set[name.Value]:
			return at(name, "%s: is there twice", name.Value)
		}
		set[name.Value] = true
		if err := read(r, x, name.Value, v); err != nil {
			if _, ok := errors.AsType[*fault](err); !ok {
				err = &fault{v.Line, err}
			}
			return fmt.Errorf("%s: %w", name.Value, err)
		}
	}
	switch {
	case x.Request == "":
		return at(n, "no request")
	case x.Status == 0 && x.How.Fault.Form == None && !x.How.Through:
		return at(n, "no status")
	}
	if err := x.checkStub(n, set); err != nil {
		return err
	}
	r.file.Exchanges = append(r.file.Exchanges, x)
	r.last, r.took = x, set["took"]
	return nil
}

// heads are the members of what heads a file.
var heads = map[string]func(*reader, *yaml.Node) error{
	"options":   (*reader).options,
	"recording": (*reader).recording,
}

func (r *reader) head(n *yaml.Node) error {
	for i := 0; i < len(n.Content); i += 2 {
		name, v := n.Content[i], n.Content[i+1]
		read := heads[name.Value]
		switch {
		case read == nil:
			return at(name, "%s: expected %s alone", name.Value, n.Content[0].Value)
		case len(r.file.Exchanges) > 0:
			return at(name, "%s stand before the first exchange", name.Value)
		case v.Kind != yaml.MappingNode:
			return at(v, "%s: expected a mapping", name.Value)
		}
		if err := read(r, v); err != nil {
			return fmt.Errorf("%s: %w", name.Value, err)
		}
	}
	return nil
}

func (r *reader) options(n *yaml.Node) error {
	for i := 0; i < len(n.Content); i += 2 {
		o := Option{Name: n.Content[i].Value, Line: n.Content[i].Line}
		if err := n.Content[i+1].Decode(&o.Value); err != nil {
			return at(n.Content[i+1], "%w", err)
		}
		r.file.Options = append(r.file.Options, o)
	}
	return nil
}

func (r *reader) recording(n *yaml.Node) error {
	rec, format := &Recording{}, ""
	for i := 0; i < len(n.Content); i += 2 {
		name, v := n.Content[i].Value, n.Content[i+1]
		var err error
		switch name {
		case "format":
			format = v.Value
		case "upstream":
			rec.Upstream = v.Value
		case "state":
			if rec.Open = v.Value == Open; !rec.Open && v.Value != Done {
				err = fmt.Errorf("%q is neither %s nor %s", v.Value, Open, Done)
			}
		case "made":
			rec.Made, err = time.Parse(time.RFC3339, v.Value)
		default:
			err = errors.New("no such member")
		}
		if err != nil {
			return at(v, "%s: %w", name, err)
		}
	}
	if format != strconv.Itoa(Format) {
		return at(n, "format is %q, and this version reads %d", format, Format)
	}
	r.file.Recording = rec
	return nil
}

// members read the members of an exchange, by name.
var members = map[string]func(r *reader, x *Exchange, name string, n *yaml.Node) error{
	"request": func(_ *reader, x *Exchange, _ string, n *yaml.Node) (err error) {
		if x.Request, err = scalar(n); err != nil {
			return err
		}
		if method, target, ok := strings.Cut(x.Request, " "); !ok || method == "" || target == "" {
			return fmt.Errorf("%q is not a method and a path", x.Request)
		}
		return nil
	},
	"rules": func(_ *reader, x *Exchange, _ string, n *yaml.Node) error {
		if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
			return errors.New("expected a list of rules, such as [B-4.1, C-10.8]")
		}
		for _, v := range n.Content {
			switch {
			case v.Kind != yaml.ScalarNode || !rule.MatchString(v.Value):
				return at(v, "%q is not the number of a rule, such as B-4.1", v.Value)
			case slices.Contains(x.Rules, v.Value):
				return at(v, "%s is there twice", v.Value)
			}
			x.Rules = append(x.Rules, v.Value)
		}
		return nil
	},
	"as": func(_ *reader, x *Exchange, _ string, n *yaml.Node) (err error) {
		x.As, err = scalar(n)
		return err
	},
	"headers": func(_ *reader, x *Exchange, _ string, n *yaml.Node) (err error) {
		x.Headers, err = headers(n)
		return err
	},
	"answerHeaders": func(_ *reader, x *Exchange, _ string, n *yaml.Node) (err error) {
		x.AnswerHeaders, err = headers(n)
		return err
	},
	"body": sent, "text": sent, "base64": sent, "file": sent,
	"answer": answered, "expect": answered, "answerText": answered, "answerBase64": answered, "answerFile": answered,
	"status": func(_ *reader, x *Exchange, _ string, n *yaml.Node) error {
		i, err := strconv.Atoi(n.Value)
		if err != nil || i < 100 || i > 999 {
			return fmt.Errorf("%q is not a number from 100 to 999", n.Value)
		}
		x.Status = i
		return nil
	},
	"took":  func(_ *reader, x *Exchange, _ string, n *yaml.Node) error { return span(n, &x.Took) },
	"stub":  func(_ *reader, x *Exchange, _ string, n *yaml.Node) error { return n.Decode(&x.Stub) },
	"skip":  func(_ *reader, x *Exchange, _ string, n *yaml.Node) error { return count(n, &x.How.Skip) },
	"times": func(_ *reader, x *Exchange, _ string, n *yaml.Node) error { return count(n, &x.How.Times) },
	"delay": func(_ *reader, x *Exchange, _ string, n *yaml.Node) error { return span(n, &x.How.Delay) },
	"fault": func(r *reader, x *Exchange, _ string, n *yaml.Node) error {
		if n.Kind != yaml.MappingNode {
			return errors.New("expected a mapping, such as {status: 429, retryAfter: 2}")
		}
		return r.body(&x.How.Fault, JSON, "", n)
	},
	"through": func(_ *reader, x *Exchange, _ string, n *yaml.Node) error { return n.Decode(&x.How.Through) },
}

// rule is the number of a rule of docs/behavior.
var rule = regexp.MustCompile(`^([BC]-[1-9]\d*\.[1-9]\d*|R-[A-Z]{1,2}[1-9]\d*)$`)

// stubs are the members that only stubs have.
var stubs = []string{"skip", "times", "delay", "fault", "through"}

// checkStub refuses members that say nothing together.
func (x *Exchange) checkStub(n *yaml.Node, set map[string]bool) error {
	for _, name := range stubs {
		if set[name] && !x.Stub {
			return at(n, "%s belongs to stubs: stub: true is missing", name)
		}
	}
	if set["rules"] && x.Stub {
		return at(n, "rules are proven by what the emulator answers, not by a stub")
	}
	answers := x.Status != 0 || x.Answer.Form != None
	switch {
	case x.How.Fault.Form != None && (answers || x.How.Through || len(x.AnswerHeaders) > 0):
		return at(n, "fault stands in the answer's stead: leave status and answer out")
	case x.How.Through && answers:
		return at(n, "through lets the emulator answer: leave status and answer out")
	}
	return nil
}

func count(n *yaml.Node, into *int) error {
	i, err := strconv.Atoi(n.Value)
	if err != nil || i < 1 {
		return fmt.Errorf("%q is not a number from 1 on", n.Value)
	}
	*into = i
	return nil
}

func span(n *yaml.Node, into *time.Duration) error {
	d, err := time.ParseDuration(n.Value)
	if err != nil || d < 0 {
		return fmt.Errorf("%q is not a time span; write 12ms or 1.5s", n.Value)
	}
	*into = d
	return nil
}

func sent(r *reader, x *Exchange, name string, n *yaml.Node) error {
	if x.Body.Form != None {
		return errors.New("a request has one of body, text, base64 and file")
	}
	return r.body(&x.Body, forms[name], "text", n)
}

func answered(r *reader, x *Exchange, name string, n *yaml.Node) error {
	if x.Answer.Form != None {
		return errors.New("an exchange has one of answer, expect, answerText, answerBase64 and answerFile")
	}
	x.Partial = name == "expect"
	return r.body(&x.Answer, forms[name], "answerText", n)
}

// forms are the forms of a body by the member that it stands in.
var forms = map[string]Form{
	"body": JSON, "text": Text, "base64": Base64, "file": SideFile,
	"answer": JSON, "expect": JSON, "answerText": Text, "answerBase64": Base64, "answerFile": SideFile,
}

func (r *reader) body(b *Body, form Form, literal string, n *yaml.Node) error {
	b.Form = form
	if form == JSON {
		b.parsed = n
		if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" {
			return fmt.Errorf("expected a mapping or a list; a literal body is %s", literal)
		}
		return r.extent.check(n)
	}
	s, err := scalar(n)
	switch {
	case err != nil:
		return err
	case form == Text:
		b.Data = []byte(s)
	case form == Base64:
		if b.Data, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), "")); err != nil {
			return err
		}
	default:
		b.Path, b.files = s, r.beside
		return b.find()
	}
	return nil
}

// find makes sure that a side file is there, beside the conversation or below.
func (b *Body) find() error {
	if !fs.ValidPath(b.Path) || b.Path == "." || strings.ContainsAny(b.Path, `\:`) {
		return fmt.Errorf("%q is not the path of a file beside this one", b.Path)
	}
	if b.files == nil {
		return fmt.Errorf("%s: there are no files here", b.Path)
	}
	info, err := fs.Stat(b.files, b.Path)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a file", b.Path)
	}
	return err
}

func scalar(n *yaml.Node) (string, error) {
	if n.Kind != yaml.ScalarNode {
		return "", errors.New("expected a text")
	}
	return n.Value, nil
}

func headers(n *yaml.Node) ([]Header, error) {
	if n.Kind != yaml.MappingNode {
		return nil, errors.New("expected a mapping")
	}
	var out []Header
	for i := 0; i < len(n.Content); i += 2 {
		name, values := n.Content[i].Value, []*yaml.Node{n.Content[i+1]}
		if values[0].Kind == yaml.SequenceNode {
			values = values[0].Content
		}
		for _, v := range values {
			s, err := scalar(v)
			if err != nil {
				return nil, at(v, "%s: %w", name, err)
			}
			out = append(out, Header{name, s, v.ShortTag() == "!!null"})
		}
	}
	return out, nil
}
