package odata

import (
	"strings"
	"testing"
)

// shape prints an expression with every bracket, so that precedence shows.
func shape(e *Expr) string {
	var args []string
	for _, a := range e.Args {
		args = append(args, shape(a))
	}
	list := strings.Join(args, " ")
	switch e.Kind {
	case LiteralExpr:
		return e.Literal.EdmType() + ":" + e.Literal.Text
	case PathExpr:
		return e.String()
	case AliasExpr:
		return e.Name + "=" + list
	case LambdaExpr:
		return "(" + e.Op.String() + " " + e.Var + " " + list + ")"
	case InExpr:
		return "(in " + list + ")"
	case CallExpr:
		return "(" + e.Name + "() " + list + ")"
	case ListExpr:
		return "[" + list + "]"
	}
	return "(" + e.Op.String() + " " + list + ")"
}

func TestParseFilter(t *testing.T) {
	t.Attr("rules", "B-3.14 B-3.35 B-3.36 B-3.41 B-3.43 B-3.45 B-3.46 B-3.49 C-3.6 C-3.10")
	for _, tt := range []struct{ filter, want string }{
		{"displayName eq 'let''s sail'", "(eq displayName Edm.String:let's sail)"}, // B-3.14
		{"a eq 1 and b eq 2 or c eq 3", "(or (and (eq a Edm.Int32:1) (eq b Edm.Int32:2)) (eq c Edm.Int32:3))"},
		{"a eq 1 OR b eq 2 AND NOT c", "(or (eq a Edm.Int32:1) (and (eq b Edm.Int32:2) (not c)))"}, // B-3.35
		{"not(startsWith(a,'x'))", "(not (startswith() a Edm.String:x))"},
		{"not a eq b", "(eq (not a) b)"},
		{"not a has b", "(not (has a b))"},
		{"1 add 2 mul 3 sub -4 ge 5 div 2 mod 3", "(ge (sub (add Edm.Int32:1 (mul Edm.Int32:2 Edm.Int32:3)) Edm.Int32:-4) (mod (div Edm.Int32:5 Edm.Int32:2) Edm.Int32:3))"},
		{"--a eq -(-5)", "(eq (- (- a)) (- Edm.Int32:-5))"},
		{strings.Repeat("-", 60) + "a lt 1", "(lt " + strings.Repeat("(- ", 60) + "a" + strings.Repeat(")", 60) + " Edm.Int32:1)"}, // what is printed is no deeper
		{"a sub -b lt -INF", "(lt (sub a (- b)) Edm.Double:-INF)"},
		{"(a or b) and c", "(and (or a b) c)"},
		{"a in ('x','y',null)", "(in a Edm.String:x Edm.String:y null:null)"}, // B-3.41, B-3.43
		{"'x' in tags", "(in Edm.String:x tags)"},
		{"a in [\"x\",'y']", "(in a Edm.String:x Edm.String:y)"},
		{"style has Ns.Pattern'Yellow'", "(has style Ns.Pattern:Yellow)"}, // B-3.46
		{"importance eq microsoft.graph.importance'high'", "(eq importance microsoft.graph.importance:high)"},
		{"s/skuId eq 184efa21-98c3-4e5d-95ab-d07053a96e67", "(eq s/skuId Edm.Guid:184efa21-98c3-4e5d-95ab-d07053a96e67)"}, // B-3.36
		{"c ge 2026-11-01T00:00:00Z", "(ge c Edm.DateTimeOffset:2026-11-01T00:00:00Z)"},
		{"c ge 2026-11-01T00:00:00 01:00", "(ge c Edm.DateTimeOffset:2026-11-01T00:00:00+01:00)"}, // C-3.6
		{"(c ge 2026-11-01T00:00 01:00)", "(ge c Edm.DateTimeOffset:2026-11-01T00:00+01:00)"},
		{"c ge 2026-11-01 and d eq 10:30:00.25", "(and (ge c Edm.Date:2026-11-01) (eq d Edm.TimeOfDay:10:30:00.25))"},
		{"d lt duration'P1DT2H'", "(lt d Edm.Duration:P1DT2H)"},
		{"n eq 12345678901 or n eq 1.5e3 or n eq 5L or n eq 2.5M", "(or (or (or (eq n Edm.Int64:12345678901) (eq n Edm.Double:1.5e3)) (eq n Edm.Int32:5)) (eq n Edm.Double:2.5))"},
		{"groupTypes/any(c:c eq 'Unified')", "(any c groupTypes (eq c Edm.String:Unified))"}, // C-3.10
		{"a/any(x:x/b/all(y:y/c eq x/d))", "(any x a (all y x/b (eq y/c x/d)))"},
		{"attachments/any()", "(any  attachments)"},
		{"owners/$count eq 0", "(eq owners/$count Edm.Int32:0)"}, // B-3.45
		{"owners/$count($filter=displayName eq 'a') gt 1", "(gt owners/$count($filter=displayName eq 'a') Edm.Int32:1)"},
		{"isof('microsoft.graph.user')", "(isof() Edm.String:microsoft.graph.user)"},
		{"isof(manager,microsoft.graph.user)", "(isof() manager microsoft.graph.user)"},
		{"microsoft.graph.user/mail eq null", "(eq microsoft.graph.user/mail null:null)"},
		{"$it/mail eq 'a'", "(eq $it/mail Edm.String:a)"},
		{"extension_abc_badge eq 'A7' and ext9vq_crew/berth eq 4", "(and (eq extension_abc_badge Edm.String:A7) (eq ext9vq_crew/berth Edm.Int32:4))"}, // B-3.49
		{"TRUE eq False", "(eq Edm.Boolean:true Edm.Boolean:false)"},
		{"contains(tolower(a),'b')", "(contains() (tolower() a) Edm.String:b)"},
		{"a eq @p", "(eq a @p=)"},
		{"now() sub created gt duration'PT1H'", "(gt (sub (now() ) created) Edm.Duration:PT1H)"},
		{" \ta  eq\n1 ", "(eq a Edm.Int32:1)"},
	} {
		e, err := ParseFilter(tt.filter)
		if err != nil {
			t.Errorf("%s: %v", tt.filter, err)
			continue
		}
		if got := shape(e); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.filter, got, tt.want)
		}
		if again, err := ParseFilter(e.String()); err != nil || shape(again) != shape(e) {
			t.Errorf("%s prints as %s: %v", tt.filter, e, err)
		}
	}
}

