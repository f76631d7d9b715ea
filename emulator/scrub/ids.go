package scrub

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// The ids of Graph that hold a name or are one. A stand-in has the length, the alphabet and the
// prefix of what it stands for, so that the form of an id stays what the service made it, and
// GUIDs that several ids hold stay the same in all of them.

// threadDomains are the endings of the ids of conversations of Teams, which are no domains.
var threadDomains = map[string]bool{"thread.tacv2": true, "thread.v2": true, "thread.skype": true, "unq.gbl.spaces": true}

// inThread reports whether the word that begins at i is the rest of the id of a conversation,
// such as 19:meeting_…@thread.v2.
func (c *scan) inThread(i int, domain string) bool {
	if !threadDomains[strings.ToLower(domain)] || i < 3 {
		return false
	}
	return c.in[i-3:i] == "19:" || i >= 5 && strings.EqualFold(c.in[i-5:i], "19%3A")
}

// thread is the stand-in of what stands between 19: and the at sign.
func (s *Scrubber) thread(local string, depth int) string {
	if out, ok := standIn(s, "thread", local); ok {
		return out
	}
	const meeting = "meeting_"
	rest, ok := strings.CutPrefix(local, meeting)
	prefix := local[:len(local)-len(rest)]
	switch {
	case ok && len(rest) >= minEncoded && readable(base64.RawURLEncoding, rest): // a GUID as text
		if out, ok := s.base64(rest, depth); ok {
			rest = out
		}
		return s.keep("thread", local, prefix+rest)
	case len(local) == 32 && isHex(strings.ToLower(local)):
		return s.keep("thread", local, strings.ReplaceAll(s.guid(dashed(local)), "-", ""))
	default:
		in := scan{s: s, in: local}
		if in.guids(0, len(local)) {
			return s.keep("thread", local, in.result())
		}
	}
	return s.keep("thread", local, prefix+s.opaque(rest))
}

func dashed(g string) string {
	return g[:8] + "-" + g[8:12] + "-" + g[12:16] + "-" + g[16:20] + "-" + g[20:]
}

// id gives the stand-in of an id that holds GUIDs in a form of its own. before is the text in
// front of the word.
func (s *Scrubber) id(before, word string) (string, bool) {
	switch {
	case strings.HasPrefix(word, "AAMk") && len(word) >= 64:
		return s.mailboxID(word)
	case strings.HasPrefix(word, "AQMk") && len(word) >= 64:
		return "AQMk" + s.opaque(word[4:]), true
	case len(word) == 64 && (strings.HasSuffix(before, "b!") || strings.HasSuffix(before, "b%21")):
		return s.binaryGUIDs(base64.RawURLEncoding, word, 0)
	case len(word) == 34 && strings.HasPrefix(word, "01"):
		out, ok := s.binaryGUIDs(base32.StdEncoding, word[2:], 4)
		return "01" + out, ok
	case strings.HasPrefix(word, "S-1-12-1-"):
		return s.sid(word)
	}
	return "", false
}

// mailboxID is the stand-in of an id of Exchange, which holds the GUID of the mailbox as text.
func (s *Scrubber) mailboxID(word string) (string, bool) {
	bare := strings.TrimRight(word, "=")
	raw, err := base64.RawURLEncoding.DecodeString(bare)
	if err != nil {
		return "", false
	}
	any := false
	for i := 0; i+36 <= len(raw); i++ {
		if isGUID(raw[i : i+36]) {
			copy(raw[i:], s.guid(string(raw[i:i+36])))
			i += 35
			any = true
		}
	}
	if !any {
		return "", false
	}
	return base64.RawURLEncoding.EncodeToString(raw) + word[len(bare):], true
}

// encoding is base64 or base32.
type encoding interface {
	DecodeString(string) ([]byte, error)
	EncodeToString([]byte) string
}

// binaryGUIDs is the stand-in of an id that is made of GUIDs in binary from the given byte on:
// of a drive those of site, web and list, of an item its own.
func (s *Scrubber) binaryGUIDs(enc encoding, word string, from int) (string, bool) {
	raw, err := enc.DecodeString(word)
	if err != nil || len(raw) < from || (len(raw)-from)%16 != 0 {
		return "", false
	}
	for i := from; i < len(raw); i += 16 {
		s.swap(raw[i : i+16])
	}
	return enc.EncodeToString(raw), true
}

// swap puts the stand-in of a GUID in the place of its 16 bytes, in the order of Windows.
func (s *Scrubber) swap(b []byte) {
	g := fmt.Sprintf("%08x-%04x-%04x-%x-%x", binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint16(b[4:]), binary.LittleEndian.Uint16(b[6:]), b[8:10], b[10:])
	raw, err := hex.DecodeString(strings.ReplaceAll(s.guid(g), "-", ""))
	if err != nil { // unreachable: a stand-in is a GUID
		return
	}
	binary.LittleEndian.PutUint32(b, binary.BigEndian.Uint32(raw))
	binary.LittleEndian.PutUint16(b[4:], binary.BigEndian.Uint16(raw[4:]))
	binary.LittleEndian.PutUint16(b[6:], binary.BigEndian.Uint16(raw[6:]))
	copy(b[8:], raw[8:])
}

// sid is the stand-in of a security identifier of Entra, which is the id of its object.
func (s *Scrubber) sid(word string) (string, bool) {
	parts := strings.Split(strings.TrimPrefix(word, "S-1-12-1-"), "-")
	if len(parts) != 4 {
		return "", false
	}
	var raw [16]byte
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 32)
		if err != nil {
			return "", false
		}
		binary.LittleEndian.PutUint32(raw[4*i:], uint32(n))
	}
	s.swap(raw[:])
	var out strings.Builder
	out.WriteString("S-1-12-1")
	for i := range 4 {
		fmt.Fprintf(&out, "-%d", binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return out.String(), true
}

// opaqueTag is how many of the last letters and digits of an opaque stand-in follow from those
// before them.
const opaqueTag = 12

// opaque is the stand-in of a text that says nothing: each letter becomes one of the same case,
// each digit a digit, and signs stay. What is too short to have a tag stays too.
func (s *Scrubber) opaque(text string) string {
	end, n := len(text), 0 // where the tag begins
	for end > 0 && n < opaqueTag {
		end--
		if class(text[end]) != 0 {
			n++
		}
	}
	if n < opaqueTag || end < opaqueTag {
		return text
	}
	tagged := func(stem string) string {
		return stem + drawn(text[end:], string(tag(nil, "opaque", []byte(stem), 32)))
	}
	if tagged(text[:end]) == text {
		return text
	}
	var draw []byte // two hexadecimal digits for each character
	for i := 0; len(draw) < 2*end; i++ {
		draw = s.hash(draw, "opaque"+strconv.Itoa(i), text, 64)
	}
	return tagged(drawn(text[:end], string(draw)))
}

// drawn replaces letters and digits by those that hexadecimal digits draw, two for each.
func drawn(text, draw string) string {
	out := []byte(text)
	for i, c := range out {
		if size := class(c); size != 0 && 2*i+2 <= len(draw) {
			n := hexValue(draw[2*i])*16 + hexValue(draw[2*i+1])
			out[i] = first(c) + n%size
		}
	}
	return string(out)
}

// class is the number of characters of the sort of c; 0: it is a sign.
func class(c byte) byte {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
		return 26
	case c >= '0' && c <= '9':
		return 10
	}
	return 0
}

func first(c byte) byte {
	switch {
	case c >= 'a':
		return 'a'
	case c >= 'A':
		return 'A'
	}
	return '0'
}
