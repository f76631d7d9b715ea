package scrub

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"mime"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// Scrubber scrubs what belongs together. It is safe for concurrent use.
type Scrubber struct {
	key      [sha256.Size]byte     // the hash of WithKey
	names    bool                  // WithoutPseudonyms
	kept     map[string]bool       // WithKept, in lower case
	pointers [][]string            // WithPointer
	headers  map[string]bool       // WithHeader, in lower case
	patterns []*regexp.Regexp      // WithPattern
	found    func(kind, at string) // WithFinder
	told     func(name, in string) // WithMapping

	standIns standIns
	known    secrets
}

// secrets were met under their names, and are replaced wherever they are met again.
type secrets struct {
	mu      sync.Mutex
	all     map[string]string // with their stand-ins
	met     atomic.Int64      // how often one was added or got another stand-in
	lengths atomic.Uint64     // a bit for each length that one has; the last for all above
}

const maxLength = 63 // that has a bit of its own

func (k *secrets) add(value, out string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if before, ok := k.all[value]; ok && before == out || !ok && len(k.all) >= maxSecrets {
		return
	}
	if k.all == nil {
		k.all = map[string]string{}
	}
	k.all[strings.Clone(value)] = out // it may be part of something large
	k.lengths.Or(1 << min(len(value), maxLength))
	k.met.Add(1)
}

