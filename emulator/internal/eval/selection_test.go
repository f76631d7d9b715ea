package eval

import (
	"fmt"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
)

// outline prints a selection: names, sub-selections in braces, expansions with +.
func outline(s *Selection) string {
	var out []string
	if s.Star {
		out = append(out, "*")
	}
	for _, it := range s.Items {
		text := it.Name
		if it.Cast != nil {
			text = it.Cast.Name.Short() + "." + text
		}
		if it.Sub != nil {
			text += "{" + outline(it.Sub) + "}"
		}
		out = append(out, text)
	}
	for _, x := range s.Expand {
		text := "+" + strings.Join(append(append([]string{}, x.Via...), x.Name), "/")
		switch {
		case x.On != nil:
			text += "@" + x.On.Name.Short()
		case x.Cast != nil:
			text += ":" + x.Cast.Name.Short()
		case x.Ref:
			text += "$ref"
		}
		if x.Levels != 0 {
			text += fmt.Sprintf("^%d", x.Levels)
		}
		if x.Filter != nil || x.Order != nil || x.Options.Top != nil {
			text += "?"
		}
		out = append(out, text+"{"+outline(x.Select)+"}")
	}
	return strings.Join(out, " ")
}

func TestSelection(t *testing.T) {
	t.Attr("rules", "B-1.26 B-1.27 B-2.24 B-3.30 C-3.12")
	const prefix = "Parsing OData Select and Expand failed: "
	for _, tt := range []struct{ query, want, context string }{
		{"", "*", ""},
		{"$select=displayName,ID", "displayName id", "(displayName,ID)"}, // B-1.26
		{"$select=*", "*", "(*)"},
		{"$select=*,mail", "* mail", "(*,mail)"},
		{"$select=address/city,address/zip,mail", "address{city zip} mail", "(address/city,address/zip,mail)"},
		{"$select=address/city,address", "address", "(address/city,address)"},
		{"$select=address,address/city", "address", "(address,address/city)"},
		{"$select=address($select=city)", "address{city}", "(address($select=city))"},
		{"$select=manager,@odata.type,extension_a_b", "manager @odata.type extension_a_b", "(manager,@odata.type,extension_a_b)"},
		{"$expand=manager", "* +manager{*}", "(manager())"}, // B-1.27
		{"$select=displayName&$expand=manager($select=id,displayName)", "displayName +manager{id displayName}", "(displayName,manager(id,displayName))"},
		{"$expand=manager($levels=max;$select=id)", "* +manager^-1{id}", "(manager(id))"}, // B-3.30
		{"$expand=memberOf/microsoft.graph.group($expand=members;$filter=visibility eq 'x';$top=2)", "* +memberOf:group?{* +members{*}}", "(memberOf/microsoft.graph.group(members()))"},
		{"$expand=memberOf/$ref", "* +memberOf$ref{*}", "(memberOf/$ref())"},
		{"$expand=*", "* +manager{*} +memberOf{*} +messages{*}", "(manager(),memberOf(),messages())"}, // C-3.12; chats cannot be expanded
		{"$expand=manager,manager", "* +manager{*}", "(manager())"},
		{"$select=shoeSize", prefix + "Could not find a property named 'shoeSize' on type 'microsoft.graph.user'.", ""}, // B-2.24
		{"$select=address/street", prefix + "Could not find a property named 'street' on type 'microsoft.graph.address'.", ""},
		{"$select=mail/x", prefix + "Could not find a property named 'x' on type 'Edm.String'.", ""},
		{"$expand=nope", prefix + "Could not find a property named 'nope' on type 'microsoft.graph.user'.", ""},
		{"$expand=mail", prefix + "Property 'mail' on type 'microsoft.graph.user' is not a navigation property or complex property. Only navigation properties can be expanded.", ""},
		{"$expand=manager/manager", prefix + "The path 'manager/manager' is not valid in $expand: options of 'manager' belong into parentheses.", ""},
		{"$expand=manager($select=nope)", prefix + "Could not find a property named 'nope' on type 'microsoft.graph.directoryObject'.", ""},
		{"$expand=manager($filter=nope eq 1)", "Invalid filter clause: Could not find a property named 'nope' on type 'microsoft.graph.directoryObject'.", ""},
		{"$expand=manager/microsoft.graph.message", prefix + "Encountered invalid type cast. 'microsoft.graph.message' is not assignable from 'microsoft.graph.directoryObject'.", ""},
	} {
		q, err := odata.ParseQuery(tt.query)
		if err != nil {
			t.Fatalf("%s: %v", tt.query, err)
		}
		s, err := CompileSelect(typeNamed(t, "user"), q, Options{})
		if err != nil {
			if err.Error() != tt.want {
				t.Errorf("%s\n got %s\nwant %s", tt.query, err, tt.want)
			}
			continue
		}
		if got := outline(s); got != tt.want || s.Context() != tt.context {
			t.Errorf("%s\n got %s %s\nwant %s %s", tt.query, got, s.Context(), tt.want, tt.context)
		}
	}
}

func TestSelectionShapes(t *testing.T) {
	users, _ := tenant(t)
	for _, tt := range []struct{ query, want string }{
		{"$select=mail,id", `{"id":"u1","mail":"ida@northgale.test"}`},
		{"$select=address/city", `{"address":{"city":"Oslo"}}`},
		{"$select=assignedPlans($select=service)", `{"assignedPlans":[{"service":"exchange"}]}`},
		{"$select=id,nope", `{"id":"u1"}`},
	} {
		q, _ := odata.ParseQuery(tt.query)
		s, err := CompileSelect(typeNamed(t, "user"), q, Options{IgnoreUnknown: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := string(s.Members(users[0].Members()).Object()); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.query, got, tt.want)
		}
	}
	var none *Selection
	if names, flat := none.Names(); names != nil || !flat || none.Context() != "" || len(none.Members(users[0].Members())) != users[0].Len() {
		t.Error("a nil selection does not show everything")
	}
	q, _ := odata.ParseQuery("$select=id,nope")
	s, _ := CompileSelect(typeNamed(t, "user"), q, Options{IgnoreUnknown: true})
	if len(s.Ignored) != 1 || s.Ignored[0] != "nope" || !s.Selects("id") {
		t.Errorf("ignored %v", s.Ignored)
	}
}
