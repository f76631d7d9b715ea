package eval

import (
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
)

func TestUses(t *testing.T) {
	for _, tt := range []struct {
		filter, want string
		clauses      int
	}{
		{"displayname eq 'x'", "displayName:eq", 1},
		{"not (mail eq 'x' or age gt 5)", "mail:not mail:eq age:not age:gt", 2},
		{"mail eq null and age ne null", "mail:null age:ne age:null", 1},
		{"mail in ('a',null,'b')", "mail:in mail:null", 3},
		{"startsWith(mail,'a')", "mail:startswith", 1},
		{"contains(tolower(mail),'a')", "mail:tolower", 1},
		{"tags/any(x:x eq 'a')", "tags:any tags:eq", 1},
		{"assignedPlans/any(a:a/Service eq 'x' and not (a/capabilityStatus ne 'y'))", "assignedPlans:any assignedPlans/service:eq assignedPlans/capabilityStatus:not assignedPlans/capabilityStatus:ne", 1},
		{"memberOf/$count eq 0", "memberOf:count", 1},
		{"memberOf/any(g:g/microsoft.graph.group/visibility eq 'x')", "memberOf:any memberOf/visibility:eq", 1},
		{"accountEnabled", "accountEnabled:", 1},
		{"isof(microsoft.graph.user)", "", 1},
		{"age eq 1 or age eq 2 or (age eq 3 or age in (1,2,3,4,5))", "age:eq age:eq age:eq age:in", 5},
		{"age eq 1 or (age eq 2 or (age eq 3 or age eq 4))", "age:eq age:eq age:eq age:eq", 4},
	} {
		e, err := odata.ParseFilter(tt.filter)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, u := range Uses(typeNamed(t, "user"), e) {
			out = append(out, u.Path+":"+u.Op)
		}
		if got := strings.Join(out, " "); got != tt.want || Clauses(e) != tt.clauses {
			t.Errorf("%s\n got %s, %d clauses\nwant %s, %d", tt.filter, got, Clauses(e), tt.want, tt.clauses)
		}
	}
}
