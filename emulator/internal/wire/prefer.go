package wire

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odatajson"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/zone"
)

// prefer is what the Prefer headers ask for (B-3.90). Unknown preferences are
// ignored, as the standard wants.
type prefer struct {
	unknownMembers bool   // include-unknown-enum-members
	zone           string // outlook.timezone
	content        string // outlook.body-content-type
	immutable      bool   // IdType="ImmutableId"

	honoured []string // what the answer honours, for Preference-Applied
}

// read reads the headers: into r what the engine asks.
func (p *prefer) read(headers []string, r *op.Request) {
	for _, h := range headers {
		for h != "" {
			var name, v string
			name, v, h = preference(h)
			name = strings.ToLower(name)
			r.Preferences = append(r.Preferences, name)
			switch name {
			case "return":
				r.Minimal = strings.EqualFold(v, "minimal")
				r.Representation = strings.EqualFold(v, "representation")
			case "create-if-missing":
				r.CreateIfMissing = true
			case "deltaexcludeparent":
				r.ExcludeParents = true
			case "redeemsharinglink": // B-14.144
				r.Redeem = true
			case "include-unknown-enum-members":
				p.unknownMembers = true
			case "odata.maxpagesize", "maxpagesize":
				if n, err := strconv.Atoi(v); err == nil && n > 0 {
					r.MaxPageSize = n
				}
			case "outlook.timezone":
				p.zone = v
			case "outlook.body-content-type":
				p.content = strings.ToLower(v)
			case "idtype":
				p.immutable = strings.EqualFold(v, "ImmutableId")
			}
		}
	}
}

// preference reads the first preference of a header and returns what follows its comma.
// Blanks may stand around "=" and a quoted value may hold commas (RFC 7240). Parameters
// behind a semicolon are ignored: no preference here has any.
func preference(h string) (name, v, rest string) {
	quoted := false
	end := strings.IndexFunc(h, func(r rune) bool {
		quoted = quoted != (r == '"')
		return r == ',' && !quoted
	})
	one := h
	if end >= 0 {
		one, rest = h[:end], h[end+1:]
	}
	name, v, _ = strings.Cut(one, "=")
	v = strings.TrimSpace(v)
	if text, ok := strings.CutPrefix(v, `"`); ok {
		v, _, _ = strings.Cut(text, `"`)
	} else {
		v, _, _ = strings.Cut(v, ";")
	}
	return strings.TrimSpace(name), strings.TrimSpace(v), rest
}

// reform is the form of values that the request wants, in so far as the type that it is
// about honours the preferences (B-1.21, B-1.42).
func (p *prefer) reform(honours []string) (f odatajson.Formatting, err error) {
	if !p.unknownMembers {
		f.Forms |= odatajson.AsLater
	}
	if p.zone != "" && slices.Contains(honours, "outlook.timezone") {
		var loc *time.Location
		var ok bool
		if loc, ok = zone.Load(p.zone); !ok {
			return f, grapherr.NoZone(p.zone)
		}
		f.Forms, f.Zone, f.Name = f.Forms|odatajson.AsZoned, loc, p.zone
		p.honoured = append(p.honoured, `outlook.timezone="`+p.zone+`"`)
	}
	if (p.content == "text" || p.content == "html") && slices.Contains(honours, "outlook.body-content-type") {
		f.Forms, f.Content = f.Forms|odatajson.AsContent, p.content
		p.honoured = append(p.honoured, `outlook.body-content-type="`+p.content+`"`)
	}
	if p.immutable && slices.Contains(honours, workload.IDType) {
		p.honoured = append(p.honoured, "IdType=ImmutableId")
	}
	return f, nil
}

// applied names the preferences that the answer honours (B-1.21).
func (p *prefer) applied(h http.Header, status int, r *op.Request) {
	switch {
	case !r.Target.Writes(r.Verb):
	case r.Minimal && status == 204:
		p.honoured = append(p.honoured, "return=minimal")
	case r.Representation && (status == 200 || status == 201):
		p.honoured = append(p.honoured, "return=representation")
	}
	if len(p.honoured) > 0 {
		h["Preference-Applied"] = []string{strings.Join(append(h["Preference-Applied"], p.honoured...), ", ")}
	}
}
