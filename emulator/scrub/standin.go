package scrub

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// scrubbed stands for a secret; with a hash behind it, for one of several.
const scrubbed = "scrubbed"

// isStandIn reports whether a value stands for a secret.
func isStandIn(v string) bool {
	rest, ok := strings.CutPrefix(v, scrubbed)
	return ok && (rest == "" || len(rest) == 13 && rest[0] == '-' && isHex(rest[1:]))
}

func isHex(s string) bool {
	for i := range len(s) {
		if hexByte[s[i]] == 0 {
			return false
		}
	}
	return true
}

// hexByte is 1 for the digits of hexadecimal numbers, and 2 for those in upper case.
var hexByte = func() (t [256]byte) {
	for _, c := range "0123456789abcdef" {
		t[c] = 1
	}
	for _, c := range "ABCDEF" {
		t[c] = 2
	}
	return t
}()

// hash appends the first n hexadecimal digits of a keyed hash of a value. The key stands
// in front as its own hash, and only a part of what comes out is shown.
func (s *Scrubber) hash(dst []byte, kind, value string, n int) []byte {
	var buf [128]byte
	return appendHash(dst, append(append(append(append(buf[:0], s.key[:]...), kind...), 0), value...), n)
}

// tag appends what ends a stand-in, and tells it from what is none. Everybody can
// compute it.
func tag(dst []byte, kind string, stem []byte, n int) []byte {
	var buf [64]byte
	return appendHash(dst, append(append(append(append(buf[:0], "stand-in\x00"...), kind...), 0), stem...), n)
}

func appendHash(dst, of []byte, n int) []byte {
	sum := sha256.Sum256(of)
	return hex.AppendEncode(dst, sum[:n/2])
}

// standIns are the stand-ins that were made lately, and texts with what they became. Each
// can be made again, so a name has one place, and loses it to the next that has the same.
// The ids of requests, which are never met again, would else push out everything that is.
type standIns struct {
	once   sync.Once
	places []atomic.Pointer[place]
}

// place does not change once it is in its place.
type place struct {
	kind, name, standIn string
	met                 int64 // of a text: how many secrets were known
}

const places = 1 << 11

// placeOf is the place of a name. It looks at some of its bytes only: two that differ in
// others share it.
func placeOf[T string | []byte](s *Scrubber, kind string, name T) *atomic.Pointer[place] {
	s.standIns.once.Do(func() { s.standIns.places = make([]atomic.Pointer[place], places) })
	h := uint64(len(name))<<8 | uint64(kind[0])
	if n := len(name); n >= 8 {
		h = (h ^ eight(name, 0)) * 0x9e3779b97f4a7c15
		h = (h ^ h>>32 ^ eight(name, n/2-4)) * 0x9e3779b97f4a7c15
		h = (h ^ h>>32 ^ eight(name, n-8)) * 0x9e3779b97f4a7c15
	} else {
		for i := range n {
			h = (h ^ uint64(name[i])) * 0x9e3779b97f4a7c15
		}
	}
	return &s.standIns.places[h>>32%places]
}

func eight[T string | []byte](s T, i int) uint64 {
	_ = s[i+7]
	return uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 | uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
}

// standIn gives the stand-in of a name that was met lately.
func standIn[T string | []byte](s *Scrubber, kind string, name T) (string, bool) {
	p := placeOf(s, kind, name).Load()
	if p == nil || p.name != string(name) || p.kind != kind {
		return "", false
	}
	return p.standIn, true
}

// keep keeps a stand-in. The name may be part of something large.
func (s *Scrubber) keep(kind, name, standIn string) string {
	p := &place{kind: kind, name: strings.Clone(name), standIn: standIn}
	if standIn == name {
		p.standIn = p.name
	}
	if s.told != nil && kind != domainLabel {
		s.told(p.name, p.standIn)
	}
	placeOf(s, kind, name).Store(p)
	return p.standIn
}

// The kinds of texts whose scrubbed form is kept: those below a member of JSON, and others.
const (
	memberText = "member"
	otherText  = "text"
)

// maxKept is how long a text is that is kept.
const maxKept = 256

// keptText gives what a text became lately, if it would become the same now: who counts
// secrets is told of each, and what is known of them changes what is found.
func keptText[T string | []byte](s *Scrubber, kind string, text T) (string, bool) {
	if len(text) > maxKept || s.found != nil {
		return "", false
	}
	p := placeOf(s, kind, text).Load()
	if p == nil || p.name != string(text) || p.kind != kind || p.met != s.known.met.Load() {
		return "", false
	}
	return p.standIn, true
}

// keepText keeps what a text became when so many secrets were known.
func (s *Scrubber) keepText(kind, text, out string, met int64) string {
	if len(text) > maxKept || s.found != nil || met != s.known.met.Load() {
		return out
	}
	p := &place{kind: kind, name: strings.Clone(text), standIn: out, met: met}
	if out == text {
		p.standIn = p.name
	}
	placeOf(s, kind, text).Store(p)
	return p.standIn
}

