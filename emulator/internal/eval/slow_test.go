package eval

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// slow is the evaluator that is easy to believe: it decodes everything and
// follows OData's text, with nil for null.
type slow struct {
	fold bool
	vars map[string]any
}

var words = []string{"", "a", "A", "ab", "Ab", "é", "É", "ida", "Ida Berg", "x'y", "\\\"", "zz", "K"}
var moments = []string{"2026-01-02T08:00:00Z", "2026-01-02T09:00:00+01:00", "2026-01-02T08:00:00.5Z", "0001-01-01T00:00:00Z"}
var levels = []string{"low", "normal", "high"}

// typed reads a member as the model says.
func typed(name string, v any) any {
	s, ok := v.(string)
	switch {
	case name == "createdDateTime" && ok:
		t, _ := time.Parse(time.RFC3339Nano, s)
		return t
	case name == "importance" && ok:
		return slices.Index(levels, s)
	}
	return v
}

func (s slow) eval(e *odata.Expr) any {
	switch e.Kind {
	case odata.LiteralExpr:
		return s.literal(*e.Literal)
	case odata.PathExpr:
		return s.path(e)
	case odata.UnaryExpr:
		if b, ok := s.eval(e.Args[0]).(bool); ok {
			return !b
		}
		return nil
	case odata.InExpr:
		for _, a := range e.Args[1:] {
			if s.compare(odata.Eq, e.Args[0], a) == true {
				return true
			}
		}
		return false
	case odata.LambdaExpr:
		return s.lambda(e)
	case odata.CallExpr:
		return s.call(e)
	}
	a, b := e.Args[0], e.Args[1]
	switch e.Op {
	case odata.And, odata.Or:
		return logic(e.Op, s.eval(a), s.eval(b))
	case odata.Add, odata.Sub, odata.Mul:
		return arithmetic(e.Op, s.eval(a), s.eval(b))
	}
	return s.compare(e.Op, a, b)
}

func (s slow) literal(l odata.Literal) any {
	switch l.Kind {
	case odata.Null:
		return nil
	case odata.Bool:
		return l.Bool
	case odata.Int, odata.Float:
		return l.Num
	case odata.DateTime, odata.Date:
		return l.Time
	}
	return l.Text
}

func (s slow) path(e *odata.Expr) any {
	at, name := s.vars[e.Var], ""
	for _, step := range e.Steps {
		if step.Kind == odata.Count {
			list, _ := at.([]any)
			return float64(len(list))
		}
		m, _ := at.(map[string]any)
		at, name = m[step.Name], step.Name
	}
	return typed(name, at)
}

func logic(op odata.Op, a, b any) any {
	decides := op == odata.Or
	switch {
	case a == decides || b == decides:
		return decides
	case a == nil || b == nil:
		return nil
	}
	return !decides
}

func arithmetic(op odata.Op, a, b any) any {
	x, ok1 := a.(float64)
	y, ok2 := b.(float64)
	switch {
	case !ok1 || !ok2:
		return nil
	case op == odata.Add:
		return x + y
	case op == odata.Sub:
		return x - y
	}
	return x * y
}

func (s slow) compare(op odata.Op, l, r *odata.Expr) any {
	a, b := s.eval(l), s.eval(r)
	if n, ok := a.(int); ok { // an enumeration: the literal is a name
		if name, ok := b.(string); ok {
			a, b = float64(n), float64(slices.Index(levels, name))
		}
	}
	if a == nil || b == nil {
		return op == odata.Eq && a == nil && b == nil || op == odata.Ne && (a == nil) != (b == nil)
	}
	return holds(op, s.order(a, b)) == yes
}

func (s slow) order(a, b any) int {
	switch x := a.(type) {
	case bool:
		if x == b {
			return 0
		}
		return 1
	case float64:
		return signFloat(x, b.(float64))
	case int:
		return x - b.(int)
	case time.Time:
		return x.Compare(b.(time.Time))
	case string:
		return strings.Compare(s.key(x), s.key(b.(string)))
	}
	panic(fmt.Sprintf("%T", a))
}

// key is upper case where that is one character for one, so that the order is
// that of code points.
func (s slow) key(text string) string {
	if !s.fold {
		return text
	}
	return strings.Map(func(r rune) rune { return foldRune(r) }, text)
}

