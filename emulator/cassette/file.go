package cassette

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/scrub"
)

// ScrubFile scrubs a conversation and the files beside it where they lie, and tells
// how many exchanges were changed. A file without anything to scrub stays as it is, its
// comments too.
func ScrubFile(name string, s *scrub.Scrubber) (int, error) {
	f, err := conversation.ReadFile(name)
	if err != nil {
		return 0, err
	}
	n, sides, err := Scrub(f, s)
	if err != nil || n == 0 {
		return 0, err
	}
	for side, data := range sides {
		if err := replace(filepath.Join(filepath.Dir(name), filepath.FromSlash(side)), data); err != nil {
			return 0, err
		}
	}
	text, err := f.Append(nil)
	if err != nil {
		return 0, err
	}
	return n, replace(name, text)
}

// Scrub scrubs a conversation that is on no disk yet, and tells how many exchanges were
// changed, and what the files beside it would have to hold.
func Scrub(f *conversation.File, s *scrub.Scrubber) (n int, sides map[string][]byte, err error) {
	sides = map[string][]byte{}
	for i, x := range f.Exchanges {
		out, more, err := scrubExchange(x, s)
		if err != nil {
			return 0, nil, err
		}
		if out == nil {
			continue
		}
		n++
		f.Exchanges[i] = out
		maps.Copy(sides, more)
	}
	if f.Recording != nil {
		f.Recording.Upstream = s.Target(f.Recording.Upstream)
	}
	return n, sides, nil
}

// replace writes a file beside its place first: a failure leaves the old one.
func replace(name string, data []byte) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(info.Mode().Perm()), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// scrubExchange gives an exchange as it should be, and the content of its side files;
// nil where it is so already.
func scrubExchange(x *conversation.Exchange, s *scrub.Scrubber) (*conversation.Exchange, map[string][]byte, error) {
	out, sides := *x, map[string][]byte{}
	changed := false
	if method, target, _ := strings.Cut(x.Request, " "); true {
		out.Request = method + " " + s.Target(target)
		changed = out.Request != x.Request
	}
	for _, h := range []*[]conversation.Header{&out.Headers, &out.AnswerHeaders} {
		list := scrubHeaders(slices.Clone(*h), s)
		changed = changed || !slices.Equal(list, *h)
		*h = list
	}
	for _, b := range []struct {
		body    *conversation.Body
		headers []conversation.Header
	}{{&out.Body, x.Headers}, {&out.Answer, x.AnswerHeaders}} {
		if b.body.Form == conversation.None {
			continue
		}
		source, err := b.body.Source()
		if err != nil {
			return nil, nil, err
		}
		data := s.Body(headerOf(b.headers, "Content-Type", "application/json"), source)
		if bytes.Equal(data, source) {
			continue
		}
		changed = true
		switch b.body.Form {
		case conversation.SideFile:
			sides[b.body.Path] = data
		default:
			*b.body = conversation.Body{Form: b.body.Form, Data: data}
		}
	}
	if !changed {
		return nil, nil, nil
	}
	return &out, sides, nil
}

// scrubHeaders scrubs headers where they lie.
func scrubHeaders(list []conversation.Header, s *scrub.Scrubber) []conversation.Header {
	out := list[:0]
	for _, h := range list {
		if !h.None {
			v, ok := s.Header(h.Name, h.Value)
			if !ok {
				continue
			}
			h.Value = v
		}
		out = append(out, h)
	}
	return out
}

// Finding is something in a conversation that looks like a secret.
type Finding struct {
	Line int    // of the exchange
	Kind string // "member", "parameter", "header", …
	At   string // its name, or what it looks like
}

// Secrets looks in a conversation, and in the files beside it, for what scrubbing would
// take for secrets. Options are rules of one's own.
func Secrets(name string, opts ...scrub.Option) ([]Finding, error) {
	f, err := conversation.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var out []Finding
	line := 0
	s, err := scrub.New(append(opts, scrub.WithoutPseudonyms(), scrub.WithFinder(func(kind, at string) {
		out = append(out, Finding{line, kind, at})
	}))...)
	if err != nil {
		return nil, err
	}
	for _, x := range f.Exchanges {
		line = x.Line
		if _, _, err := scrubExchange(x, s); err != nil {
			return nil, err
		}
	}
	return out, nil
}