// find gives the stand-in of a secret that has been met before.
func (k *secrets) find(word string) (string, bool) {
	if !k.has(len(word)) {
		return "", false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	out, ok := k.all[word]
	return out, ok
}

// has reports whether a secret of so many characters may be known.
func (k *secrets) has(n int) bool { return k.lengths.Load()&(1<<min(n, maxLength)) != 0 }

// upTo reports whether a secret is known that may stand in a text of n characters.
func (k *secrets) upTo(n int) bool {
	return k.lengths.Load()&(1<<(min(n, maxLength)+1)-1) != 0
}

// Bounds of what a Scrubber remembers.
const (
	maxSecrets = 1 << 12
	minSecret  = 8 // characters
)

// Option is a choice of how to scrub.
type Option func(*Scrubber) error

// New makes a Scrubber.
func New(opts ...Option) (*Scrubber, error) {
	s := &Scrubber{key: sha256.Sum256([]byte("graph-emulator")), names: true, kept: map[string]bool{}, headers: map[string]bool{}}
	for _, o := range opts {
		if err := o(s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// WithKey makes stand-ins of names with a key of one's own: only who has it can tell
// whether a name occurs. The key has to be the same where a recording is replayed to
// a client that knows the real names.
func WithKey(key string) Option {
	return func(s *Scrubber) error {
		if key == "" {
			return fmt.Errorf("the key of stand-ins is empty")
		}
		s.key = sha256.Sum256([]byte(key))
		return nil
	}
}

// WithoutPseudonyms leaves names as they are. Secrets still go.
func WithoutPseudonyms() Option {
	return func(s *Scrubber) error { s.names = false; return nil }
}

// WithKept leaves these names as they are, wherever they stand: GUIDs, addresses, hosts
// and domains, the last with everything below them.
func WithKept(names ...string) Option {
	return func(s *Scrubber) error {
		for _, n := range names {
			s.kept[strings.ToLower(n)] = true
		}
		return nil
	}
}

// WithPointer takes out the value at a JSON pointer of every body, unless it is null. *
// stands for any member or element: /value/*/mobilePhone.
func WithPointer(pointer string) Option {
	return func(s *Scrubber) error {
		if !strings.HasPrefix(pointer, "/") {
			return fmt.Errorf("%q is not a JSON pointer; it begins with a slash", pointer)
		}
		var path []string
		for part := range strings.SplitSeq(pointer[1:], "/") {
			path = append(path, strings.NewReplacer("~1", "/", "~0", "~").Replace(part))
		}
		s.pointers = append(s.pointers, path)
		return nil
	}
}

// WithHeader takes out the values of a header.
func WithHeader(name string) Option {
	return func(s *Scrubber) error {
		if name == "" {
			return fmt.Errorf("the name of a header is empty")
		}
		s.headers[strings.ToLower(name)] = true
		return nil
	}
}

// WithPattern takes out what a regular expression matches; of one with groups, what
// the groups match.
func WithPattern(pattern string) Option {
	return func(s *Scrubber) error {
		re, err := regexp.Compile(pattern)
		if err == nil && re.MatchString("") {
			err = fmt.Errorf("%q matches nothing at all, which is everywhere", pattern)
		}
		s.patterns = append(s.patterns, re)
		return err
	}
}

// WithFinder is told of each secret that is taken out: its kind, and what it stood
// under or looks like. It may be called from several goroutines.
func WithFinder(found func(kind, at string)) Option {
	return func(s *Scrubber) error { s.found = found; return nil }
}

// WithMapping is told of the names that are met, each with its stand-in: GUIDs, addresses,
// hosts, and the words that stand in front of the at sign or name a tenant, in lower case.
// What is kept, or a stand-in already, is its own. The same may be told more than once,
// from several goroutines.
func WithMapping(told func(name, standIn string)) Option {
	return func(s *Scrubber) error { s.told = told; return nil }
}

// secret is what stands in place of a secret. The kind and where it stood are for the
// finder.
func (s *Scrubber) secret(kind, at, value string, distinct bool) string {
	if value == "" || isStandIn(value) {
		return value
	}
	if s.found != nil {
		s.found(kind, at)
	}
	out := scrubbed
	if distinct && len(value) >= 20 { // shorter ones could be guessed from their hash
		out = string(s.hash([]byte(scrubbed+"-"), "secret", value, 12))
	}
	if singular(value) {
		s.known.add(value, out)
	}
	return out
}

// singular reports whether a secret is a word of its own, that may be looked for in other
// places: what could be a common word is not.
func singular(v string) bool {
	if len(v) < minSecret {
		return false
	}
	digits, capitals := 0, 0
	for i := range len(v) {
		switch {
		case v[i] >= '0' && v[i] <= '9':
			digits++
		case v[i] >= 'A' && v[i] <= 'Z':
			capitals++
		}
	}
	return len(v) >= 20 || digits > 0 && digits < len(v) || capitals == len(v)
}

// Text scrubs a text that is not known to be anything in particular.
func (s *Scrubber) Text(text string) string {
	if bareGUID(s, text) {
		return s.guid(text)
	}
	if out, ok := keptText(s, otherText, text); ok {
		return out
	}
	met := s.known.met.Load()
	return s.keepText(otherText, text, s.text(text, false), met)
}

func (s *Scrubber) text(text string, form bool) string {
	for _, re := range s.patterns {
		text = s.pattern(re, text)
	}
	text = s.large(text)
	c := scan{s: s, in: text, form: form}
	return c.run()
}

// pattern takes out what an own expression matches.
func (s *Scrubber) pattern(re *regexp.Regexp, text string) string {
	var b strings.Builder
	rest := 0
	for _, m := range re.FindAllStringSubmatchIndex(text, -1) {
		spans := m[2:]
		if len(spans) == 0 {
			spans = m
		}
		for i := 0; i+1 < len(spans); i += 2 {
			if spans[i] < rest || spans[i] < 0 || spans[i] == spans[i+1] { // a group inside another, or without a part
				continue
			}
			b.WriteString(text[rest:spans[i]])
			b.WriteString(s.secret("pattern", re.String(), text[spans[i]:spans[i+1]], false))
			rest = spans[i+1]
		}
	}
	b.WriteString(text[rest:])
	return b.String()
}

// Target scrubs the target of a request: a path with query, or a URL.
func (s *Scrubber) Target(target string) string { return s.Text(target) }

// Header scrubs the value of a header, and reports whether it may be kept at all.
func (s *Scrubber) Header(name, value string) (string, bool) {
	if len(s.headers)+len(s.patterns) == 0 && plainHeader(name) {
		return value, true
	}
	if len(s.headers) > 0 || name != "" && secretFirsts.may(len(name), name[0]) {
		lower := strings.ToLower(name)
		if secretHeaders[lower] {
			if s.found != nil && !isStandIn(value) {
				s.found("header", name)
			}
			return "", false
		}
		if s.headers[lower] {
			return s.secret("header", name, value, false), true
		}
	}
	return s.Text(value), true
}

// Found counts the secrets that have been met. While it stays the same, what is scrubbed again
// becomes what it became before.
func (s *Scrubber) Found() int64 { return s.known.met.Load() }

// Body scrubs a body of the given Content-Type. What is neither JSON nor a text comes
// back as it is, and so does what has nothing to scrub, byte for byte.
func (s *Scrubber) Body(contentType string, data []byte) []byte {
	return s.BodyIn(nil, contentType, data)
}

// BodyIn is Body for who has memory to spare: what is JSON and has something to scrub is
// written into buf, as far as it has room.
func (s *Scrubber) BodyIn(buf []byte, contentType string, data []byte) []byte {
	if len(data) == 0 || !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return data
	}
	if first := firstByte(data); first == '{' || first == '[' || first == '"' || first == '-' || first >= '0' && first <= '9' {
		before := s.known.met.Load()
		if out, ok := s.json(buf[:0], data); ok {
			if s.known.met.Load() > before { // they may stand in front of where they were met
				out, _ = s.json(nil, out)
			}
			return out
		}
	}
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		media = ""
	}
	text := string(data)
	if strings.Contains(media, "html") || strings.Contains(media, "xml") {
		text = s.markup(text)
	}
	return []byte(s.text(text, media == "application/x-www-form-urlencoded"))
}

func firstByte(data []byte) byte {
	for _, c := range data {
		if c > ' ' {
			return c
		}
	}
	return 0
}