func (s slow) lambda(e *odata.Expr) any {
	list, _ := s.eval(e.Args[0]).([]any)
	if len(e.Args) == 1 {
		return len(list) > 0
	}
	hits := 0
	for _, el := range list {
		s.vars[e.Var] = el
		if s.eval(e.Args[1]) == true {
			hits++
		}
	}
	delete(s.vars, e.Var)
	if e.Op == odata.All {
		return hits == len(list)
	}
	return hits > 0
}

func (s slow) call(e *odata.Expr) any {
	var args []string
	for _, a := range e.Args {
		text, ok := s.eval(a).(string)
		if !ok {
			return nil
		}
		args = append(args, text)
	}
	switch e.Name {
	case "tolower":
		return strings.ToLower(args[0])
	case "toupper":
		return strings.ToUpper(args[0])
	case "length":
		return float64(len([]rune(args[0])))
	}
	a, b := s.key(args[0]), s.key(args[1])
	switch e.Name {
	case "contains":
		return strings.Contains(a, b)
	case "startswith":
		return strings.HasPrefix(a, b)
	case "concat":
		return args[0] + args[1]
	case "endswith":
		return strings.HasSuffix(a, b)
	}
	panic(e.Name)
}

// maker makes filters and rows from dice.
type maker struct{ *rand.Rand }

func pick[T any](m maker, list ...T) T { return list[m.IntN(len(list))] }

func (m maker) quoted() string { return odata.StringLiteral(pick(m, words...)).String() }

func (m maker) text() string {
	switch m.IntN(6) {
	case 0:
		return pick(m, "tolower(", "toupper(") + m.text() + ")"
	case 1:
		return "concat(" + m.text() + "," + m.quoted() + ")"
	case 2:
		return m.quoted()
	}
	return pick(m, "displayName", "mail", "address/city", "$it/mail")
}

func (m maker) number() string {
	switch m.IntN(5) {
	case 0:
		return "(" + m.number() + pick(m, " add ", " sub ", " mul ") + m.number() + ")"
	case 1:
		return fmt.Sprint(m.IntN(5) - 2)
	case 2:
		return "length(" + m.text() + ")"
	}
	return pick(m, "age", "score", "tags/$count", "1.5")
}

func (m maker) filter(depth int) string {
	op := pick(m, " eq ", " ne ", " gt ", " ge ", " lt ", " le ")
	kind := m.IntN(13)
	if depth > 3 {
		kind = 3 + m.IntN(10)
	}
	switch kind {
	case 0, 1:
		return "(" + m.filter(depth+1) + pick(m, " and ", " or ") + m.filter(depth+1) + ")"
	case 2:
		return "not (" + m.filter(depth+1) + ")"
	case 3:
		return m.text() + op + m.text()
	case 4:
		return m.number() + op + m.number()
	case 5:
		return pick(m, "contains(", "startswith(", "endswith(") + m.text() + "," + m.text() + ")"
	case 6:
		return "createdDateTime" + op + pick(m, moments...)
	case 7:
		return pick(m, "accountEnabled", "accountEnabled eq false", "accountEnabled ne true", "accountEnabled eq null")
	case 8:
		return m.text() + " in (" + m.quoted() + "," + pick(m, "null", m.text()) + ")"
	case 9:
		return pick(m, "tags/any(t:t eq ", "tags/all(t:t ne ", "tags/any(t:t gt ") + m.text() + ")"
	case 10:
		return "assignedPlans/any(p:p/service eq " + m.quoted() + pick(m, " and ", " or ") + "p/capabilityStatus" + op + m.text() + ")"
	case 11:
		return "importance" + op + "'" + pick(m, levels...) + "'"
	}
	return pick(m, "mail", "age", "address", "createdDateTime", "importance", "score") + pick(m, " eq null", " ne null")
}

