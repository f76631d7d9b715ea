package eval

import (
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
)

func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

// answer is what passes a filter, or the refusal.
func answer(t *testing.T, typ, filter string, rows []*node, o Options) string {
	t.Helper()
	e, err := odata.ParseFilter(filter)
	if err != nil {
		return err.Error()
	}
	f, err := CompileFilter(typeNamed(t, typ), e, o)
	if err != nil {
		return strings.TrimPrefix(err.Error(), "Invalid filter clause: ")
	}
	var out []string
	scan := f.Scan()
	for _, r := range rows {
		if scan.Match(nodeRow{r}) {
			out = append(out, id(r))
		}
	}
	return strings.Join(out, " ")
}

var filterTests = []struct{ filter, want string }{
	{"displayName eq 'Ida Berg'", "u1"},
	{"displayName eq 'ida berg'", ""},
	{"DisplayName eq 'Ida Berg'", "u1"}, // C-3.8
	{"displayName ne 'Ida Berg'", "u2 u3 u4"},
	{"displayName eq 'Virtual Vera'", "u4"},
	{`displayName eq 'Åse "Quote" O''Hara'`, "u3"},
	{"displayName gt 'a'", "u2 u3"},
	{"'Ida Berg' eq displayName", "u1"},
	{"45 le age", "u2"},
	{"mail eq null", "u2 u4"}, // B-3.43
	{"mail ne null", "u1 u3"},
	{"null eq mail", "u2 u4"},
	{"mail in (null,'ida@northgale.test')", "u1 u2 u4"},
	{"mail eq @p", "u2 u4"},
	{"displayName eq mail", ""},
	{"mail ge mail", "u1 u3"}, // null is in no order
	{"not (mail gt 'a')", "u2 u3 u4"},
	{"not startswith(mail,'ida')", "u3"}, // unknown stays unknown
	{"startswith(mail,'ida') eq null", "u2 u4"},
	{"startswith(mail,'x') or accountEnabled", "u1"},
	{"accountEnabled", "u1"},
	{"not accountEnabled", "u2"},
	{"accountEnabled eq false", "u2"},
	{"accountEnabled ne true", "u2 u3 u4"},
	{"age gt 31 or age eq null", "u2 u3 u4"},
	{"age add 1 eq 32 and age mod 2 eq 1", "u1"},
	{"age div 2 eq 15", "u1"},
	{"age divby 2 eq 15.5", "u1"},
	{"-age lt -40", "u2"},
	{"age div 0 eq null", "u1 u2 u3 u4"},
	{"score gt 1000", "u2"},
	{"score lt 2", "u1"},
	{"score eq 1.5", "u1"},
	{"round(score) eq 2", "u1"},
	{"createdDateTime ge 2026-01-02T08:00:00Z", "u1 u2"},
	{"createdDateTime gt 2026-01-02T08:00:00Z", "u2"}, // 09:30+01:00 is 08:30
	{"createdDateTime gt 2026-01-02T09:00:00 01:00", "u2"},
	{"createdDateTime lt 2026-01-02", "u3"}, // B-3.36
	{"createdDateTime eq 0001-01-01T00:00:00Z", "u3"},
	{"createdDateTime lt now()", "u1 u2 u3"},
	{"now() sub createdDateTime lt duration'P365D' and age gt 40", "u2"},
	{"createdDateTime add duration'PT1H' eq 2026-01-02T09:00:00Z", "u1"},
	{"year(createdDateTime) eq 2026 and hour(createdDateTime) eq 8 and minute(createdDateTime) eq 30", "u2"},
	{"date(createdDateTime) eq 2026-01-02", "u1 u2"},
	{"time(createdDateTime) eq 08:00:00", "u1"},
	{"fractionalseconds(createdDateTime) eq 0.25", "u2"},
	{"birthday eq 1995-05-17 and birthday lt 2000-01-01", "u1"},
	{"wakes lt 07:00", "u1"},
	{"leave gt duration'PT8H' and totalseconds(leave) eq 30600", "u1"},
	{"skuId eq 184efa21-98c3-4e5d-95ab-d07053a96e67", "u1"},
	{"tags/any(x:x eq 'pilot')", "u1"}, // B-3.44
	{"tags/any()", "u1 u3"},
	{"not tags/any()", "u2 u4"},
	{"tags/all(x:startswith(x,'å'))", "u2 u3 u4"},
	{"tags/$count eq 2", "u1"},
	{"tags/$count ne 0", "u1 u3"},
	{"'North' in tags", "u1"},
	{"tags/any(x:x in ('North','South'))", "u1"},
	{"assignedPlans/any(a:a/servicePlanId eq 2e2ddb96-0000-4000-8000-000000000001 and a/capabilityStatus eq 'Suspended')", "u1"},
	{"assignedPlans/any(a:a/service eq 'exchange' and a/capabilityStatus eq 'Enabled')", "u2"},
	{"assignedPlans/$count($filter=service eq 'exchange') eq 1", "u1 u2"},
	{"assignedPlans/any(a:a/servicePlanId eq null)", "u2"},
	{"address/city eq 'Oslo'", "u1"},
	{"address eq null", "u2 u4"},
	{"address/city eq null", "u2 u3 u4"},
	{"importance eq 'high'", "u1"},
	{"importance eq microsoft.graph.importance'HIGH'", "u1"},
	{"importance ne 'low'", "u1 u3 u4"},
	{"importance gt 'low'", "u1 u3"},
	{"importance in ('low','normal')", "u2 u3"},
	{"style has 'under'", "u1"}, // B-3.46
	{"style has microsoft.graph.style'bold,under'", "u1"},
	{"style eq 'under,bold'", "u1"},
	{"style eq 'italic'", "u2"},
	{"contains(displayName,'Berg')", "u1"},
	{"contains(tolower(displayName),'berg')", "u1"}, // B-3.40
	{"contains(tolower(displayName),'Berg')", ""},
	{"tolower(displayName) eq 'ida berg'", "u1"},
	{"toupper(displayName) eq 'TOMAS LIND'", "u2"},
	{"endswith(mail,'northgale.test')", "u1 u3"},
	{"startswith(displayName,concat('I','da'))", "u1"},
	{"length(displayName) eq 8 and indexof(displayName,'B') eq 4", "u1"},
	{"substring(displayName,4) eq 'Berg' and substring(displayName,0,3) eq 'Ida'", "u1"},
	{"substring(displayName,0,2) eq 'Ås'", "u3"},
	{"trim(displayName) eq 'tomas lind'", "u2"},
	{"cast(age,Edm.String) eq '31'", "u1"},
	{"cast(address/zip,Edm.Int32) eq 150", "u1"},
	{"extension_ab_badge eq 'A7'", "u2"}, // B-3.49
	{"ext9vq_crew/berth eq 4", "u2"},
	{"ext9vq_crew/berth gt 3.5 and ext9vq_crew/berth in (4,5)", "u2"},
	{"manager eq null", "u3 u4"},
	{"manager/id eq 'u2'", "u1"},
	{"manager/displayName eq 'tomas lind'", "u1"}, // through a derived type
	{"manager/microsoft.graph.user/mail eq null", "u1 u3 u4"},
	{"memberOf/any(g:g/id eq 'g2')", "u1 u2"},
	{"memberOf/any(g:g/microsoft.graph.group/members/any(m:m/id eq 'g1'))", "u1 u2"},
	{"memberOf/any(g:isof(g,microsoft.graph.group))", "u1 u2"},
	{"memberOf/$count gt 1", "u1"},
	{"memberOf/$count($filter=displayName eq 'Harbour Crew') eq 1", "u1"},
	{"isof('microsoft.graph.user')", "u1 u2 u3 u4"}, // C-3.10
	{"isof(microsoft.graph.group)", ""},
	{"microsoft.graph.directoryObject/id eq 'u1'", "u1"},
	{"$it/id eq 'u1'", "u1"},
	{"true", "u1 u2 u3 u4"},
	{"null", ""},
}