// guid is the stand-in of a GUID of 36 characters, in its letter case. It is of version 8,
// which is for those who make GUIDs in ways of their own.
func (s *Scrubber) guid(g string) string {
	if out, ok := standIn(s, "guid", g); ok {
		return out
	}
	lower := strings.ToLower(g)
	if s.kept[lower] || publicGUID(lower) {
		return s.keep("guid", g, g)
	}
	var room [48]byte
	stem := append(append(append(append(room[:0], lower[:8]...), lower[9:13]...), lower[14:18]...), lower[19:23]...)
	if lower[14] == '8' && string(tag(stem, "guid", stem, 12)[20:]) == lower[24:] {
		return s.keep("guid", g, g)
	}
	stem = s.hash(room[:0], "guid", lower, 20)
	stem[12], stem[16] = '8', "89ab"[hexValue(stem[16])&3]
	d := tag(stem, "guid", stem, 12)
	var text [36]byte
	out := append(append(append(append(text[:0], d[:8]...), '-'), d[8:12]...), '-')
	out = append(append(append(append(out, d[12:16]...), '-'), d[16:20]...), '-')
	out = append(out, d[20:]...)
	if g != lower {
		out = bytes.ToUpper(out)
	}
	return s.keep("guid", g, string(out))
}

// made finds what may be the stand-in of a GUID or of a domain.
var made = later(`[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|\bd[0-9a-f]{14}\.example\b`)

// StandIns lists the stand-ins of GUIDs and domains in a text, of any key.
func StandIns(text string) []string {
	return slices.DeleteFunc(made().FindAllString(text, -1), func(v string) bool {
		if stem, ok := strings.CutSuffix(v, ".example"); ok {
			return string(tag(nil, domainLabel, []byte(stem[1:11]), 4)) != stem[11:]
		}
		return string(tag(nil, "guid", []byte(strings.ReplaceAll(v[:23], "-", "")), 12)) != v[24:]
	})
}

func hexValue(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

// label is the stand-in of a name that is a word: prefix, ten digits, and a tag.
func (s *Scrubber) label(prefix, name string) string {
	name = strings.ToLower(name)
	if out, ok := standIn(s, prefix, name); ok {
		return out
	}
	if stem, ok := strings.CutPrefix(name, prefix); ok && len(stem) == 14 && isHex(stem) && string(tag(nil, prefix, []byte(stem[:10]), 4)) == stem[10:] {
		return name
	}
	stem := s.hash(nil, prefix, name, 10)
	return s.keep(prefix, name, prefix+string(tag(stem, prefix, stem, 4)))
}

// mail is the stand-in of a mail address or userPrincipalName.
func (s *Scrubber) mail(local, domain string) string {
	if s.kept[strings.ToLower(local+"@"+domain)] {
		return local + "@" + domain
	}
	return s.label("user", local) + "@" + s.domain(domain)
}

// tenantHosts are domains below which the first label is a tenant's.
var tenantHosts = []string{".mail.onmicrosoft.com", ".onmicrosoft.com", ".onmicrosoft.us", ".partner.onmschina.cn", ".sharepoint.com", ".sharepoint.us", ".sharepoint.cn", ".sharepoint-df.com",
	".onmicrosoft.de", ".ciamlogin.com", ".b2clogin.com"}

// tenantParts end the first label of hosts of SharePoint.
var tenantParts = []string{"-my", "-admin", "-files", "-myfiles", "-public"}

// domainLabel begins the stand-in of a domain, which is one with its ending only.
const domainLabel = "d"

// domain is the stand-in of a host or domain.
func (s *Scrubber) domain(host string) string {
	if out, ok := standIn(s, "domain", host); ok {
		return out
	}
	return s.keep("domain", host, s.newDomain(strings.ToLower(host)))
}

func (s *Scrubber) newDomain(host string) string {
	if covers(s.kept, host) {
		return host
	}
	for _, suffix := range tenantHosts {
		if label, ok := strings.CutSuffix(host, suffix); ok && label != "" {
			part := ""
			for _, p := range tenantParts {
				if base, ok := strings.CutSuffix(label, p); ok {
					label, part = base, p
					break
				}
			}
			return s.label("t", label) + part + suffix
		}
	}
	if covers(knownDomains, host) {
		return host
	}
	labels := strings.Split(host, ".")
	base := 2
	if n := len(labels); n > 2 && len(labels[n-1]) == 2 && len(labels[n-2]) <= 3 { // co.uk
		base = 3
	}
	base = min(base, len(labels))
	own := labels[:len(labels)-base]
	for i, l := range own {
		if !commonLabels[l] {
			own[i] = s.label("h", l)
		}
	}
	stem := strings.Join(labels[len(labels)-base:], ".")
	return strings.Join(append(own, s.label(domainLabel, stem)), ".") + ".example"
}

// covers reports whether a domain, or one that it lies below, is one of a set.
func covers(set map[string]bool, host string) bool {
	for d := host; d != ""; _, d, _ = strings.Cut(d, ".") {
		if set[d] {
			return true
		}
	}
	return false
}
