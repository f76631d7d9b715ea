package derive_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas/derive"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// A harbour in every kind of source: what each layer says, and which wins.
const (
	harbourCSDL = `<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="microsoft.graph" Alias="graph" xmlns="http://docs.oasis-open.org/odata/ns/edm">
<EntityType Name="entity" Abstract="true"><Key><PropertyRef Name="id"/></Key><Property Name="id" Type="Edm.String" Nullable="false"/></EntityType>
<EntityType Name="berth" BaseType="graph.entity"><Property Name="depth" Type="Edm.Double"/>
<NavigationProperty Name="ships" Type="Collection(graph.ship)" ContainsTarget="true"/></EntityType>
<EntityType Name="ship" BaseType="graph.entity"><Property Name="name" Type="Edm.String"/></EntityType>
<Action Name="dock" IsBound="true"><Parameter Name="b" Type="graph.berth"/><Parameter Name="at" Type="Edm.DateTimeOffset"/></Action>
<EntityContainer Name="GraphService"><EntitySet Name="berths" EntityType="graph.berth"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>`
	harbourTypes = `{"source":"test","types":{
"microsoft.graph.berth":{"base":"microsoft.graph.entity","props":{"depth":"Edm.String","warden":"microsoft.graph.pilot","home":"microsoft.graph.berth"}},
"microsoft.graph.pilot":{"base":"microsoft.graph.entity","props":{"rank":"enum:rank","papers":"microsoft.graph.papers"}},
"microsoft.graph.papers":{"props":{"issued":"Edm.Date"}}},
"enums":{"microsoft.graph.rank":["second","first"]}}`
	harbourResource = `---
title: "ship resource type"
doc_type: resourcePageType
---

# ship resource type
Namespace: microsoft.graph

## Properties
|Property|Type|Description|
|:---|:---|:---|
|name|Int32|A name.|
|tonnage|Int64|A weight.|

## Relationships
|Relationship|Type|Description|
|:---|:---|:---|
|crew|[pilot](../resources/pilot.md) collection|People.|

## JSON representation
<!-- {
  "blockType": "resource",
  "keyProperty": "id",
  "@odata.type": "microsoft.graph.ship",
  "baseType": "microsoft.graph.entity"
}
-->
` + "``` json\n{\"@odata.type\": \"#microsoft.graph.ship\", \"name\": \"String\", \"tonnage\": \"Integer\"}\n```\n"
	harbourPage = `---
title: "Refit ship"
doc_type: apiPageType
---

# Refit ship
Namespace: microsoft.graph

## Permissions
|Permission type|Permissions (from most to least privileged)|
|:---|:---|
|Delegated (work or school account)|Harbour.Big, Harbour.Small|
|Delegated (personal Microsoft account)|Not supported.|
|Application|Not supported.|

## HTTP request
<!-- { "blockType": "ignored" } -->
` + "``` http\nPOST /berths/{id}/ships/{id}/refit\nGET /Berths/{id}/SHIPS\nPOST /berths/{id}/dock\nDELETE /berths/{id}/nowhere/at/all/{id}\n```" + `

## Request body
|Parameter|Type|Description|
|:---|:---|:---|
|yard|String|Where. Required.|

## Response
If successful, this method returns a ` + "`202 Accepted`" + ` response code.

## Examples
### Request
` + "``` http\nPOST https://graph.microsoft.com/beta/berths/1/ships/2/refit\nContent-Type: application/json\n\n{\"yard\": \"North\"}\n```" + `
### Response
` + "``` http\nHTTP/1.1 202 Accepted\n```\n"
	harbourPermissions = `{"permissions":{
"Harbour.Read":{"authorizationType":"oAuth2","schemes":{"DelegatedWork":{"privilegeLevel":1}},"pathSets":[{"schemeKeys":["DelegatedWork"],"methods":["GET"],"paths":{"/berths/{id}/ships":"least=DelegatedWork"}}]},
"Harbour.All":{"authorizationType":"oAuth2","schemes":{"DelegatedWork":{"privilegeLevel":3}},"pathSets":[{"schemeKeys":["DelegatedWork"],"methods":["GET"],"paths":{"/berths/{id}/ships":""}}]}}}`
	harbourPatch = `[{"reason":"test","versions":["beta"],"types":{"microsoft.graph.ship":{"properties":{"flag":"Edm.String"}}},
"operations":{"/berths":{"POST":{"page":"berth-post","status":201,"returns":"microsoft.graph.berth"}}}}]`
)

func harbour() derive.Sources {
	return derive.Sources{
		Version:      "beta",
		CSDL:         derive.Files{"beta.xml": []byte(harbourCSDL)},
		Declarations: derive.Files{"types.json": []byte(harbourTypes)},
		Pages:        derive.Files{"resources/ship.md": []byte(harbourResource), "api/ship-refit.md": []byte(harbourPage)},
		Permissions:  derive.Files{"permissions.json": []byte(harbourPermissions)},
		Patches:      derive.Files{"harbour.json": []byte(harbourPatch)},
	}
}

