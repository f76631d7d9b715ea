package decl

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

func describe(f *Facts) string {
	var b strings.Builder
	for _, t := range f.Types {
		fmt.Fprintf(&b, "%s < %s %v\n", t.Name, t.Base, t.Members)
	}
	for _, e := range f.Enums {
		fmt.Fprintf(&b, "%s %v\n", e.Name, e.Members)
	}
	for _, n := range f.Notes {
		fmt.Fprintf(&b, "! %s: %s\n", n.Reason, n.Detail)
	}
	return b.String()
}

const condensed = `{"source":"test","types":{
"microsoft.graph.berth":{"base":"microsoft.graph.entity","props":{"tide":"enum:tide","ships":"Collection(microsoft.graph.ship)","odd":"enum:nowhere","@odata.type":"Edm.String","raw":"microsoft.graph.untypedNode"}},
"microsoft.graph.pilot.caseEscaped":{"props":{"kind":"Collection(enum:kind)","tide":"enum:tide","next":"microsoft.graph.pilot.caseEscaped"}},
"microsoft.graph.oDataErrors.mainError":{"props":{}}},
"enums":{"microsoft.graph.tide":["low","high"],"microsoft.graph.pilot.kind":["a"],"microsoft.graph.kind":["b"]}}`

func TestRead(t *testing.T) {
	f, err := Read(strings.NewReader(condensed))
	if err != nil {
		t.Fatal(err)
	}
	want := `microsoft.graph.berth < microsoft.graph.entity [{odd Edm.String} {raw Edm.Untyped} {ships Collection(microsoft.graph.ship)} {tide microsoft.graph.tide}]
microsoft.graph.pilot.case <  [{kind Collection(microsoft.graph.pilot.kind)} {next microsoft.graph.pilot.case} {tide microsoft.graph.tide}]
microsoft.graph.kind [b]
microsoft.graph.pilot.kind [a]
microsoft.graph.tide [low high]
! enumeration is not declared: microsoft.graph.berth/odd: enum:nowhere
! model of the client library: microsoft.graph.oDataErrors.mainError
`
	if got := describe(f); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	for _, bad := range []string{"", "[]", `{"types":{},"extra":1}`, `{"types":{}} {}`, `{"types":{"a":{"bases":""}}}`} {
		if _, err := Read(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

const rootModule = `import { createCaseEscapedFromDiscriminatorValue as I0a, ModeObject as I0b } from './pilot/index.js';
export function deserializeIntoEntity(entity = {}) {
    return {
        "backingStoreEnabled": n => { entity.backingStoreEnabled = true; },
        "id": n => { entity.id = n.getStringValue(); },
        "@odata.type": n => { entity.odataType = n.getStringValue(); },
    };
}
export function deserializeIntoBerth(berth = {}) {
    return Object.assign(Object.assign({}, deserializeIntoEntity(berth)), { "cases": n => { berth.cases = n.getCollectionOfObjectValues(I0a); }, "depth_v2": n => { berth.depthV2 = n.getNumberValue(); }, "tide": n => { berth.tide = n.getEnumValue(TideObject); }, "mode": n => { berth.mode = n.getCollectionOfEnumValues(I0b); }, "names": n => { berth.names = n.getCollectionOfPrimitiveValues("string"); } });
}
export function deserializeIntoBerthCollectionResponse(r = {}) {
    return Object.assign(Object.assign({}, deserializeIntoBaseCollectionPaginationCountResponse(r)), { "value": n => { r.value = n.getCollectionOfObjectValues(createBerthFromDiscriminatorValue); } });
}
export const TideObject = {
    Low: "low",
    High: "high",
};
`

const pilotModule = `import { deserializeIntoEntity, createBerthFromDiscriminatorValue } from '../index.js';
export function deserializeIntoCaseEscaped(caseEscaped = {}) {
    return Object.assign(Object.assign({}, deserializeIntoEntity(caseEscaped)), { "berth": n => { caseEscaped.berth = n.getObjectValue(createBerthFromDiscriminatorValue); }, "when": n => { caseEscaped.when = n.getDateOnlyValue(); } });
}
export const ModeObject = {
    Fast: "fast",
};
`

func TestReadPackage(t *testing.T) {
	files := fstest.MapFS{
		"package/package.json":              {Data: []byte("{}")},
		"package/models/index.js":           {Data: []byte(rootModule)},
		"package/models/pilot/index.js":     {Data: []byte(pilotModule)},
		"package/models/pilot/index.d.ts":   {Data: []byte("not read")},
		"package/berths/index.js":           {Data: []byte("not read")},
		"package/models/pilot/index.js.map": {Data: []byte("not read")},
	}
	if !IsPackage(files) {
		t.Fatal("not taken for a package")
	}
	f, err := ReadPackage(files)
	if err != nil {
		t.Fatal(err)
	}
	want := `microsoft.graph.berth < microsoft.graph.entity [{cases Collection(microsoft.graph.pilot.case)} {depth_v2 Edm.Number} {mode Collection(microsoft.graph.pilot.mode)} {names Collection(Edm.String)} {tide microsoft.graph.tide}]
microsoft.graph.entity <  [{id Edm.String}]
microsoft.graph.pilot.case < microsoft.graph.entity [{berth microsoft.graph.berth} {when Edm.Date}]
microsoft.graph.pilot.mode [fast]
microsoft.graph.tide [low high]
`
	if got := describe(f); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	files["package/models/index.js"].Data = []byte(strings.Replace(rootModule, "getNumberValue", "getOddValue", 1))
	if _, err := ReadPackage(files); err == nil || !strings.Contains(err.Error(), "OddValue") {
		t.Errorf("an unknown getter was read: %v", err)
	}
	if _, err := ReadPackage(fstest.MapFS{}); err == nil {
		t.Error("an empty folder was read")
	}
}

func FuzzRead(f *testing.F) {
	f.Add(condensed)
	f.Fuzz(func(t *testing.T, in string) {
		a, err := Read(strings.NewReader(in))
		if err != nil {
			return
		}
		if b, err := Read(strings.NewReader(in)); err != nil || describe(a) != describe(b) {
			t.Fatalf("two readings differ: %v", err)
		}
	})
}
