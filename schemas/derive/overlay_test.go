package derive_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas"
	"github.com/graph-emulator/graph-emulator/schemas/derive"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// pages are two pages of a service nobody has published.
var pages = os.DirFS("../../emulator/testdata/pages")

// Alone, with nothing beneath, they must give a model and operations to serve them from.
func TestSeedsAlone(t *testing.T) {
	cat, ledger, err := derive.Compile(derive.Sources{Version: "beta", Pages: pages})
	if err != nil {
		t.Fatal(err)
	}
	if cat.Score.Resolved != 2 {
		t.Fatalf("%d of 2 lines resolve\n%s", cat.Score.Resolved, ledger)
	}
	m := edm.Open(cat.Schemas, nil)
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	steps, err := m.Walk(edm.Segment{Text: "communications"}, edm.Segment{Text: "presences"}, edm.Segment{Text: "{id}", Key: true})
	if err != nil {
		t.Fatal(err)
	}
	presence := steps[2].Type
	if presence.Name != "microsoft.graph.presence" || presence.Kind != edm.Entity || len(presence.Key) != 1 || presence.Known() {
		t.Errorf("presence is %+v", presence)
	}
	for name, want := range map[string]string{
		"id": "Edm.String", "availability": "Edm.String", "activity": "Edm.String", "outOfOfficeSettings": "microsoft.graph.outOfOfficeSettings",
	} {
		p, ok := presence.Property(name)
		if !ok || p.Type.String() != want {
			t.Errorf("%s is %+v, want %s", name, p, want)
		}
	}
	if p, ok := presence.Property("outOfOfficeSettings"); ok && (p.Def() == nil || !p.Def().Open) {
		t.Errorf("outOfOfficeSettings is not open")
	}
	checkPresences(t, fixtures.NewCatalog(cat.Operations, nil), "")
}

// Over the model in use nothing but the operations differs: the types are there.
func TestSeedsOverModel(t *testing.T) {
	for _, v := range schemas.Versions() {
		base, err := schemas.Model(v)
		if err != nil {
			t.Fatal(err)
		}
		cat, _, err := derive.Compile(derive.Sources{Version: v, Base: base, Pages: pages})
		if err != nil {
			t.Fatal(err)
		}
		if len(cat.Schemas) != 0 {
			t.Errorf("%s: files differ: %v", v, cat.Schemas.Paths())
		}
		checkPresences(t, fixtures.NewCatalog(cat.Operations, fixtures.Operations(v)), "")
	}
}

// The committed catalogs know the seed operations, v1.0 by a patch.
func TestSeedsCommitted(t *testing.T) {
	checkPresences(t, fixtures.Operations("beta"), "")
	checkPresences(t, fixtures.Operations("v1.0"), "patch")
}

func checkPresences(t *testing.T, c *fixtures.Catalog, origin string) {
	t.Helper()
	for method, want := range map[string]struct {
		page   string
		status int
	}{"POST": {"seed/presence-post", 201}, "PATCH": {"seed/presences-update", 200}} {
		op, ok, err := c.Operation(method, "/communications/presences")
		if err != nil || !ok {
			t.Errorf("%s: %v %v", method, ok, err)
			continue
		}
		if op.Page != want.page || op.Status != want.status || op.Origin != origin || op.Returns != "microsoft.graph.presence" {
			t.Errorf("%s: %+v", method, op)
		}
		if op.DelegatedWork != nil || op.Application != nil {
			t.Errorf("%s: permissions of a TODO: %+v", method, op.Permissions)
		}
	}
}

