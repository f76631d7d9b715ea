package cassette

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/scrub"
)

// Mode says when a cassette records and when it answers.
type Mode uint8

// The modes of a cassette.
const (
	Default     Mode = iota // Once, and None where the variable CI is set
	Once                    // record if there is no file yet, else answer from it
	None                    // answer from the file; there has to be one
	NewEpisodes             // answer what is known and record the rest
	All                     // record everything into a new file
)

var modes = [...]string{"", "once", "none", "new_episodes", "all"}

// String is the name of the mode.
func (m Mode) String() string { return modes[m] }

// ParseMode reads once, none, new_episodes or all; nothing is the default.
func ParseMode(name string) (Mode, error) {
	for i, n := range modes {
		if n == name {
			return Mode(i), nil
		}
	}
	return 0, fmt.Errorf("%q is not one of once, none, new_episodes, all", name)
}

// Cassette is an open cassette. It is safe for concurrent use.
type Cassette struct {
	path    string
	mode    Mode
	scrub   *scrub.Scrubber // WithScrubber, WithoutScrubbing; nil: nothing is scrubbed
	matcher Matcher         // WithMatcher
	free    bool            // WithFreeUse
	latency bool            // WithLatency
	parts   bool            // WithBatchParts
	inline  int             // WithInlineLimit
	headers map[string]bool // WithHeaders
	missed  func(*Miss)     // WithMiss
	files   []string        // WithFiles
	now     func() time.Time
	wait    func(time.Duration, <-chan struct{})

	mu       sync.Mutex
	upstream string // WithUpstream: the origin that paths belong to; "": requests are whole URLs
	library  library
	tape     *tape
	err      error // what could not be recorded

	again again
}

// Option is a choice of how to record or to answer.
type Option func(*Cassette) error

// Matcher decides whether an exchange answers a request beyond method, path, query and
// body. It must not change the request, whose body is body.
type Matcher func(r *http.Request, body []byte, x *conversation.Exchange) bool

// DefaultInlineLimit is how many bytes of a body stand in the cassette itself.
const DefaultInlineLimit = 64 << 10

// Open opens the cassette at path. A file that is truncated, or something else, is
// refused with line and reason. Folders on the way to a new one are made.
func Open(path string, mode Mode, opts ...Option) (*Cassette, error) {
	s, err := scrub.New()
	if err != nil {
		return nil, err
	}
	c := &Cassette{path: path, mode: mode, scrub: s, inline: DefaultInlineLimit, headers: map[string]bool{}, now: time.Now, wait: wait}
	for _, o := range opts {
		if err := o(c); err != nil {
			return nil, err
		}
	}
	if int(mode) >= len(modes) {
		return nil, fmt.Errorf("there is no mode %d", mode)
	}
	if c.mode == Default {
		c.mode = Once
		if os.Getenv("CI") != "" {
			c.mode = None
		}
	}
	if err := c.load(); err != nil {
		return nil, err
	}
	return c, nil
}

// load reads the file, and decides what the mode means.
func (c *Cassette) load() error {
	if c.mode == All {
		return c.begin(true)
	}
	f, err := conversation.ReadFile(c.path)
	switch {
	case err == nil:
		c.library.fill(f)
		if f.Recording != nil && c.upstream == "" {
			c.upstream = f.Recording.Upstream
		}
		if c.mode == Once {
			c.mode = None
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	case c.mode == None:
		return fmt.Errorf("there is no recording to answer from (%w); record one in mode once or all", err)
	case c.mode == Once:
		c.mode = All
	}
	for _, name := range c.files {
		more, err := conversation.ReadFile(name)
		if err != nil {
			return err
		}
		c.library.fill(more)
	}
	if c.mode == None {
		return nil
	}
	if f != nil && f.Recording == nil {
		return fmt.Errorf("%s is no recording, and nothing is added to it; a recording begins with recording: {format: %d}", c.path, conversation.Format)
	}
	return c.begin(false)
}

func (c *Cassette) begin(fresh bool) error {
	if err := os.MkdirAll(filepath.Dir(c.path), 0o755); err != nil {
		return err
	}
	var err error
	c.tape, err = openTape(c.path, fresh)
	return err
}

// Mode is what the cassette does: All while it records everything, None while it only
// answers, or NewEpisodes.
func (c *Cassette) Mode() Mode { return c.mode }

// Close ends the recording. The error says what could not be recorded.
func (c *Cassette) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := c.err
	if c.tape != nil {
		err = errors.Join(err, c.tape.close())
		c.tape = nil
	}
	return err
}

// Unused lists the requests of the exchanges that were there when the cassette was opened and
// have answered nobody. No miss tells of a client that asks less than the recorded one.
func (c *Cassette) Unused() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, t := range c.library.tracks {
		if !t.used {
			out = append(out, t.x.Request)
		}
	}
	return out
}

// fail keeps what went wrong with a recording: the client is not to blame, and gets
// its answer.
func (c *Cassette) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = err
	}
}

// WithUpstream is the origin that the recorded service has, "https://graph.microsoft.com":
// requests to it are written as paths, and links to it are rewritten for clients
// that are answered at another address.
func WithUpstream(origin string) Option {
	return func(c *Cassette) error {
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
			return fmt.Errorf("%q is not an origin; write https://host", origin)
		}
		c.upstream = u.Scheme + "://" + u.Host
		return nil
	}
}

// WithScrubber scrubs with s, which a recording and its replay should have in common.
func WithScrubber(s *scrub.Scrubber) Option {
	return func(c *Cassette) error { c.scrub = s; return nil }
}

// WithoutScrubbing records what was said as it was said, tokens and passwords too.
func WithoutScrubbing() Option {
	return func(c *Cassette) error { c.scrub = nil; return nil }
}

// WithMatcher lets m decide as well whether an exchange answers a request.
func WithMatcher(m Matcher) Option {
	return func(c *Cassette) error { c.matcher = m; return nil }
}

// WithFreeUse lets the last exchange of its kind answer again when all of them have
// been used.
func WithFreeUse() Option {
	return func(c *Cassette) error { c.free = true; return nil }
}

// WithLatency lets answers take as long as they took.
func WithLatency() Option {
	return func(c *Cassette) error { c.latency = true; return nil }
}

// WithBatchParts records the requests of a $batch as exchanges of their own. A batch
// is answered from such parts with or without it.
func WithBatchParts() Option {
	return func(c *Cassette) error { c.parts = true; return nil }
}

// WithInlineLimit moves bodies of more than n bytes into files beside the cassette.
func WithInlineLimit(n int) Option {
	return func(c *Cassette) error {
		if n < 0 {
			return fmt.Errorf("inline limit %d is negative", n)
		}
		c.inline = n
		return nil
	}
}

// WithHeaders records these headers of requests, besides those that mean something to
// Graph.
func WithHeaders(names ...string) Option {
	return func(c *Cassette) error {
		for _, n := range names {
			c.headers[strings.ToLower(n)] = true
		}
		return nil
	}
}

// WithFiles answers from these files as well, behind the cassette itself.
func WithFiles(names ...string) Option {
	return func(c *Cassette) error { c.files = append(c.files, names...); return nil }
}

// WithMiss is told of every request without an exchange. It may be called from several
// goroutines.
func WithMiss(missed func(*Miss)) Option {
	return func(c *Cassette) error { c.missed = missed; return nil }
}

func wait(d time.Duration, done <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-done:
	}
}
