package observed_test

import (
	"os"
	"testing"

	"github.com/graph-emulator/graph-emulator/fixtures/pack"
	"github.com/graph-emulator/graph-emulator/schemas"
	"github.com/graph-emulator/graph-emulator/schemas/observed"
)

// TestPack: what the program embeds is what the files beside it say.
func TestPack(t *testing.T) {
	if err := observed.Files().(*pack.Pack).Holds(os.DirFS("facts")); err != nil {
		t.Errorf("%v; run go generate ./schemas/observed", err)
	}
}

func TestFacts(t *testing.T) {
	u := observed.TypeOf("v1.0", "microsoft.graph.user")
	if u == nil || u.Answers() == 0 || u.Member("businessPhones") == nil || u.Member("passwordPolicies") != nil {
		t.Errorf("user: %+v", u)
	}
	if got := observed.TypeOf("v1.0", "microsoft.graph.none"); got != nil {
		t.Errorf("an unknown type: %+v", got)
	}
	if o := observed.OperationOf("v1.0", "GET", "/organization"); o == nil || o.Answers == 0 || o.Headers["OData-Version"] != "4.0" {
		t.Errorf("GET /organization: %+v", o)
	}
	if len(observed.Errors("v1.0")) == 0 || len(observed.Errors("none")) != 0 {
		t.Error("errors")
	}
}

// A complex value that no object lacks stands there with its members unset.
func TestUnsetComplex(t *testing.T) {
	m, err := schemas.Model("v1.0")
	if err != nil {
		t.Fatal(err)
	}
	def, _ := m.Type("microsoft.graph.application")
	for name, want := range map[string]string{
		"info":          `{"logoUrl":null,"marketingUrl":null,"privacyStatementUrl":null,"supportUrl":null,"termsOfServiceUrl":null}`,
		"spa":           `{"redirectUris":[]}`,
		"certification": "null",
		"addIns":        "[]",
	} {
		p, _ := def.Property(name)
		if got, ok := observed.TypeOf("v1.0", string(def.Name)).Unset(p); !ok || got != want {
			t.Errorf("an unset %s shows %q (%v), want %q", name, got, ok, want)
		}
	}
}

func TestDocumentedOrder(t *testing.T) {
	names := observed.DocumentedOrder("v1.0", "microsoft.graph.deviceCompliancePolicy")
	if len(names) < 5 || names[0] == "#" {
		t.Errorf("deviceCompliancePolicy: %v", names)
	}
	if got := observed.DocumentedOrder("v1.0", "microsoft.graph.user"); got != nil {
		t.Errorf("a recorded type: %v", got)
	}
}
