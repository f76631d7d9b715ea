package shape

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// form names the form of a text: what is left of it when everything that differs between
// two tenants is blanked.
func form(s string) string {
	switch {
	case s == "":
		return "empty"
	case strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://"):
		return linkForm(s)
	case strings.HasPrefix(s, "{") && json.Valid([]byte(s)):
		return "JSON text"
	case strings.HasPrefix(s, "#"):
		return s // a type or a context
	}
	return blank(s)
}

// ids are the forms of ids, times and tags, the narrow ones first. Each pattern is anchored.
var ids = sync.OnceValue(func() []idForm {
	const guid = `[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`
	list := []idForm{
		{"guid", guid, nil},
		{"GUID", `[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}`, nil},
		{`"{GUID},N"`, `"\{[0-9A-F-]{36}\},\d+"`, nil},
		{`"guid,N"`, `"[0-9a-f-]{36},\d+"`, nil},
		{`"GUID,N"`, `"[0-9A-F-]{36},\d+"`, nil},
		{`"c:{GUID},N"`, `"c:\{[0-9A-F-]{36}\},\d+"`, nil},
		{`"N"`, `"\d+"`, nil},
		{`W/"hex"`, `W/"[0-9a-fA-F]{40,}"`, nil},
		{`W/"opaque"`, `W/".+"`, nil},
		{"host,guid,guid", `[a-z0-9.-]+,` + guid + `,` + guid, nil},
		{"guid,guid", guid + `,` + guid, nil},
		{"time 0001", `0001-01-01T00:00:00(\.0+)?Z`, nil},
		{"time s", `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`, nil},
		{"time ms", `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,3}Z`, nil},
		{"time 100ns", `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{4,7}Z`, nil},
		{"time without zone s", `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d`, nil},
		{"time without zone 100ns", `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+`, nil},
		{"time with offset", `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d`, nil},
		{"date", `\d{4}-\d\d-\d\d`, nil},
		{"duration", `-?P(\d+[YMWD])*(T(\d+(\.\d+)?[HMS])+)?`, nil},
		{"19:32hex@thread.tacv2", `19:[0-9a-f]{32}@thread\.tacv2`, nil},
		{"19:44base64url@thread.tacv2", `19:[A-Za-z0-9_-]{40,48}@thread\.tacv2`, nil},
		{"19:…@thread.tacv2", `19:.+@thread\.tacv2`, nil},
		{"19:meeting_…@thread.v2", `19:meeting_.+@thread\.v2`, nil},
		{"19:32hex@thread.v2", `19:[0-9a-f]{32}@thread\.v2`, nil},
		{"19:…@thread.v2", `19:.+@thread\.v2`, nil},
		{"19:guid_guid@unq.gbl.spaces", `19:[0-9a-f-]{36}_[0-9a-f-]{36}@unq\.gbl\.spaces`, nil},
		{"b!…", `b![A-Za-z0-9_-]{40,}`, nil},
		{"u!…", `u![A-Za-z0-9_-]{20,}`, nil},
		{"01…", `01[A-Z0-9]{32}`, nil},
		{"AAMk…", `A[AQ]Mk[A-Za-z0-9_=+/-]{40,}`, nil}, // AQMk: of a personal account
		{"AAk…", `AA[kl][A-Za-z0-9_=+/-]{20,}`, nil},
		{"MCMj…", `MCMj[A-Za-z0-9+/=]{20,}`, nil},
		{"0x01…", `0x01[0-9A-Fa-f]+`, nil},
		{"S-1-12-1-…", `S-1-12-1(-\d+){4}`, nil},
		{"16HEX!N", `[0-9A-F]{16}!\w+`, nil},
		{"milliseconds", `1[4-9]\d{11}`, nil},
		{"digits", `\d+`, nil},
		{"opaque-1", `[A-Za-z0-9_-]{24,}-1`, nil},
		{"address", `[^\s@/]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}`, nil},
		{"mail URL", `(SMTP|smtp|SPO|sip):.+@.+`, nil},
		{"32hex", `[0-9a-f]{32}`, nil},
		{"16hex", `[0-9a-f]{16}`, nil},
		{"16HEX", `[0-9A-F]{16}`, nil},
	}
	for i := range list {
		list[i].re = regexp.MustCompile("^(?:" + list[i].pattern + ")$")
	}
	return list
})

type idForm struct {
	name    string
	pattern string
	re      *regexp.Regexp
}

// blank gives the form of a text that is not an address of the web.
func blank(s string) string {
	for _, f := range ids() {
		if f.re.MatchString(s) {
			return f.name
		}
	}
	if len(s) >= 20 && opaque(s) {
		return "opaque " + strconv.Itoa(len(s))
	}
	return "text"
}

// opaque reports whether a text is made by a machine: base64 with letters of both cases and
// digits or of great length, and no blank.
func opaque(s string) bool {
	var upper, lower, digit, other int
	for _, r := range s {
		switch {
		case r >= 'A' && r <= 'Z':
			upper++
		case r >= 'a' && r <= 'z':
			lower++
		case r >= '0' && r <= '9':
			digit++
		case strings.ContainsRune("-_+/=.~!", r):
			other++
		default:
			return false
		}
	}
	return upper >= 3 && lower >= 3 && digit >= 2 && other <= len(s)/6
}

