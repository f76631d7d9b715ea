package engine

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

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
	if x.r.IfNoneMatch == "*" && x.r.Verb == bind.Upload && n.Exists { // B-4.53
		if _, _, ok := x.c.Tx.Blob(n.Ref, streamName(x.c.Path)); ok {
			return grapherr.Changed()
		}
	}
	if header == "" || !n.Exists && !x.makes(n) { // the verb says that it is not there
		return nil
	}
	if !n.Exists && x.make { // whoever names a version of what would be made up means this one
		return nil
	}
	if !n.Exists || header != "*" && !x.matches(n, header) {
		return grapherr.Changed()
	}
	return nil
}

// makes reports whether the verb makes an entity that is missing.
func (x *exchange) makes(n *workload.Node) bool {
	switch x.r.Verb {
	case bind.Upload:
		return true
	case bind.Update, bind.Upsert:
		return n.Home.Nav != nil && x.creates(n)
	}
	return false
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

// unchanged reports whether a read may be answered by the version that the client has
// (B-3.89).
func (x *exchange) unchanged(n *workload.Node) bool {
	if x.r.IfNoneMatch == "" || x.r.Verb != bind.Read && x.r.Verb != bind.Download || n.Type == nil || n.Ref <= 0 {
		return false
	}
	return x.e.kinds.of(n.Type).Traits.Tag != "none" && x.matches(n, x.r.IfNoneMatch)
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
	shown, err := x.e.show(x.c, *n)
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
