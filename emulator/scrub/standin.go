package scrub

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
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

// hash is a keyed hash of a value as hexadecimal digits.
func (s *Scrubber) hash(kind, value string) string {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte(kind))
	h.Write([]byte{0})
	h.Write([]byte(value))
	return hex.EncodeToString(h.Sum(nil))
}

// tag ends a stand-in, and tells it from what is none. Everybody can compute it.
func tag(kind, stem string, n int) string {
	sum := sha256.Sum256([]byte("stand-in\x00" + kind + "\x00" + stem))
	return hex.EncodeToString(sum[:])[:n]
}

// standIn gives the stand-in that make makes of a name, and keeps it.
func (s *Scrubber) standIn(kind, name string, make func() string) string {
	id := kind + "\x00" + name
	s.mu.Lock()
	out, ok := s.standIns[id]
	s.mu.Unlock()
	if ok {
		return out
	}
	out = make()
	s.mu.Lock()
	if len(s.standIns) >= maxStandIns {
		clear(s.standIns)
	}
	s.standIns[id] = out
	s.mu.Unlock()
	return out
}

// guid is the stand-in of a GUID of 36 characters, in its letter case. It is of version 8,
// which is for those who make GUIDs in ways of their own.
func (s *Scrubber) guid(g string) string {
	lower := strings.ToLower(g)
	if s.kept[lower] || publicGUID(lower) {
		return g
	}
	out := s.standIn("guid", lower, func() string {
		digits := strings.ReplaceAll(lower, "-", "")
		if digits[12] == '8' && tag("guid", digits[:20], 12) == digits[20:] {
			return lower
		}
		h := []byte(s.hash("guid", lower)[:20])
		h[12], h[16] = '8', "89ab"[hexValue(h[16])&3]
		d := string(h) + tag("guid", string(h), 12)
		return d[:8] + "-" + d[8:12] + "-" + d[12:16] + "-" + d[16:20] + "-" + d[20:]
	})
	if g != lower {
		return strings.ToUpper(out)
	}
	return out
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
	return s.standIn(prefix, name, func() string {
		if stem, ok := strings.CutPrefix(name, prefix); ok && len(stem) == 14 && isHex(stem) && tag(prefix, stem[:10], 4) == stem[10:] {
			return name
		}
		stem := s.hash(prefix, name)[:10]
		return prefix + stem + tag(prefix, stem, 4)
	})
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

// domain is the stand-in of a host or domain.
func (s *Scrubber) domain(host string) string {
	host = strings.ToLower(host)
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
	return strings.Join(append(own, s.label("d", stem)), ".") + ".example"
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