func (m maker) row(s *value.Shapes) value.Object {
	var list value.Members
	add := func(name string, v value.Raw) {
		if m.IntN(4) == 0 {
			if m.IntN(2) == 0 {
				return
			}
			v = value.Null
		}
		list.Set(name, v)
	}
	word := func() value.Raw { return value.String(pick(m, words...)) }
	add("displayName", word())
	add("mail", word())
	add("accountEnabled", value.Bool(m.IntN(2) == 0))
	add("age", value.Int(int64(m.IntN(5)-2)))
	add("score", value.Float(float64(m.IntN(5))/2))
	add("createdDateTime", value.String(pick(m, moments...)))
	if m.IntN(2) == 0 {
		list.Set("tags", value.Array(word(), word()))
	}
	if m.IntN(2) == 0 {
		plan := func() value.Raw {
			return value.Members{{Name: "service", Value: word()}, {Name: "capabilityStatus", Value: word()}}.Object()
		}
		list.Set("assignedPlans", value.Array(plan(), plan()))
	}
	add("address", value.Members{{Name: "zip", Value: word()}, {Name: "city", Value: word()}}.Object())
	add("importance", value.String(pick(m, levels...)))
	return s.Object("microsoft.graph.user", list)
}

// tree decodes a row as encoding/json would.
func tree(o value.Object) map[string]any {
	var plain func(v any) any
	plain = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			for k := range v {
				v[k] = plain(v[k])
			}
			return v
		case []any:
			for i := range v {
				v[i] = plain(v[i])
			}
			return v
		case nil, bool, string:
			return v
		}
		var f float64
		fmt.Sscan(fmt.Sprint(v), &f)
		return f
	}
	return plain(o.Raw().Tree()).(map[string]any)
}

func agree(t *testing.T, user *edm.Type, seed uint64, fold bool) {
	m := maker{rand.New(rand.NewPCG(seed, 7))}
	text := m.filter(0)
	e, err := odata.ParseFilter(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	f, err := CompileFilter(user, e, Options{Fold: fold})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	again, err := odata.ParseFilter(e.String())
	if err != nil || again.String() != e.String() {
		t.Fatalf("%s prints as %s: %v", text, e, err)
	}
	shapes, scan := value.NewShapes(), f.Scan()
	for range 8 {
		o := m.row(shapes)
		row := tree(o)
		want := slow{fold: fold, vars: map[string]any{"": row, "$it": row}}.eval(e) == true
		if got := scan.MatchObject(o); got != want {
			t.Fatalf("seed %d, fold %v\n%s\nof %s\n got %v\nwant %v", seed, fold, text, o.Raw(), got, want)
		}
	}
}

func TestAgreesWithSlow(t *testing.T) {
	user := typeNamed(t, "user")
	for seed := range uint64(3000) {
		agree(t, user, seed, seed%2 == 0)
	}
}

func FuzzAgreesWithSlow(f *testing.F) {
	f.Add(uint64(1), true)
	user := typeNamed(f, "user")
	f.Fuzz(func(t *testing.T, seed uint64, fold bool) { agree(t, user, seed, fold) })
}

// FuzzCompile looks for panics: any text that parses is compiled and run.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{"displayName eq 'x' and age add 1 gt 2", "tags/any(x:x in ('a',null))", "memberOf/any(g:isof(g,microsoft.graph.group))",
		"cast(age,Edm.String) eq '1'", "style has 'bold'", "assignedPlans/$count($filter=service eq 'x') gt 0", "year(createdDateTime) eq 2026",
		"substring(displayName,1,2) eq 'a'", "ext_x/y/z eq 1", "manager/microsoft.graph.user/mail eq null", "leave add leave gt leave", "'x' in tags"} {
		f.Add(s)
	}
	user := typeNamed(f, "user")
	users, groups := tenant(f)
	f.Fuzz(func(t *testing.T, text string) {
		if items, err := odata.ParseOrderBy(text); err == nil {
			if o, err := CompileOrder(user, items, Options{Now: noon}); err == nil {
				s := o.Sorter(2, nil)
				for i, r := range users {
					s.Push(nodeRow{r}, int64(i))
				}
				s.Entries()
			}
		}
		e, err := odata.ParseFilter(text)
		if err != nil {
			return
		}
		f, err := CompileFilter(user, e, Options{Fold: true, Now: noon})
		if err != nil {
			return
		}
		scan := f.Scan()
		for _, r := range append(users, groups...) {
			scan.Match(nodeRow{r})
		}
	})
}