// sameForm reports whether two forms agree: they are equal, or opaque texts of about the same
// length. A text agrees with an opaque one only where the recording has both.
func sameForm(real map[string]int, ours string) bool {
	if real[ours] > 0 {
		return true
	}
	for _, finer := range finer[ours] { // a fraction that is zero is not printed
		if real[finer] > 0 {
			return true
		}
	}
	n, ok := strings.CutPrefix(ours, "opaque ")
	if !ok {
		return false
	}
	length, _ := strconv.Atoi(n)
	for f := range real {
		if m, ok := strings.CutPrefix(f, "opaque "); ok {
			if other, _ := strconv.Atoi(m); 4*length >= 3*other && 3*length <= 4*other {
				return true
			}
		}
	}
	return false
}

// finer are the forms of times whose values may look like those of a form.
var finer = map[string][]string{"time s": {"time ms", "time 100ns"}, "time ms": {"time 100ns"}}

// linkForm keeps of an address of the web what the service decides: scheme, the kind of host,
// the words of the path of a Microsoft service, the forms of ids and whether they are
// percent-encoded, the names of the query options, and the fragment.
func linkForm(s string) string {
	rest, fragment, hasFragment := strings.Cut(s, "#")
	rest, query, hasQuery := strings.Cut(rest, "?")
	scheme, rest, _ := strings.Cut(rest, "://")
	host, path, _ := strings.Cut(rest, "/")
	kind := hostForm(host)
	if kind == "{host}" {
		return "text" // an address of the customer is a free text
	}
	var b strings.Builder
	b.WriteString(scheme + "://" + kind)
	if words := strings.HasSuffix(kind, "microsoft.com") || strings.HasSuffix(kind, "onedrive.com"); words {
		b.WriteString("/" + pathForm(path))
	} else if i := max(strings.Index("/"+path, "/_layouts/"), strings.Index("/"+path, "/_api/")); i >= 0 {
		b.WriteString("/…/" + pathForm(path[i:]))
	} else if path != "" {
		b.WriteString("/…")
	}
	if hasQuery {
		var names []string
		for part := range strings.SplitSeq(query, "&") {
			name, v, _ := strings.Cut(part, "=")
			if plain, err := url.QueryUnescape(name); err == nil {
				name = plain
			}
			if name == "$select" || name == "$expand" || name == "$filterby" {
				name += "=" + v
			}
			if name != "$top" { // the size of a page is the client's
				names = append(names, name)
			}
		}
		slices.Sort(names)
		b.WriteString("?" + strings.Join(names, "&"))
	}
	if hasFragment {
		b.WriteString("#" + contextForm(fragment))
	}
	return b.String()
}

// contextForm blanks the keys of a context. A site may be named by one part of its key or all,
// a user by id or, of a personal account, by address.
func contextForm(s string) string {
	return strings.NewReplacer("sites('guid')", "sites('host,guid,guid')", "sites('guid,guid')", "sites('host,guid,guid')",
		"users('address encoded')", "users('guid')", "users('address')", "users('guid')").Replace(keysBlanked(s))
}

func keysBlanked(s string) string {
	return keyInParens().ReplaceAllStringFunc(s, func(key string) string {
		return "('" + encodedForm(key[2:len(key)-2]) + "')"
	})
}

var keyInParens = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\('[^']*'\)`) })

// encodedForm is the form of a segment of a path, and whether it is percent-encoded.
func encodedForm(s string) string {
	plain, err := url.PathUnescape(s)
	if err != nil || plain == s {
		return blank(s)
	}
	return blank(plain) + " encoded"
}

func pathForm(path string) string {
	segments := strings.Split(path, "/")
	for i, seg := range segments {
		switch {
		case strings.Contains(seg, "('"):
			segments[i] = contextForm(seg)
			continue
		case i >= 3 && segments[0] == "l" || i >= 4 && segments[0] == "personal": // names of channels, tabs
			if f := encodedForm(seg); f == "text" || f == "text encoded" {
				segments[i] = "*"
				continue
			}
		}
		if len(seg) < 4 { // the 15 of _layouts/15
			continue
		}
		if f := encodedForm(seg); f != "text" && f != "text encoded" && f != "date" {
			segments[i] = "{" + f + "}"
		} else if strings.Contains(seg, "%") {
			segments[i] = "*"
		}
	}
	return strings.Join(segments, "/")
}

// hostForm blanks the name of a tenant in a host.
func hostForm(host string) string {
	for _, own := range []string{"sharepoint.com", "onmicrosoft.com", "1drv.com"} {
		if name, ok := strings.CutSuffix(host, "."+own); ok {
			if strings.HasSuffix(name, "-my") {
				return "{tenant}-my." + own
			}
			return "{tenant}." + own
		}
	}
	if strings.HasSuffix(host, "microsoft.com") || strings.HasSuffix(host, "onedrive.com") || strings.HasSuffix(host, "office365.com") || strings.HasSuffix(host, "office.com") {
		return host
	}
	return "{host}"
}

// inText matches ids in the middle of a text.
var inText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|19:[^\s'"]+@thread\.\w+|[^\s@'"]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}|https?://[^\s'"]+|\d{4}-\d\d-\d\dT[0-9:.]+Z?|\b[A-Za-z]{3}, \d\d [A-Za-z]{3} \d{4} [0-9:]{8} GMT`)
})

// messageForm blanks ids, addresses and times in the text of an error.
func messageForm(s string) string { return inText().ReplaceAllString(s, "{}") }

// shown shortens a text for a report.
func shown(s string) string {
	if len(s) <= 240 {
		return s
	}
	cut := 237
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
