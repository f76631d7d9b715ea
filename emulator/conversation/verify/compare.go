package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
)

// compare tells in what an answer is not the recorded one.
func (s *session) compare(x *conversation.Exchange, resp *http.Response, body []byte) (out []Difference) {
	s.clocks(x, resp)
	for _, name := range looked {
		s.scrubber.Header(name, resp.Header.Get(name)) // its names get to be known
	}
	s.scrubber.Body(resp.Header.Get("Content-Type"), body)
	if resp.StatusCode != x.Status {
		out = append(out, Difference{Status, "", strconv.Itoa(resp.StatusCode), strconv.Itoa(x.Status)})
	}
	want, err := x.Answer.Bytes(nil)
	if err != nil {
		return append(out, unable(err)...)
	}
	c := &comparison{session: s, ordered: ordered(x.Request)}
	if x.Answer.Form != conversation.None {
		c.body(want, body)
	}
	for _, name := range looked {
		c.header(name, values(x.AnswerHeaders, name), resp.Header.Values(name))
	}
	return append(out, c.out...)
}

// clocks notes what our clock says, and how far it is from the recorded one.
func (s *session) clocks(x *conversation.Exchange, resp *http.Response) {
	ours, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		ours = time.Now()
		if s.v.Now != nil {
			ours = s.v.Now()
		}
	}
	if s.begun.IsZero() {
		s.begun = ours
	}
	s.now = ours
	theirs, err := http.ParseTime(strings.Join(values(x.AnswerHeaders, "Date"), ""))
	if err != nil {
		return
	}
	skew := ours.Sub(theirs)
	if !s.dated {
		s.skews, s.dated = [2]time.Duration{skew, skew}, true
	}
	s.skews[0], s.skews[1] = min(s.skews[0], skew), max(s.skews[1], skew)
}

func values(headers []conversation.Header, name string) (out []string) {
	for _, h := range headers {
		if strings.EqualFold(h.Name, name) && !h.None {
			out = append(out, h.Value)
		}
	}
	return out
}

// ordered reports whether a request asks for an order.
func ordered(request string) bool {
	request = strings.ToLower(request)
	return strings.Contains(request, "orderby=")
}

// comparison is that of one answer.
type comparison struct {
	*session
	ordered bool
	out     []Difference
}

func (c *comparison) add(k Kind, at, got, want string) {
	c.out = append(c.out, Difference{k, at, clip(got), clip(want)})
}

// maxShown bounds what a difference shows of a value.
const maxShown = 300

func clip(s string) string {
	if len(s) > maxShown {
		return strings.ToValidUTF8(s[:maxShown], "") + "…"
	}
	return s
}

// looked are the headers that clients look at.
var looked = []string{"Content-Type", "Location", "Content-Location", "Azure-AsyncOperation", "ETag", "Retry-After", "WWW-Authenticate",
	"Preference-Applied", "Allow", "Content-Range"}

// header compares one header, if the recording has it.
func (c *comparison) header(name string, want, got []string) {
	if len(want) == 0 {
		return
	}
	w, g := strings.Join(want, ", "), strings.Join(got, ", ")
	same := false
	switch {
	case len(got) == 0:
		g = "none"
	case name == "Retry-After":
		same = true
	case name == "WWW-Authenticate":
		a, _, _ := strings.Cut(w, " ")
		b, _, _ := strings.Cut(g, " ")
		same = strings.EqualFold(a, b)
	case name == "ETag":
		c.known.bind(w, g, false)
		same = true
	case name == "Content-Type":
		same = strings.EqualFold(plainType(w), plainType(g))
	case name == "Allow":
		a, b := strings.Fields(strings.ReplaceAll(w, ",", " ")), strings.Fields(strings.ReplaceAll(g, ",", " "))
		slices.Sort(a)
		slices.Sort(b)
		same = slices.Equal(a, b)
	default:
		same = c.alike("", w, g)
	}
	if !same {
		c.add(Header, name, g, w)
	}
}

// plainType is a media type without what does not change how it is read.
func plainType(s string) string {
	var out []string
	for i, p := range strings.Split(s, ";") {
		if p = strings.TrimSpace(strings.ToLower(p)); i == 0 || strings.HasPrefix(p, "charset") || strings.HasPrefix(p, "odata.metadata") {
			out = append(out, p)
		}
	}
	return strings.Join(out, ";")
}

// body compares bodies: as JSON where the recorded one is JSON, else byte by byte.
func (c *comparison) body(want, got []byte) {
	w, err := decode(want)
	if err != nil {
		if !bytes.Equal(want, got) && c.known.translate(string(want)) != string(got) && !c.masked("", string(want), string(got)) {
			c.add(Value, "", fmt.Sprintf("%d other bytes", len(got)), fmt.Sprintf("%d bytes", len(want)))
		}
		return
	}
	g, err := decode(got)
	if err != nil {
		c.add(Type, "", fmt.Sprintf("%d bytes that are no JSON", len(got)), "JSON")
		return
	}
	c.meet(w, g, "")
	c.value("", "", w, g)
}