const lighthousePage = `---
title: "Create lighthouse"
doc_type: apiPageType
---

# Create lighthouse
Namespace: microsoft.graph

## Permissions
|Permission type|Permissions (from least to most privileged)|
|:---|:---|
|Delegated (work or school account)|Lighthouse.ReadWrite.All|
|Delegated (personal Microsoft account)|Not supported.|
|Application|Lighthouse.ReadWrite.All|

## HTTP request
<!-- {
  "blockType": "ignored"
}
-->
` + "``` http\nPOST /harbour/lighthouses\nGET /harbour/lighthouses/{id}\n```" + `

## Request body

|Property|Type|Description|
|:---|:---|:---|
|name|String|Name. Required.|
|height|Int32|Height. Optional.|

## Response

If successful, this method returns a ` + "`201 Created`" + ` response code and a [lighthouse](../resources/lighthouse.md) object in the response body.

## Examples

### Request
<!-- {
  "blockType": "request",
  "name": "create_lighthouse"
}
-->
` + "``` http\nPOST https://graph.microsoft.com/beta/harbour/lighthouses\nContent-Type: application/json\n\n{\"@odata.type\": \"#microsoft.graph.lighthouse\", \"name\": \"Outer Bank\", \"height\": 31}\n```" + `

### Response
<!-- {
  "blockType": "response",
  "truncated": true,
  "@odata.type": "microsoft.graph.lighthouse"
}
-->
` + "``` http\nHTTP/1.1 201 Created\nContent-Type: application/json\n\n{\"@odata.type\": \"#microsoft.graph.lighthouse\", \"id\": \"1\", \"name\": \"Outer Bank\", \"height\": 31, \"lit\": true}\n```\n"

// A page with a new first segment brings the service root along, and nothing
// of the base is lost.
func TestDraftedPage(t *testing.T) {
	base, err := schemas.Model("beta")
	if err != nil {
		t.Fatal(err)
	}
	cat, ledger, err := derive.Compile(derive.Sources{Version: "beta", Base: base, Pages: derive.Files{"lighthouse-post.md": []byte(lighthousePage)}})
	if err != nil {
		t.Fatal(err)
	}
	want := "GraphService.json entity.json harbour.json lighthouse.json"
	if got := strings.Join(cat.Schemas.Paths(), " "); got != want {
		t.Fatalf("files %s, want %s\n%s", got, want, ledger)
	}
	m := schemas.Overlay(base, cat.Schemas)
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	if _, ok := m.Root().Navigation("users"); !ok {
		t.Error("the root lost its members")
	}
	steps, err := m.Walk(edm.Segment{Text: "harbour"}, edm.Segment{Text: "lighthouses"})
	if err != nil {
		t.Fatal(err)
	}
	l := steps[1].Type
	if len(l.Required) != 1 || l.Required[0] != "name" || !l.Is(edm.EntityName) || !steps[1].Nav.Contains {
		t.Errorf("lighthouse is %+v", l)
	}
	if p, ok := l.Property("lit"); !ok || p.Type.Name != "Edm.Boolean" || l.Origin != edm.Path || l.Known() {
		t.Errorf("lit is %+v", p)
	}
	op, ok, err := fixtures.NewCatalog(cat.Operations, fixtures.Operations("beta")).Operation("POST", "/harbour/lighthouses")
	if err != nil || !ok || op.Status != 201 || len(op.Required) != 1 || len(op.Application) != 1 || op.DelegatedPersonal == nil {
		t.Errorf("operation %+v %v %v", op, ok, err)
	}
}

const moodPage = `---
title: "presence resource type"
doc_type: resourcePageType
---

# presence resource type
Namespace: microsoft.graph

## Properties
|Property|Type|Description|
|:---|:---|:---|
|activity|String|As before.|
|mood|String|New.|

## JSON representation
<!-- {
  "blockType": "resource",
  "keyProperty": "id",
  "@odata.type": "microsoft.graph.presence",
  "baseType": "microsoft.graph.entity"
}
-->
` + "``` json\n{\"@odata.type\": \"#microsoft.graph.presence\", \"activity\": \"String\", \"mood\": \"String\"}\n```\n"

// A drafted resource page adds to a type of the base, which keeps everything
// else it had.
func TestDraftedResource(t *testing.T) {
	base, err := schemas.Model("v1.0")
	if err != nil {
		t.Fatal(err)
	}
	cat, _, err := derive.Compile(derive.Sources{Version: "v1.0", Base: base, Pages: derive.Files{"presence.md": []byte(moodPage)}})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(cat.Schemas.Paths(), " "); got != "presence.json" {
		t.Fatalf("files %s", got)
	}
	before, err := fs.ReadFile(schemas.Files("v1.0"), "presence.json")
	if err != nil {
		t.Fatal(err)
	}
	line := "\"mood\": {\"type\":[\"string\",\"null\"],\"x-graph\":{\"origin\":\"resource\"}},\n"
	after := string(cat.Schemas["presence.json"])
	if !strings.Contains(after, line) || strings.Replace(after, line, "", 1) != string(before) {
		t.Errorf("presence became %s", after)
	}
}
