package observe

import (
	"encoding/json"
	"regexp"
	"strings"
)

// forms are the forms of texts, the first that fits wins.
var forms = []struct {
	name string
	of   *regexp.Regexp
}{
	{"guid", regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)},
	{"guid,guid", regexp.MustCompile(`^[0-9a-f-]{36},[0-9a-f-]{36}$`)},
	{"host,guid,guid", regexp.MustCompile(`^[\w.-]+,[0-9a-f-]{36},[0-9a-f-]{36}$`)},
	{`"guid,n"`, regexp.MustCompile(`^"[0-9a-f-]{36},\d+"$`)},
	{`"{GUID},n"`, regexp.MustCompile(`^"\{[0-9A-F-]{36}\},\d+"$`)},
	{`"c:{GUID},n"`, regexp.MustCompile(`^"c:\{[0-9A-F-]{36}\},\d+"$`)},
	{`W/"…"`, regexp.MustCompile(`^W/".*"$`)},
	{`"n"`, regexp.MustCompile(`^"\d+"$`)},
	{"19:…@thread.tacv2", regexp.MustCompile(`^19:.*@thread\.tacv2$`)},
	{"19:meeting_…@thread.v2", regexp.MustCompile(`^19:meeting_.*@thread\.v2$`)},
	{"19:…@thread.v2", regexp.MustCompile(`^19:.*@thread\.v2$`)},
	{"19:guid_guid@unq.gbl.spaces", regexp.MustCompile(`^19:[0-9a-f-]{36}_[0-9a-f-]{36}@unq\.gbl\.spaces$`)},
	{"AAMkA…", regexp.MustCompile(`^AAMkA[\w=+/-]+$`)},
	{"AQMkA…", regexp.MustCompile(`^AQMkA[\w=+/-]+$`)},
	{"b!…", regexp.MustCompile(`^b![\w-]+$`)},
	{"u!…", regexp.MustCompile(`^u![\w-]+$`)},
	{"01…", regexp.MustCompile(`^01[A-Z2-7]{32}$`)},
	{"HEX!n", regexp.MustCompile(`^[0-9A-F]{16}!\d+$`)},
	{"0x…", regexp.MustCompile(`^0x[0-9A-F]+$`)},
	{"time", regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$`)},
	{"date", regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)},
	{"duration", regexp.MustCompile(`^-?P[\dDTHMS.]+$`)},
	{"url", regexp.MustCompile(`^https?://`)},
	{"ms", regexp.MustCompile(`^1[3-9]\d{11}$`)},
	{"n", regexp.MustCompile(`^\d+$`)},
	{"hex", regexp.MustCompile(`^[0-9a-f]{16,}$`)},
	{"HEX", regexp.MustCompile(`^[0-9A-F]{16,}$`)},
}

var fraction = regexp.MustCompile(`^[^.]*?(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?$`)

// Form names the form of a text: "guid", "time.7 Z" (seven decimals, in UTC); empty
// where it has none.
func Form(text string) string {
	for _, f := range forms {
		if !f.of.MatchString(text) {
			continue
		}
		if f.name != "time" {
			return f.name
		}
		m := fraction.FindStringSubmatch(text)
		return strings.TrimSpace("time." + string(rune('0'+len(m[1]))) + " " + m[2])
	}
	return ""
}

// kindOf is the JSON kind of a value where it is not that of a text.
func kindOf(raw json.RawMessage) string {
	switch {
	case len(raw) == 0:
		return ""
	case raw[0] == 't' || raw[0] == 'f':
		return "bool"
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		if strings.ContainsAny(string(raw), ".eE") {
			return "float"
		}
		return "int"
	}
	return ""
}

var (
	anyGUID   = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	anyQuoted = regexp.MustCompile(`'[^']*'`)
	anyMail   = regexp.MustCompile(`[\w.%+-]+@[\w-]+(\.[\w-]+)+`)
	anyTime   = regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+Z?|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]+ GMT`)
	anyJSON   = regexp.MustCompile(`\{"[^\r\n]*\}`)
	anyHost   = regexp.MustCompile(`https://[^/'"\s]+`)
	anyID     = regexp.MustCompile(`19:[\w@.%-]+|b![\w-]+|A[AQ]MkA[\w=+/-]+|\b01[A-Z2-7]{32}\b`)
)

// Blank puts {} for the ids, addresses and times of a text.
func Blank(text string) string {
	text = anyJSON.ReplaceAllString(text, "{}")
	for _, re := range []*regexp.Regexp{anyID, anyMail, anyTime, anyGUID} {
		text = re.ReplaceAllString(text, "{}")
	}
	return text
}

// blankURL is Blank of an address, with {} for quoted keys, for hosts other than Graph's,
// and for what is opaque in the path.
func blankURL(text string) string {
	text = anyHost.ReplaceAllStringFunc(text, func(h string) string {
		if h == "https://graph.microsoft.com" || h == "https://teamsgraph.teams.microsoft.com" {
			return h
		}
		return "https://{}"
	})
	segments := strings.Split(Blank(anyQuoted.ReplaceAllString(text, "'{}'")), "/")
	for i, seg := range segments {
		if !plainSegment.MatchString(seg) {
			segments[i] = "{}"
		}
	}
	return strings.Join(segments, "/")
}

// plainSegment is a segment that a person could have named so: no token, no name of a file.
var plainSegment = regexp.MustCompile(`^[\w.:#$('{},)-]{0,40}$`)
