package page

import (
	"os"
	"path/filepath"
	"testing"
)

// shared is the folder of sources beside the repository.
const shared = "../../../../shared"

// pages is the folder of two reference pages with the facts and the quirks of those that
// a generator writes, in the words of nobody.
const pages = "../../../emulator/testdata/pages"

// The two pages, quirk by quirk.
func TestSeeds(t *testing.T) {
	for _, tt := range []struct{ file, want string }{
		{"002_2bcb123dfbbbb646.md", `
1 Create presence|microsoft.graph|
line 33 POST /communications/presences []
permissions [] work [] personal [] app [] features 0 stated false
body id Edm.String from entity
body activity Edm.String
body availability Edm.String
body outOfOfficeSettings microsoft.graph.outOfOfficeSettings @outofofficesettings
header Authorization Bearer true
header Content-Type application/json true
response [201] [presence] [presence] false
request 69 [] POST https://graph.microsoft.com/beta/communications/presences kind 1 "{\n  \"@odata.type\": \"#microsoft.graph.presence\",\n  \"activity\": \"String\",\n  \"availability\": \"String\",\n  \"outOfOfficeSettings\": {\n    \"@odata.type\": \"microsoft.graph.outOfOfficeSettings\"\n  }\n}" []
answer 93 201 microsoft.graph.presence kind 1 many false truncated true []
`},
		{"000_6bc3b4673f461a93.md", `
1 Update presences|microsoft.graph|
line 31 PATCH /communications/presences []
permissions [] work [] personal [] app [] features 0 stated false
body id Edm.String from entity
body availability Edm.String
body activity Edm.String
header Authorization Bearer true
header Content-Type application/json true
response [200] [presence] [presence] false
request 66 [] PATCH https://graph.microsoft.com/beta/communications/presences kind 1 "{\n  \"@odata.type\": \"#microsoft.graph.presence\",\n  \"availability\": \"String\",\n  \"activity\": \"String\"\n}" []
answer 86 200 microsoft.graph.presence kind 1 many false truncated true []
`},
	} {
		text, err := os.ReadFile(filepath.Join(pages, tt.file))
		if err != nil {
			t.Fatal(err)
		}
		p, err := Read("seed", text)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, facts(p), tt.want)
		e := p.Examples[0]
		if got := e.Responses[0].Header.Get("Content-Type"); got != "application/json" {
			t.Errorf("%s: response header %q", tt.file, got)
		}
		if len(e.Responses) != 1 || e.Request.Path != p.Operations[0].Path || e.Request.Version != "beta" {
			t.Errorf("%s: example %+v", tt.file, e)
		}
	}
}
