package wire

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// law finds the published permissions of a method on a path. A path of which nothing
// is published needs what the documented path to the same thing needs, so that no
// detour to an entity needs less.
type law struct {
	catalog *fixtures.Catalog
	method  string
}

// need is what a method on a path needs. Its Permissions are nil where nothing is
// published of any path to the same thing.
func (l law) need(steps []bind.Step) (workload.Need, error) {
	need := workload.Need{Method: l.method, Template: bind.Template(steps)}
	for _, candidates := range [...]func([]bind.Step) []string{asWritten, l.direct} {
		at := l
		for part := steps; len(part) > 0; {
			for _, template := range candidates(part) {
				known, ok, err := at.catalog.Granted(at.method, template)
				if err != nil {
					return need, &grapherr.Error{Status: 500, Code: "InternalServerError", Message: "Internal error.", Err: err}
				}
				if ok {
					need.Permissions = known
					need.Own = ofUser(template) && !throughUser(steps)
					return need, nil
				}
			}
			last := &part[len(part)-1]
			if at.method = at.whole(last); at.method == "" {
				break
			}
			part = part[:len(part)-1]
		}
	}
	return need, nil
}

// whole is the method on the whole that a method on a part of it comes to: a property,
// a count, references and members of one type need what the whole needs. It is empty
// for a step that is not part of what stands before it.
func (l law) whole(last *bind.Step) string {
	switch last.Kind {
	case edm.Prop, edm.Value:
		if l.method != "GET" {
			return "PATCH"
		}
		return l.method
	case edm.Count:
		return l.method
	case edm.RefLinks:
		if l.method == "GET" {
			return l.method
		}
	case edm.Cast:
		if !last.Keyed {
			return l.method
		}
	}
	return ""
}

// asWritten are the templates of a path itself: with alternate keys as plain ones, and
// the signed-in user as any user.
func asWritten(steps []bind.Step) []string {
	out := []string{bind.Template(steps)}
	if plain := bind.Plain(steps); &plain[0] != &steps[0] {
		out = append(out, bind.Template(plain))
	}
	for _, template := range out[:len(out):len(out)] {
		if any := fixtures.OfUser(template); any != template {
			out = append(out, any)
		} else if rest, ok := strings.CutPrefix(template, "/users/{}"); ok {
			out = append(out, "/me"+rest)
		}
	}
	return out
}

// direct are the templates of the documented paths to the same thing: each begins where
// the pages address an entity that the path leads to by itself. Those that keep more of
// the path come first.
func (l law) direct(steps []bind.Step) []string {
	var out []string
	plain := bind.Plain(steps)
	for i := range plain {
		s := &plain[i]
		if s.Type == nil || s.Type.Kind != edm.Entity || s.Kind == edm.Count || s.Kind == edm.RefLinks || s.Kind == edm.Value || s.Kind == edm.Action {
			continue
		}
		rest := ""
		if i+1 < len(plain) {
			rest = bind.Template(plain[i+1:])
		}
		from := s.Type
		if i+1 < len(plain) && plain[i+1].Via != nil { // the path leaves out the cast
			from = plain[i+1].Via
		}
		for t := from; t != nil; t = t.Base() {
			home, ok := l.catalog.Home(string(t.Name))
			if s.Many {
				home, ok = strings.CutSuffix(home, "/{}")
			}
			if !ok {
				continue
			}
			out = append(out, home+rest)
			if own, ok := strings.CutPrefix(home+rest, "/users/{}"); ok {
				out = append(out, "/me"+own)
			}
		}
	}
	return out
}

// expansions gives what reading each expanded navigation needs, those inside expanded
// members too.
func (l law) expansions(steps []bind.Step, t *edm.Type, many bool, q *odata.Query, give func(workload.Need)) error {
	if len(q.Expand) == 0 || t == nil || t.Kind != edm.Entity {
		return nil
	}
	sel, err := eval.CompileSelect(t, &odata.Query{Expand: q.Expand}, eval.Options{})
	if err != nil {
		return nil // the engine says what is wrong with it
	}
	steps = steps[:len(steps):len(steps)]
	if many {
		steps = append(steps, bind.Step{Step: edm.Step{Kind: edm.Key, Type: t}, Seg: &odata.Segment{Text: "{}"}})
	}
	for _, x := range sel.Expand {
		at := steps
		if x.On != nil {
			at = append(at, bind.Step{Step: edm.Step{Kind: edm.Cast, Type: x.On}, Seg: &odata.Segment{Text: string(x.On.Name)}})
		}
		for _, name := range x.Via {
			at = append(at[:len(at):len(at)], bind.Step{Step: edm.Step{Kind: edm.Prop}, Seg: &odata.Segment{Text: name}})
		}
		nav := edm.Step{Kind: edm.Nav, Type: x.Nav.Target(), Many: x.Nav.Type.Many, Nav: x.Nav}
		if owner := x.Nav.Owner(); len(x.Via) == 0 && owner != nil && !t.Is(owner.Name) {
			nav.Via = owner
		}
		at = append(at[:len(at):len(at)], bind.Step{Step: nav, Seg: &odata.Segment{Text: x.Name}})
		need, err := l.need(at)
		if err != nil {
			return err
		}
		if need.Permissions != nil || !x.Star && !l.within(x.Nav) {
			give(need)
		}
		if err := l.expansions(at, x.Nav.Target(), x.Nav.Type.Many, x.Options, give); err != nil {
			return err
		}
	}
	return nil
}

// within reports whether a navigation leads to parts of its owner: contained entities
// that no page addresses, such as extended properties. They are read with their owner.
func (l law) within(n *edm.Navigation) bool {
	if !n.Contains {
		return false
	}
	_, addressed := l.catalog.Home(string(n.Target().Name))
	return !addressed
}

// ofUser reports whether a template is about what belongs to a user.
func ofUser(template string) bool {
	return strings.HasPrefix(fixtures.OfUser(template)+"/", "/users/{}/")
}

// throughUser reports whether a path leads through a user.
func throughUser(steps []bind.Step) bool {
	for i := range steps {
		if s := &steps[i]; !s.Many && s.Type != nil && s.Type.Is(workload.User) {
			return true
		}
	}
	return false
}
