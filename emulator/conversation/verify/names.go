package verify

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/scrub"
)

// names says what is called otherwise by us than in the recording: ids, versions,
// tokens of pages, origins.
type names struct {
	ours    map[string]string // by the recorded name
	theirs  map[string]string // and the other way round
	lengths []int             // of the recorded names, the longest first
	sent    map[string]bool   // what requests named before any answer did
	have    map[string]bool   // names of ours that are stand-ins
	given   map[string]bool   // stand-ins that the tenant explains, and no answer yet
	mine    map[string]bool   // names that the tenant had before the first request
	begun   bool
	origins [][2]string // recorded, ours
}

func newNames() *names {
	return &names{ours: map[string]string{}, theirs: map[string]string{}, sent: map[string]bool{}, have: map[string]bool{}, given: map[string]bool{}, mine: map[string]bool{}}
}

// origin takes ours for the recorded one, in links.
func (n *names) origin(recorded, ours string) {
	pair := [2]string{recorded, ours}
	if recorded == ours || slices.Contains(n.origins, pair) {
		return
	}
	n.origins = append(n.origins, pair)
	_, theirs, _ := strings.Cut(recorded, "://")
	_, host, _ := strings.Cut(ours, "://")
	if strings.Contains(theirs, ":") { // with its port it is no common word
		n.origins = append(n.origins, [2]string{theirs, host})
	}
}

// shortest is the length from which on a name is one of its own and not a word that
// stands anywhere.
const shortest = 6

// bind takes ours for the recorded name, from now on. It reports false where the
// recorded one means something else already. unique is true for ids: no two things
// have the same.
func (n *names) bind(recorded, ours string, unique bool) bool {
	switch known, ok := n.ours[recorded]; {
	case ok && known == ours && n.given[recorded]:
		delete(n.given, recorded)
		n.theirs[ours] = recorded
		return true
	case ok && known != ours && unique && (!n.given[recorded] || n.sent[recorded] || n.mine[ours]):
		return false
	}
	if recorded == ours && n.ours[recorded] == "" || recorded == scrubbed {
		return true
	}
	if unique {
		if other, ok := n.theirs[ours]; ok && other != recorded || n.sent[recorded] || len(recorded) < shortest {
			return false
		}
		n.theirs[ours] = recorded
	}
	if len(recorded) < shortest {
		return true
	}
	delete(n.given, recorded)
	n.set(recorded, ours)
	return true
}

// set takes ours for the recorded name in every spelling.
func (n *names) set(recorded, ours string) {
	for _, f := range [...]func(string) string{func(s string) string { return s }, url.PathEscape, url.QueryEscape, inJSON} {
		from := f(recorded)
		n.ours[from] = f(ours)
		if i, there := slices.BinarySearchFunc(n.lengths, len(from), func(a, b int) int { return b - a }); !there {
			n.lengths = slices.Insert(n.lengths, i, len(from))
		}
	}
}

// give puts one of our names in the place of its stand-in, unless an answer has said
// already what that is. An answer may still say otherwise of what no request has named:
// a server that has what the recording made already makes one more.
func (n *names) give(name, standIn string) {
	if _, known := n.ours[standIn]; known {
		return
	}
	if name == standIn { // learnt from a recording
		n.have[name] = true
		return
	}
	n.set(standIn, name)
	n.given[standIn] = true
	if !n.begun {
		n.mine[name] = true
	}
	if guids().FindString(standIn) == standIn { // they are written without dashes too
		n.set(strings.ReplaceAll(standIn, "-", ""), strings.ReplaceAll(name, "-", ""))
	}
}

func inJSON(s string) string {
	b, err := json.Marshal(s)
	if err != nil { // unreachable: it is a text
		return s
	}
	return string(b[1 : len(b)-1])
}

// guids are ids that can be told wherever they stand.
var guids = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`)
})

// written is what errors of the sign-in service end with.
var written = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`Timestamp: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ`) })

// token is what may be an id.
var token = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[A-Za-z0-9_!=.@-]{6,}`) })

// strangers are the stand-ins in a text of a request that nothing of ours has.
func (n *names) strangers(text string) []string {
	return slices.DeleteFunc(scrub.StandIns(text), func(v string) bool { return n.ours[v] != "" || n.have[v] })
}

// request is a text of a request in our names. What it names that no answer has given
// was known to the client from elsewhere.
func (n *names) request(text string) string {
	for _, t := range token().FindAllString(text, -1) {
		if _, ok := n.ours[t]; !ok || n.given[t] {
			n.sent[t] = true
		}
	}
	return standIn().ReplaceAllString(n.translate(text), madeUp)
}

// What package scrub has taken out is scrubbed, with a hash where answers and requests
// have to agree on it. Those are taken for ours as ids are; the rest is made up, so that a
// password is one.
const (
	scrubbed = "scrubbed"
	madeUp   = "Harbour-Gale-1"
)

var standIn = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(scrubbed + `(?:-[0-9a-f]{12})?`) })

// translate puts our names in the place of the recorded ones.
func (n *names) translate(text string) string {
	for _, o := range n.origins {
		text = strings.ReplaceAll(text, o[0], o[1])
	}
	if len(n.lengths) == 0 {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		from := ""
		if i == 0 || !word(text[i-1]) || !word(text[i]) {
			from = n.at(text[i:])
		}
		if from == "" {
			b.WriteByte(text[i])
			i++
			continue
		}
		b.WriteString(n.ours[from])
		i += len(from)
	}
	return b.String()
}

// at is the recorded name that a text begins with; empty: it begins with none.
func (n *names) at(text string) string {
	for _, l := range n.lengths {
		if l > len(text) || l < len(text) && word(text[l]) && word(text[l-1]) {
			continue
		}
		if _, ok := n.ours[text[:l]]; ok {
			return text[:l]
		}
	}
	return ""
}

func word(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
