package write

import (
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// CheckPrecondition checks If-Match against the entity that a write is about (docs/behavior/04-writes.md).
// * asks only that it exists. On a collection the verb asks once it knows the member.
func CheckPrecondition(x *op.Op, n *workload.Node) error {
	if x.Call.Nav != nil || !x.Request.Target.Writes(x.Request.Verb) || x.Request.Verb == bind.Create {
		return nil
	}
	header := x.Request.IfMatch
	if n.Type != nil {
		switch x.Core.Types.Of(n.Type).Traits.Tag {
		case "none": // B-4.55
			return nil
		case "required":
			if err := demand(x, n, header); err != nil {
				return err
			}
		}
	}
	if x.Request.IfNoneMatch == "*" && x.Request.Verb == bind.Upload && n.Exists { // B-4.53
		if _, _, ok := x.Call.Tx.Blob(n.Ref, heap.StreamName(x.Call.Path)); ok {
			return grapherr.Changed()
		}
	}
	if without := x.Request.IfNoneMatch; without != "" && n.Exists && begins(x) && (without == "*" || matches(x, n, without)) { // B-14.68
		return grapherr.Changed()
	}
	if header == "" || !n.Exists && !makes(x, n) { // the verb says that it is not there
		return nil
	}
	if !n.Exists && x.Call.Synthesizes() { // a client that names a version of what would be made up means this one
		return nil
	}
	if !n.Exists || header != "*" && !matches(x, n, header) {
		return grapherr.Changed()
	}
	return nil
}

// makes reports whether the verb makes an entity that is missing.
func makes(x *op.Op, n *workload.Node) bool {
	switch x.Request.Verb {
	case bind.Upload:
		return true
	case bind.Update, bind.Upsert:
		return n.Home.Nav != nil && creates(x, n)
	}
	return begins(x)
}

// begins reports whether the request begins an upload in fragments.
func begins(x *op.Op) bool {
	_, ok := x.Core.Registry.Upload(x.Request.Target.Bound(), x.Request.Verb)
	return ok
}

// demand refuses a change of what is changed only under If-Match (B-4.35, B-4.52).
func demand(x *op.Op, n *workload.Node, header string) error {
	switch {
	case !n.Exists || x.Request.Verb != bind.Update && x.Request.Verb != bind.Delete:
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

// NotModified reports whether a read may be answered by the version that the client has
// (B-3.89).
func NotModified(x *op.Op, n *workload.Node) bool {
	if x.Request.IfNoneMatch == "" || x.Request.Verb != bind.Read && x.Request.Verb != bind.Download || n.Type == nil || n.Ref <= 0 {
		return false
	}
	return x.Core.Types.Of(n.Type).Traits.Tag != "none" && matches(x, n, x.Request.IfNoneMatch)
}

// matches reports whether an If-Match header names the node's version, by its etag
// or by a property that the type has for it (eTag and cTag of files, B-4.53).
func matches(x *op.Op, n *workload.Node, header string) bool {
	k := x.Core.Types.Of(n.Type)
	if heap.MatchTag(k, header, n.Seq) {
		return true
	}
	names := k.Traits.TagProperties
	if k.Traits.TagFrom != "" {
		names = append(slices.Clip(names), k.Traits.TagFrom)
	}
	if len(names) == 0 {
		return false
	}
	shown, err := x.Core.Show(x.Call, *n)
	if err != nil {
		return false
	}
	for _, name := range names {
		if text, ok := heap.ValueAt(shown.Members, &shown.Node, []string{name}).Text(); ok && strings.Contains(header, text) {
			return true
		}
	}
	return false
}