func TestFilter(t *testing.T) {
	users, groups := tenant(t)
	for _, tt := range filterTests {
		if got := answer(t, "user", tt.filter, users, Options{Now: noon}); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.filter, got, tt.want)
		}
	}
	members := append(append([]*node{}, users...), groups...)
	for _, tt := range []struct{ filter, want string }{ // a polymorphic collection
		{"visibility eq 'Private'", "g1"},
		{"displayName eq 'Ida Berg' or displayName eq 'Harbour Crew'", "u1 g1"},
		{"microsoft.graph.group/displayName ne null", "g1 g2"},
		{"isof(microsoft.graph.group)", "g1 g2"},
	} {
		if got := answer(t, "directoryObject", tt.filter, members, Options{}); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.filter, got, tt.want)
		}
	}
}

func TestFilterFolded(t *testing.T) {
	t.Attr("rules", "B-3.39")
	users, _ := tenant(t)
	for _, tt := range []struct{ filter, want string }{
		{"displayName eq 'IDA berg'", "u1"},
		{"displayName eq 'åSE \"quote\" o''hara'", "u3"},
		{"displayName eq 'ase \"quote\" o''hara'", ""}, // diacritics matter
		{"startswith(mail,'IDA@')", "u1"},
		{"endswith(mail,'NORTHGALE.test')", "u1 u3"},
		{"contains(displayName,'LIND')", "u2"},
		{"contains(displayName,'åS')", "u3"},
		{"mail in ('ase@northgale.TEST')", "u3"},
		{"displayName ge 'ida berg' and displayName lt 'IDA BERH'", "u1"},
		{"tags/any(x:x eq 'NORTH')", "u1"},
		{"tags/any(x:x eq 'ÅSE')", "u3"},
		{"tolower(displayName) eq 'ida berg'", "u1"},
		{"contains(toupper(displayName),'BERG')", "u1"},
		{"indexof(displayName,'LIND') eq 6", "u2"},
	} {
		if got := answer(t, "user", tt.filter, users, Options{Fold: true}); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.filter, got, tt.want)
		}
	}
}