func TestFilterErrors(t *testing.T) {
	t.Attr("rules", "B-2.25")
	for _, tt := range []struct{ filter, want string }{
		{"displayName eqq 'x'", "Syntax error at position 18 in 'displayName eqq 'x''."}, // B-2.25
		{"displayName eq 'ida", "There is an unterminated string literal at position 19 in 'displayName eq 'ida'."},
		{"displayName eq", "Expression expected at position 14 in 'displayName eq'."},
		{"(a eq 1", "')' or operator expected at position 7 in '(a eq 1'."},
		{"startswith(a 'b')", "')' or ',' expected at position 13 in 'startswith(a 'b')'."},
		{"a eq #", "Syntax error: character '#' is not valid at position 5 in 'a eq #'."},
		{"a eq 2026-13-01", "Unrecognized 'Edm.DateTimeOffset' literal '2026-13-01' at '5' in 'a eq 2026-13-01'."},
		{"a eq duration'1h'", "Unrecognized 'Edm.Duration' literal 'duration'1h'' at '5' in 'a eq duration'1h''."},
		{"a eq 99999999999999999999e999", "Unrecognized 'Edm.Double' literal '99999999999999999999e999' at '5' in 'a eq 99999999999999999999e999'."},
		{"a/any(x:x/any(x:x eq 1))", "The range variable 'x' has already been declared."},
		{"a in ()", "Expression expected at position 7 in 'a in ()'."},
		{"a eq \"x\"", "Syntax error at position 7 in 'a eq \"x\"'."},
		{"a/$count/b eq 1", "Syntax error at position 9 in 'a/$count/b eq 1'."},
		{"a/$value eq 1", "Syntax error: character '$' is not valid at position 2 in 'a/$value eq 1'."},
		{"é eq ü x", "Syntax error at position 7 in 'é eq ü x'."},
		{"a eq 12abc", "Syntax error: character 'a' is not valid at position 7 in 'a eq 12abc'."},
		{strings.Repeat("(", 200) + "a", "Recursion limit reached."},
		{strings.Repeat("not ", 200) + "a", "Recursion limit reached."},
		{strings.Repeat("a or ", 5000) + "a", "The expression has more than 4000 parts."},
	} {
		_, err := ParseFilter(tt.filter)
		if want := "Invalid filter clause: " + tt.want; err == nil || err.Error() != want {
			t.Errorf("%.60s\n got %v\nwant %s", tt.filter, err, want)
		}
	}
}

func FuzzFilter(f *testing.F) {
	for _, s := range []string{"a eq 'x' and (b ne 1 or not c)", "a/any(x:x/y in ('b','c'))", "-a lt -5", "a/$count($filter=b eq 1) gt 2",
		"t eq 2026-11-01T00:00:00 01:00", "has eq eq", "a in (1)", "fn(a,b)/c", "a eq N.E'x'", "not not -a", "x has y in z", "$it", "é eq 1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		e, err := ParseFilter(in)
		if err != nil {
			return
		}
		again, err := ParseFilter(e.String())
		if err != nil || again.String() != e.String() || shape(again) != shape(e) {
			t.Fatalf("%q prints as %q, which reads as %q: %v", in, e, again, err)
		}
	})
}

func BenchmarkParseFilter(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseFilter("displayName eq 'Ida Berg' and startswith(mail,'ida')"); err != nil {
			b.Fatal(err)
		}
	}
}
