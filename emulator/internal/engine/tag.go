package engine

import (
	"encoding/base32"
	"encoding/binary"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// tags encodes the number of a change so that a newer one is behind an older one in
// the order of its bytes, as clients compare them (B-4.52).
var tags = base32.HexEncoding.WithPadding(base32.NoPadding)

// Tag is the weak etag of a version: the change that made it, in an opaque form.
func Tag(seq int64) string {
	var tag [24]byte
	dst := append(tag[:0], `W/"`...)
	dst = appendVersion(dst, seq)
	return string(append(dst, '"'))
}

// Version is the payload of Tag: an item's changeKey (B-4.54).
func Version(seq int64) string { return string(appendVersion(nil, seq)) }

func appendVersion(dst []byte, seq int64) []byte {
	var raw [8]byte
	binary.BigEndian.PutUint64(raw[:], uint64(seq))
	return tags.AppendEncode(dst, raw[:])
}

// MatchTag reports whether an If-Match or If-None-Match header names a version.
func MatchTag(header string, seq int64) bool {
	want := strings.TrimPrefix(Tag(seq), "W/")
	for _, tag := range strings.Split(header, ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if tag == "*" || tag == want {
			return true
		}
	}
	return false
}

// condition checks If-Match against the entity that a write is about (section 4.6).
// * asks only that it exists. On a collection the verb asks once it knows the member.
func (x *exchange) condition(n *workload.Node) error {
	if x.c.Nav != nil || !x.r.Target.Writes(x.r.Verb) || x.r.Verb == bind.Create {
		return nil
	}
	header := x.r.IfMatch
	if n.Type != nil {
		switch x.e.kinds.of(n.Type).Traits.Tag {
		case "none": // B-4.55
			return nil
		case "required":
			if err := x.demand(n, header); err != nil {
				return err
			}
		}
	}
	if header == "" {
		return nil
	}
	if !n.Exists || header != "*" && !x.matches(n, header) {
		return grapherr.Changed()
	}
	return nil
}

// demand refuses a change of what is changed only under If-Match (B-4.35, B-4.52).
func (x *exchange) demand(n *workload.Node, header string) error {
	switch {
	case !n.Exists || x.r.Verb != bind.Update && x.r.Verb != bind.Delete:
		return nil
	case header == "":
		return grapherr.NoTag()
	case header == "*":
		return nil
	}
	for _, tag := range strings.Split(header, ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if len(tag) < 2 || tag[0] != '"' || tag[len(tag)-1] != '"' || strings.ContainsAny(tag[1:len(tag)-1], `\"`) {
			return grapherr.BadTag()
		}
	}
	return nil
}

// matches reports whether an If-Match header names the node's version, by its etag
// or by a property that the type has for it (eTag and cTag of files, B-4.53).
func (x *exchange) matches(n *workload.Node, header string) bool {
	if MatchTag(header, n.Seq) {
		return true
	}
	names := x.e.kinds.of(n.Type).Traits.TagProperties
	if len(names) == 0 {
		return false
	}
	shown, err := x.show(x.c, *n)
	if err != nil {
		return false
	}
	for _, name := range names {
		if text, ok := at(shown.Members, &shown.Node, []string{name}).Text(); ok && strings.Contains(header, text) {
			return true
		}
	}
	return false
}