func TestFilterRefusals(t *testing.T) {
	t.Attr("rules", "B-2.24 B-2.25 B-3.37")
	incompatible := func(a, b, op string) string {
		return "A binary operator with incompatible types was detected. Found operand types '" + a + "' and '" + b + "' for operator kind '" + op + "'."
	}
	for _, tt := range []struct{ filter, want string }{
		{"shoeSize eq 1", "Could not find a property named 'shoeSize' on type 'microsoft.graph.user'."}, // B-2.24
		{"address/street eq 'x'", "Could not find a property named 'street' on type 'microsoft.graph.address'."},
		{"displayName/x eq 'x'", "Could not find a property named 'x' on type 'Edm.String'."},
		{"accountEnabled eq 'true'", incompatible("Edm.Boolean", "Edm.String", "Equal")}, // B-2.25, B-3.37
		{"displayName eq 5", incompatible("Edm.String", "Edm.Int32", "Equal")},
		{"skuId eq '184efa21-98c3-4e5d-95ab-d07053a96e67'", incompatible("Edm.Guid", "Edm.String", "Equal")},
		{"createdDateTime gt '2026'", incompatible("Edm.DateTimeOffset", "Edm.String", "GreaterThan")},
		{"accountEnabled gt true", incompatible("Edm.Boolean", "Edm.Boolean", "GreaterThan")},
		{"displayName and accountEnabled", incompatible("Edm.String", "Edm.Boolean", "And")},
		{"age add 'x' eq 1", incompatible("Edm.Int32", "Edm.String", "Add")},
		{"tags eq 'x'", incompatible("Collection(Edm.String)", "Edm.String", "Equal")},
		{"address eq 'x'", incompatible("microsoft.graph.address", "Edm.String", "Equal")},
		{"age has 1", incompatible("Edm.Int32", "Edm.Int32", "Has")},
		{"mail in (1)", incompatible("Edm.String", "Edm.Int32", "Equal")},
		{"not displayName", "A unary operator with an incompatible type was detected. Found operand type 'Edm.String' for operator kind 'Not'."},
		{"displayName", "The $filter expression must evaluate to a single boolean value."},
		{"importance eq 'highest'", "The string ''highest'' is not a valid enumeration type constant."},
		{"importance eq Nope.x'high'", "The type 'Nope.x' of the literal Nope.x'high' is no enumeration of the model."},
		{"createdDateTime gt datetime'2026-01-01'", "The type 'datetime' of the literal datetime'2026-01-01' is no enumeration of the model."},
		{"substringof('a',mail)", "An unknown function with name 'substringof' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed."},
		{"startswith(mail)", "No function signature for the function with name 'startswith' matches the specified arguments. The function signatures considered are: startswith(Edm.String Nullable=true, Edm.String Nullable=true)."},
		{"contains(age,'x')", "No function signature for the function with name 'contains' matches the specified arguments. The function signatures considered are: contains(Edm.String Nullable=true, Edm.String Nullable=true)."},
		{"assignedPlans/service eq 'x'", "The parent value for a property access of a property 'service' is not a single value. Property access can only be applied to a single value."},
		{"mail/any(x:x eq 'a')", "Any/All may only be used following a collection."},
		{"tags/any(x:x)", "The Any/All query expression must evaluate to a single boolean value."},
		{"mail/$count eq 1", "The $count segment of 'mail/$count' must follow a collection."},
		{"manager/microsoft.graph.message/id eq 'x'", "Encountered invalid type cast. 'microsoft.graph.message' is not assignable from 'microsoft.graph.directoryObject'."},
	} {
		if got := answer(t, "user", tt.filter, nil, Options{}); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.filter, got, tt.want)
		}
	}
}

