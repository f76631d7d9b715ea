package eval

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Expansion is a navigation that $expand names, with what is asked of its
// members.
type Expansion struct {
	Name      string // the model's spelling
	Nav       *edm.Navigation
	Via       []string     // complex properties on the way to it
	Type      *edm.Type    // of the members: the cast, else the target
	Cast      *edm.Type    // members of other types are left out, when set
	On        *edm.Type    // shown only by rows of this type, when set
	Ref       bool         // name/$ref: references alone
	CountOnly bool         // name/$count: the number alone
	Select    *Selection   // nested $select and $expand; never nil
	Filter    *Filter      // nil: none
	Order     *Order       // nil: none
	Options   *odata.Query // what stands in the parentheses; never nil
	Levels    int          // odata.MaxLevels for max, 0 when absent
	Star      bool         // from $expand=*
	Inline    bool         // shown without being asked, with its @odata.context
	Off       int

	written string
}

// expand adds an item of $expand.
func (c *compiler) expand(s *Selection, t *edm.Type, x odata.ExpandItem, o Options) error {
	if x.Star() {
		for _, n := range t.Navigations() {
			if n.Target() == nil || n.Caps.Has(edm.NoExpand) || s.expands(n.Name) {
				continue
			}
			all := odata.ExpandItem{Path: append([]string{n.Name}, x.Path[1:]...), Off: x.Off, Options: x.Options}
			if err := c.expandOne(s, t, all, o, true); err != nil {
				return err
			}
		}
		return nil
	}
	return c.expandOne(s, t, x, o, false)
}

func (s *Selection) expands(name string) bool {
	for _, x := range s.Expand {
		if x.Name == name {
			return true
		}
	}
	return false
}

func (c *compiler) expandOne(s *Selection, t *edm.Type, x odata.ExpandItem, o Options, star bool) error {
	if *c.left--; *c.left < 0 {
		return odata.Refuse(c.option, x.Off, "The option expands more than %d navigation properties.", maxExpansions)
	}
	out := &Expansion{Star: star, Off: x.Off, written: strings.Join(x.Path, "/")}
	at := t
	for _, name := range x.Path {
		var err error
		if at, err = c.expandStep(out, at, name); err != nil {
			return err
		}
	}
	if out.Nav == nil {
		return c.noNavigation(x.Off, x.Path[len(x.Path)-1], t)
	}
	if err := out.options(x.Options, o, c.left); err != nil {
		return err
	}
	if !s.expands(out.Name) || len(out.Via) > 0 || out.Cast != nil {
		s.Expand = append(s.Expand, out)
	}
	return nil
}

// expandStep reads one name of a path that stands at type t, and answers the
// type behind it.
func (c *compiler) expandStep(out *Expansion, t *edm.Type, name string) (*edm.Type, error) {
	switch {
	case strings.EqualFold(name, "$ref"):
		out.Ref = true
		return t, nil
	case strings.EqualFold(name, "$count"):
		out.CountOnly = true
		return t, nil
	case strings.Contains(name, "."):
		return c.expandCast(out, t, name)
	case out.Nav != nil:
		return t, odata.Refuse(c.option, out.Off, "The path '%s' is not valid in $expand: options of '%s' belong into parentheses.", out.written, out.Name)
	}
	p, n, ok := c.find(t, name)
	switch {
	case !ok, n != nil && n.Target() == nil:
		return t, c.noProperty(out.Off, name, t.Name, t)
	case n != nil:
		out.Nav, out.Name, out.Type = n, n.Name, n.Target()
		return out.Type, nil
	case p.Def() != nil && p.Def().Kind == edm.Complex:
		out.Via = append(out.Via, p.Name)
		return p.Def(), nil
	}
	return t, c.noNavigation(out.Off, name, t)
}

func (c *compiler) noNavigation(off int, name string, t *edm.Type) error {
	return odata.Refuse(c.option, off, "Property '%s' on type '%s' is not a navigation property or complex property. Only navigation properties can be expanded.", name, t.Name)
}

func (c *compiler) expandCast(out *Expansion, t *edm.Type, name string) (*edm.Type, error) {
	d, ok := c.root.Model().Type(TypeName(name))
	if !ok {
		return t, c.noProperty(out.Off, name, t.Name, t)
	}
	if !d.Is(t.Name) && !t.Is(d.Name) {
		return t, odata.Refuse(c.option, out.Off, "Encountered invalid type cast. '%s' is not assignable from '%s'.", d.Name, t.Name)
	}
	switch {
	case out.Nav != nil:
		out.Cast, out.Type = d, d
	case len(out.Via) == 0:
		out.On = d
	}
	return d, nil
}

// noOptions are those of an expansion without parentheses.
var noOptions = &odata.Query{}

// options compiles what stands in the parentheses, against the members' type.
func (x *Expansion) options(q *odata.Query, o Options, left *int) error {
	var err error
	if x.Options = q; q == nil {
		x.Options = noOptions
	}
	if x.Select, err = compileSelect(x.Type, q, o, left); err != nil || q == nil {
		return err
	}
	if x.Filter, err = CompileFilter(x.Type, q.Filter, o); err != nil {
		return err
	}
	if x.Order, err = CompileOrder(x.Type, q.OrderBy, o); err != nil {
		return err
	}
	x.Levels = q.Levels
	return nil
}

// Context is what a context URL says of the selection, with its parentheses:
// "(displayName,id)", "(manager())", "(displayName,manager(displayName))"; empty
// when there is nothing to say. Names are those of the request, in its order
// (B-1.26, B-1.27).
func (s *Selection) Context() string {
	if s == nil || len(s.written) == 0 && len(s.Expand) == 0 {
		return ""
	}
	return "(" + s.context() + ")"
}

func (s *Selection) context() string {
	parts := append([]string{}, s.written...)
	for _, x := range s.Expand {
		parts = append(parts, x.written+"("+x.Select.context()+")")
	}
	return strings.Join(parts, ",")
}