func TestCompileLayers(t *testing.T) {
	cat, ledger, err := derive.Compile(harbour())
	if err != nil {
		t.Fatal(err)
	}
	m := edm.Open(cat.Schemas, nil)
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ owner, member, want string }{
		{"berth", "depth", "Edm.Double"},                           // metadata wins over declarations
		{"berth", "warden", "nav microsoft.graph.pilot contained"}, // an entity type makes a navigation
		{"berth", "home", "nav microsoft.graph.berth"},             // it has an entity set: a reference
		{"berth", "ships", "nav Collection(microsoft.graph.ship) contained"},
		{"pilot", "rank", "microsoft.graph.rank"},
		{"pilot", "papers", "microsoft.graph.papers"},
		{"ship", "name", "Edm.String"}, // metadata wins over pages
		{"ship", "tonnage", "Edm.Int64"},
		{"ship", "crew", "nav Collection(microsoft.graph.pilot) contained"},
		{"ship", "flag", "Edm.String"},
	} {
		owner, ok := m.Type(edm.Name("microsoft.graph." + tt.owner))
		if !ok {
			t.Errorf("no type %s", tt.owner)
			continue
		}
		got := ""
		if p, ok := owner.Property(tt.member); ok {
			got = p.Type.String()
		}
		if n, ok := owner.Navigation(tt.member); ok {
			got += "nav " + n.Type.String()
			if n.Contains {
				got += " contained"
			}
		}
		if got != tt.want {
			t.Errorf("%s/%s is %s, want %s", tt.owner, tt.member, got, tt.want)
		}
	}
	ship, _ := m.Type("microsoft.graph.ship")
	if ops := ship.Operation("refit", false); len(ops) != 1 || !ops[0].Action || ops[0].Origin != edm.Path || len(ops[0].Parameters) != 1 || ops[0].Parameters[0].Optional {
		t.Errorf("refit is %+v", ops)
	}
	if n := ledger.Count("beta", "member learned from documented paths"); n != 4 { // refit; nowhere, at and all, each on what the one before leads to
		t.Errorf("%d members learned\n%s", n, ledger)
	}
}

func TestCompileOperations(t *testing.T) {
	cat, _, err := derive.Compile(harbour())
	if err != nil {
		t.Fatal(err)
	}
	want := `# Derived by graph-derive; do not edit.
/berths:
  POST: {page: berth-post, origin: patch, status: 201, returns: microsoft.graph.berth}
/berths/{}/dock:
  POST: {page: ship-refit, status: 202, delegated: [Harbour.Small, Harbour.Big], personal: [], application: [], required: [yard]}
/berths/{}/nowhere/at/all/{}:
  DELETE: {page: ship-refit, status: 202, delegated: [Harbour.Small, Harbour.Big], personal: [], application: [], required: [yard]}
/berths/{}/ships:
  GET: {page: ship-refit, status: 202, delegated: [Harbour.Read, Harbour.All], personal: [], application: [], returns: Collection(microsoft.graph.ship)}
/berths/{}/ships/{}/refit:
  POST: {page: ship-refit, status: 202, delegated: [Harbour.Small, Harbour.Big], personal: [], application: [], required: [yard], body: none}
`
	if got := string(cat.Operations["berths.yaml"]); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	op, ok, err := fixtures.NewCatalog(cat.Operations, nil).Operation("GET", "/berths/{}/ships")
	if err != nil || !ok || op.Page != "ship-refit" {
		t.Errorf("%+v %v %v", op, ok, err)
	}
}

// The same input gives the same bytes.
func TestCompileTwice(t *testing.T) {
	var last *derive.Catalog
	var ledger string
	for range 5 {
		cat, l, err := derive.Compile(harbour())
		if err != nil {
			t.Fatal(err)
		}
		if last != nil && (!maps.EqualFunc(last.Schemas, cat.Schemas, slices.Equal) || !maps.EqualFunc(last.Operations, cat.Operations, slices.Equal) || ledger != l.String()) {
			t.Fatal("two runs differ")
		}
		last, ledger = cat, l.String()
	}
}

func TestCompileRefuses(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(*derive.Sources)
		want string
	}{
		{"no version", func(s *derive.Sources) { s.Version = "" }, "without a version"},
		{"broken metadata", func(s *derive.Sources) { s.CSDL = derive.Files{"a.xml": []byte("<a")} }, "a.xml"},
		{"broken declarations", func(s *derive.Sources) { s.Declarations = derive.Files{"a.json": []byte("{")} }, "a.json"},
		{"empty page", func(s *derive.Sources) { s.Pages = derive.Files{"a.md": nil} }, "a.md"},
		{"unknown field of a permission", func(s *derive.Sources) {
			s.Permissions = derive.Files{"a.json": []byte(strings.Replace(harbourPermissions, "authorizationType", "odd", 1))}
		}, "odd"},
		{"patch without a reason", func(s *derive.Sources) { s.Patches = derive.Files{"a.json": []byte(`[{"versions":["beta"]}]`)} }, "reason"},
		{"patch of a type nobody has", func(s *derive.Sources) {
			s.Patches = derive.Files{"a.json": []byte(`[{"reason":"r","versions":["beta"],"types":{"microsoft.graph.x":{}}}]`)}
		}, "gives no kind"},
		{"patch of a navigation nobody has", func(s *derive.Sources) {
			s.Patches = derive.Files{"a.json": []byte(`[{"reason":"r","versions":["beta"],"types":{"microsoft.graph.x":{"kind":"entity","navigation":{"y":{"facts":{"expandable":false}}}}}}]`)}
		}, "no navigation y"},
		{"patch of a fact nobody has", func(s *derive.Sources) {
			s.Patches = derive.Files{"a.json": []byte(`[{"reason":"r","versions":["beta"],"types":{"microsoft.graph.x":{"kind":"entity","navigation":{"y":{"type":"microsoft.graph.x","facts":{"edible":false}}}}}}]`)}
		}, "edible"},
		{"misspelt patch", func(s *derive.Sources) { s.Patches = derive.Files{"a.json": []byte(`[{"reasons":"r"}]`)} }, "reasons"},
	} {
		src := harbour()
		tt.edit(&src)
		if _, _, err := derive.Compile(src); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}