func TestFilterFacts(t *testing.T) {
	user := typeNamed(t, "user")
	for _, tt := range []struct{ filter, names, equal string }{
		{"mail eq 'a' and 'b' eq displayname", "mail displayName", "mail=a displayName=b"},
		{"mail eq 'a' and age gt 5", "mail age", "mail=a"},
		{"mail eq 'a' or mail eq 'b'", "mail", "mail=a|mail=b"},
		{"mail in ('a','b') and age gt 5", "mail age", "mail=a|mail=b"},
		{"(mail eq 'a' and age gt 5) or (displayName eq 'b' and id eq 'c')", "mail age displayName id", "mail=a|displayName=b mail=a|id=c"},
		{"mail eq 'a' or age gt 5", "mail age", ""},
		{"mail in ('a',null)", "mail", ""}, // an index has no null
		{"not (mail eq 'a')", "mail", ""},
		{"mail ne 'a'", "mail", ""},
		{"importance eq 'high'", "importance", ""}, // an enumeration has several spellings
		{"manager/id eq 'a'", "", ""},
	} {
		e, _ := odata.ParseFilter(tt.filter)
		f, err := CompileFilter(user, e, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var parts []string
		for _, set := range f.Equal() {
			var alternatives []string
			for _, q := range set {
				alternatives = append(alternatives, q.Name+"="+q.Text)
			}
			parts = append(parts, strings.Join(alternatives, "|"))
		}
		if got := strings.Join(parts, " "); got != tt.equal || strings.Join(f.Names(), " ") != tt.names {
			t.Errorf("%s\n got %s; %s\nwant %s; %s", tt.filter, f.Names(), got, tt.names, tt.equal)
		}
		if f.Walks() != strings.Contains(tt.filter, "/") {
			t.Errorf("%s walks: %v", tt.filter, f.Walks())
		}
	}
	users, _ := tenant(t)
	a, _ := odata.ParseFilter("age gt 40 or tags/any(x:x eq 'pilot')")
	b, _ := odata.ParseFilter("accountEnabled eq true and mail ne null")
	fa, _ := CompileFilter(user, a, Options{})
	fb, _ := CompileFilter(user, b, Options{})
	scan := And(nil, fa, fb).Scan()
	for _, u := range users {
		if got, want := scan.MatchObject(u.Object), id(u) == "u1"; got != want {
			t.Errorf("%s: %v", id(u), got)
		}
	}
}
