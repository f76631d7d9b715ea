package cassette

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
)

// library is what can be answered.
type library struct {
	files  []string
	tracks []*track
	byPath map[string][]*track // by method and path
	hosts  map[string]bool     // that requests or links were for
	// origins are those that links lead to, the first the one that addresses of a
	// replaying server stand for.
	origins []string
}

// track is one exchange, taken apart for comparison.
type track struct {
	file   string
	x      *conversation.Exchange
	method string
	host   string // "": that of home, and any that is not known
	home   string // that paths of the recording belong to; "": nobody knows
	path   string // compared as normalPath gives it
	query  query
	body   content
	read   bool  // body is set
	err    error // the exchange cannot be used
	used   bool
}

// fill takes the exchanges of a file.
func (l *library) fill(f *conversation.File) {
	if l.files = append(l.files, f.Name); l.byPath == nil {
		l.byPath, l.hosts = map[string][]*track{}, map[string]bool{}
	}
	home := ""
	if f.Recording != nil && f.Recording.Upstream != "" {
		if u, err := url.Parse(f.Recording.Upstream); err == nil {
			home = u.Host
			l.add(f.Recording.Upstream, home)
		}
	}
	for _, x := range f.Exchanges {
		t := &track{file: f.Name, x: x, home: home}
		t.method, t.host, t.path, t.query, t.err = parseRequest(x.Request)
		if t.host != "" {
			_, target, _ := strings.Cut(x.Request, " ")
			l.add(target[:strings.Index(target, "://")+3]+t.host, t.host)
		}
		l.tracks = append(l.tracks, t)
		key := t.method + " " + t.path
		l.byPath[key] = append(l.byPath[key], t)
	}
}

func (l *library) add(origin, host string) {
	if l.hosts[host] = true; !slices.Contains(l.origins, origin) {
		l.origins = append(l.origins, origin)
	}
}

// parseRequest takes the request line of an exchange apart.
func parseRequest(line string) (method, host, path string, q query, err error) {
	if line, err = conversation.Vars(nil).Fill(line); err != nil {
		return "", "", "", nil, err
	}
	method, target, _ := strings.Cut(line, " ")
	u, err := url.Parse(strings.ReplaceAll(target, " ", "%20"))
	if err != nil {
		return method, "", "", nil, err
	}
	return method, u.Host, normalPath(u), parseQuery(u.RawQuery), nil
}

// content reads the body that the exchange was made with.
func (t *track) content() content {
	if !t.read {
		t.read = true
		var data []byte
		if t.x.Body.Form != conversation.None {
			if data, t.err = t.x.Body.Bytes(nil); data == nil {
				data = []byte{}
			}
		}
		t.body = contentOf(headerOf(t.x.Headers, "Content-Type", "application/json"), data)
	}
	return t.body
}

func headerOf(list []conversation.Header, name, otherwise string) string {
	for _, h := range list {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return otherwise
}

// question is a request that wants an answer.
type question struct {
	r      *http.Request
	raw    []byte // its body as it came
	method string
	host   string // "": it does not matter
	path   string
	query  query
	body   content
}

// find gives the first track that answers a question and is not used, and marks it.
func (l *library) find(q *question, free bool, m Matcher) *track {
	var last *track
	for _, t := range l.byPath[q.method+" "+q.path] {
		if t.used && !free || len(t.differences(q)) > 0 || t.err != nil || m != nil && !m(q.r, q.raw, t.x) {
			continue
		}
		if !t.used {
			t.used = true
			return t
		}
		last = t
	}
	return last
}

// differences tells in what a question is not what was asked.
func (t *track) differences(q *question) (out []string) {
	if t.method != q.method {
		out = append(out, fmt.Sprintf("method: got %s, recorded %s", q.method, t.method))
	}
	if host := cmp.Or(t.host, t.home); host != "" && q.host != "" && !strings.EqualFold(host, q.host) {
		out = append(out, fmt.Sprintf("host: got %s, recorded %s", q.host, host))
	}
	if t.path != q.path {
		out = append(out, fmt.Sprintf("path: got %s, recorded %s", q.path, t.path))
	}
	out = append(out, t.query.differences(q.query)...)
	return append(out, t.content().differences(q.body)...)
}

// Miss is a request that no exchange answers.
type Miss struct {
	File    string // the cassette, or several
	Request string
	Nearest []Near // the best first, three at most
}

// Near is an exchange that is not what was asked.
type Near struct {
	File        string
	Line        int
	Request     string
	Differences []string
}

// String tells a miss in lines of text.
func (m *Miss) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s is not in %s", m.Request, m.File)
	for _, n := range m.Nearest {
		fmt.Fprintf(&b, "\n\t%s:%d: %s: %s", n.File, n.Line, n.Request, strings.Join(n.Differences, "; "))
	}
	return b.String()
}

// miss looks for what comes nearest to a question.
func (l *library) miss(q *question, target string) *Miss {
	type scored struct {
		t     *track
		score int
		why   []string
	}
	var all []scored
	for _, t := range l.tracks {
		s := scored{t: t, why: t.differences(q)}
		for _, d := range s.why {
			switch {
			case strings.HasPrefix(d, "path"):
				s.score += 4 + distance(t.path, q.path)
			case strings.HasPrefix(d, "method"), strings.HasPrefix(d, "host"):
				s.score += 3
			default:
				s.score++
			}
		}
		if len(s.why) == 0 {
			if t.used {
				s.why = []string{"it has been used; a recording has one answer for each request, unless it is replayed freely"}
			} else {
				s.why = []string{"a matcher of your own says no"}
			}
		}
		if t.err != nil {
			s.why = append(s.why, t.err.Error())
		}
		all = append(all, s)
	}
	slices.SortStableFunc(all, func(a, b scored) int { return cmp.Compare(a.score, b.score) })
	m := &Miss{File: strings.Join(l.files, ", "), Request: q.method + " " + target}
	for _, s := range all[:min(3, len(all))] {
		m.Nearest = append(m.Nearest, Near{s.t.file, s.t.x.Line, s.t.x.Request, s.why})
	}
	return m
}

// distance is how many segments of two paths are not the same.
func distance(a, b string) int {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	n := max(len(x), len(y)) - min(len(x), len(y))
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			n++
		}
	}
	return n
}