func decode(text []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value")
	}
	return v, nil
}

// meet learns the ids of an answer before anything is compared: an answer names some
// in its links before it gives them.
func (c *comparison) meet(want, got any, name string) {
	switch w := want.(type) {
	case map[string]any:
		if g, ok := got.(map[string]any); ok {
			for n, v := range w {
				c.meet(v, g[n], n)
			}
		}
	case []any:
		if g, ok := got.([]any); ok {
			for i, j := range c.pairs(w, g) {
				if j >= 0 {
					c.meet(w[i], g[j], name)
				}
			}
		}
	case string:
		g, ok := got.(string)
		switch {
		case !ok || w == g || w == "" || g == "":
		case name == "id" || strings.HasSuffix(name, "Id"):
			c.known.bind(w, g, true)
		case strings.HasPrefix(w, scrubbed) && standIn().FindString(w) == w:
			c.known.bind(w, g, false)
		}
	}
}

// pairs says which element of got takes the place of each of want: the one with its
// id, else the next that is left; -1: none is.
func (c *comparison) pairs(want, got []any) []int {
	at, taken := map[string]int{}, make([]bool, len(got))
	for j, g := range got {
		if id := idOf(g); id != "" {
			at[id] = j
		}
	}
	out := make([]int, len(want))
	for i, w := range want {
		out[i] = -1
		if id := idOf(w); id != "" {
			if j, ok := at[c.known.translate(id)]; ok && !taken[j] {
				out[i], taken[j] = j, true
			}
		}
	}
	next := 0
	for i := range out {
		if out[i] >= 0 {
			continue
		}
		for next < len(got) && taken[next] {
			next++
		}
		if next < len(got) {
			out[i], taken[next] = next, true
		}
	}
	return out
}

func idOf(v any) string {
	m, ok := v.(map[string]any)
	if !ok {
		return ""
	}
	id, ok := m["id"].(string)
	if !ok {
		return ""
	}
	return id
}

// value compares two JSON values.
func (c *comparison) value(at, name string, want, got any) {
	if want == scrubbed { // nobody knows what it was
		return
	}
	if kindOf(want) != kindOf(got) {
		c.add(Type, at, shown(got), shown(want))
		return
	}
	switch w := want.(type) {
	case map[string]any:
		c.members(at, w, got.(map[string]any))
	case []any:
		c.elements(at, name, w, got.([]any))
	case string:
		if !c.alike(name, w, got.(string)) {
			c.add(Value, at, shown(got), shown(c.known.translate(w)))
		}
	case json.Number:
		if a, b := w.String(), got.(json.Number).String(); a != b && !equalNumbers(a, b) && !counting[name] {
			c.add(Value, at, b, a)
		}
	default:
		if want != got {
			c.add(Value, at, shown(got), shown(want))
		}
	}
}

func equalNumbers(a, b string) bool {
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return strings.ContainsAny(a+b, ".eE") && err1 == nil && err2 == nil && x == y
}

// counting are numbers that go with the clock.
var counting = map[string]bool{"expires_in": true, "ext_expires_in": true, "expires_on": true, "not_before": true}

func (c *comparison) members(at string, want, got map[string]any) {
	names := make([]string, 0, len(want)+len(got))
	for n := range want {
		names = append(names, n)
	}
	for n := range got {
		if _, ok := want[n]; !ok {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	for _, n := range names {
		w, there := want[n]
		g, here := got[n]
		place := at + "/" + n
		switch {
		case foreign(n):
		case !here:
			c.add(Missing, place, "nothing", shown(w))
		case !there:
			c.add(More, place, shown(g), "nothing")
		default:
			c.value(place, n, w, g)
		}
	}
}

// foreign are members that say something of the answer and nothing of the tenant: of
// the headers in a batch, of errors, of sign-ins.
func foreign(name string) bool {
	switch strings.ToLower(name) {
	case "request-id", "client-request-id", "date", "cache-control", "strict-transport-security", "x-ms-resource-unit", "x-ms-ags-diagnostic",
		"trace_id", "correlation_id", "timestamp", "access_token", "id_token", "refresh_token", "cause", "cure":
		return true
	}
	return len(name) > 11 && strings.EqualFold(name[:11], "x-emulator-")
}

func (c *comparison) elements(at, name string, want, got []any) {
	if len(want) != len(got) {
		c.add(Length, at, strconv.Itoa(len(got)), strconv.Itoa(len(want)))
	}
	last, moved := -1, false
	for i, j := range c.pairs(want, got) {
		if j < 0 {
			continue // the length says so
		}
		moved = moved || j < last
		last = j
		c.value(at+"/"+strconv.Itoa(i), name, want[i], got[j])
	}
	if moved && c.ordered && name == "value" {
		c.add(Order, at, "another order", "that of the recording")
	}
}

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case json.Number:
		return "number"
	case string:
		return "text"
	case []any:
		return "list"
	}
	return "object"
}

func shown(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil { // unreachable: it was decoded from JSON
		return fmt.Sprint(v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
