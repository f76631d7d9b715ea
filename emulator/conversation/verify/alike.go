package verify

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
)

// alike compares two texts that have the place called name.
func (c *comparison) alike(name, want, got string) bool {
	if want == got || c.known.translate(want) == got {
		return true
	}
	if want == "" || got == "" {
		return false
	}
	switch strings.ToLower(name) {
	case "@odata.etag", "etag", "ctag", "changekey", "conversationindex", "securityidentifier", "device_code", "user_code", "sequencenumber":
		return c.known.bind(want, got, false)
	case "id":
		return false // they were bound if they may be
	}
	if isLink(want) && isLink(got) && c.links(want, got) {
		return true
	}
	return c.around(want, got) || c.times(want, got) || c.blanks(want, got) || c.masked(name, want, got)
}

// masked compares two texts after both have been scrubbed as the recording was: names
// stand where nothing else finds them, as in base64.
func (c *comparison) masked(name, want, got string) bool {
	mask := func(text string) string {
		return string(c.scrubber.Body("application/json", []byte(shown(map[string]string{name: text}))))
	}
	return mask(c.known.translate(want)) == mask(got)
}

// blanks compares a text out of which secrets have been taken.
func (c *comparison) blanks(want, got string) bool {
	if !standIn().MatchString(want) {
		return false
	}
	parts := standIn().Split(c.known.translate(want), -1)
	for i := range parts {
		parts[i] = conversation.Escape(parts[i])
	}
	ok, err := conversation.Vars(nil).Match(strings.Join(parts, "${any}"), got)
	return ok && err == nil
}

func isLink(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

// links compares two URLs: the order of what they ask does not matter, and tokens are
// what each service makes them.
func (c *comparison) links(want, got string) bool {
	w, err1 := url.Parse(c.known.translate(want))
	raw, err2 := url.Parse(want)
	g, err3 := url.Parse(got)
	if err1 != nil || err2 != nil || err3 != nil {
		return false
	}
	if w.Scheme != g.Scheme || w.Host != g.Host || !c.around(w.Path, g.Path) || !c.around(w.Fragment, g.Fragment) {
		return false
	}
	a, b := w.Query(), g.Query()
	if len(a) != len(b) {
		return false
	}
	for name, vs := range a {
		us, ok := b[name]
		switch {
		case !ok || len(us) != len(vs):
			return false
		case slices.Equal(us, vs):
		case opaque(name):
			c.known.bind(raw.Query().Get(name), us[0], false)
		case !c.around(strings.Join(vs, "&"), strings.Join(us, "&")):
			return false
		}
	}
	return true
}

// opaque reports whether the value of an option is what each service makes it.
func opaque(option string) bool {
	switch strings.ToLower(strings.TrimPrefix(option, "$")) {
	case "skiptoken", "deltatoken", "token", "code", "state", "session_state", "tempauth", "sig", "nonce", "access_token", "id_token":
		return true
	}
	return false
}

// around compares texts that have GUIDs in them, which may be other ones, or say when
// they were written.
func (c *comparison) around(want, got string) bool {
	want, got = written().ReplaceAllString(want, ""), written().ReplaceAllString(got, "")
	if want == got || c.known.translate(want) == got {
		return true
	}
	a, b := guids().FindAllString(want, -1), guids().FindAllString(got, -1)
	if len(a) == 0 || len(a) != len(b) || guids().ReplaceAllString(want, "·") != guids().ReplaceAllString(got, "·") {
		return false
	}
	for i := range a {
		if c.known.translate(a[i]) != b[i] && !c.known.bind(a[i], b[i], true) {
			return false
		}
	}
	return true
}

// leeway is what two clocks may be apart without anybody looking.
const leeway = 2 * time.Minute

// times compares moments. What our clock has just made takes the place of any; others
// are as far from our clock as the recorded ones from theirs.
func (c *comparison) times(want, got string) bool {
	w, err1 := moment(want)
	g, err2 := moment(got)
	switch {
	case err1 != nil || err2 != nil:
		return false
	case w.Equal(g), !g.Before(c.begun.Add(-leeway)) && !g.After(c.now.Add(leeway)):
		return true
	case c.dated:
		d := g.Sub(w)
		return d >= c.skews[0]-leeway && d <= c.skews[1]+leeway
	}
	return c.made.IsZero() || w.After(c.made.Add(-leeway))
}

func moment(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	return time.Parse("2006-01-02T15:04:05", s)
}
