package eval

import (
	"iter"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// types is a small model: a directory, with a mailbox beside it.
var types = map[string]string{
	"entity": `{"type":["object","null"],"properties":{"id":{"type":"string"}},"x-graph":{"kind":"entity","key":["id"],"abstract":true,"derived":["directoryObject.json","message.json"]}}`,
	"directoryObject": `{"type":["object","null"],"allOf":[{"$ref":"entity.json"}],"properties":{"deletedDateTime":{"type":["string","null"],"format":"date-time"}},
		"x-graph":{"kind":"entity","open":true,"derived":["group.json","user.json"]}}`,
	"user": `{"type":["object","null"],"allOf":[{"$ref":"directoryObject.json"}],"properties":{
		"displayName":{"type":["string","null"]},"mail":{"type":["string","null"]},"accountEnabled":{"type":["boolean","null"]},"age":{"type":["integer","null"],"format":"int32"},
		"score":{"type":["number","string","null"],"format":"double"},"createdDateTime":{"type":["string","null"],"format":"date-time"},"birthday":{"type":["string","null"],"format":"date"},
		"wakes":{"type":["string","null"],"format":"time"},"leave":{"type":["string","null"],"format":"duration"},"skuId":{"type":["string","null"],"format":"uuid"},
		"tags":{"type":"array","items":{"type":["string","null"]}},"assignedPlans":{"type":"array","items":{"$ref":"assignedPlan.json"}},
		"address":{"$ref":"address.json"},"style":{"$ref":"style.json"},"importance":{"$ref":"importance.json"}},
		"x-graph":{"kind":"entity","navigation":{"manager":{"type":"directoryObject.json"},"memberOf":{"type":"directoryObject.json","many":true},"messages":{"type":"message.json","many":true,"contains":true},"chats":{"type":"message.json","many":true,"expandable":false}}}}`,
	"group": `{"type":["object","null"],"allOf":[{"$ref":"directoryObject.json"}],"properties":{"displayName":{"type":["string","null"]},"visibility":{"type":["string","null"]}},
		"x-graph":{"kind":"entity","navigation":{"members":{"type":"directoryObject.json","many":true}}}}`,
	"message": `{"type":["object","null"],"allOf":[{"$ref":"entity.json"}],"properties":{"subject":{"type":["string","null"]},"from":{"$ref":"recipient.json"},
		"toRecipients":{"type":"array","items":{"$ref":"recipient.json"}},"hasAttachments":{"type":["boolean","null"]},"size":{"type":["integer","string","null"],"format":"int64"}},"x-graph":{"kind":"entity"}}`,
	"recipient":    `{"type":["object","null"],"properties":{"emailAddress":{"$ref":"emailAddress.json"}},"x-graph":{"kind":"complex"}}`,
	"emailAddress": `{"type":["object","null"],"properties":{"name":{"type":["string","null"]},"address":{"type":["string","null"]}},"x-graph":{"kind":"complex"}}`,
	"address":      `{"type":["object","null"],"properties":{"city":{"type":["string","null"]},"zip":{"type":["string","null"]}},"x-graph":{"kind":"complex"}}`,
	"assignedPlan": `{"type":["object","null"],"properties":{"service":{"type":["string","null"]},"servicePlanId":{"type":["string","null"],"format":"uuid"},"capabilityStatus":{"type":["string","null"]}},"x-graph":{"kind":"complex"}}`,
	"importance":   `{"type":["string","null"],"x-graph":{"kind":"enum","members":["low","normal","high"],"values":[0,1,2]},"enum":["low","normal","high",null]}`,
	"style":        `{"type":["string","null"],"x-graph":{"kind":"enum","members":["bold","italic","under"],"values":[1,2,4],"flags":true},"pattern":""}`,
}

func model(t testing.TB) *edm.Model {
	t.Helper()
	files := fstest.MapFS{}
	for name, text := range types {
		text = `{"title":"microsoft.graph.` + name + `",` + strings.TrimPrefix(text, "{")
		files[name+".json"] = &fstest.MapFile{Data: []byte(text)}
	}
	m := edm.Open(files, nil)
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	return m
}

func typeNamed(t testing.TB, name string) *edm.Type {
	t.Helper()
	d, ok := model(t).Type(edm.Name("microsoft.graph." + name))
	if !ok {
		t.Fatalf("no type %s", name)
	}
	return d
}

// node is a row with navigation.
type node struct {
	value.Object
	navs    map[string][]*node
	virtual map[string]value.Raw
}

func (n *node) Members() value.Members { return n.Object.Members() }

type nodeRow struct{ n *node }

func (r nodeRow) Object() value.Object { return r.n.Object }
func (r nodeRow) Member(name string) (value.Raw, bool) {
	v, ok := r.n.virtual[name]
	return v, ok
}
func (r nodeRow) Count(nav string) int { return len(r.n.navs[nav]) }
func (r nodeRow) Rows(nav string) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		for _, t := range r.n.navs[nav] {
			if !yield(nodeRow{t}) {
				return
			}
		}
	}
}

func object(t testing.TB, s *value.Shapes, typ, text string) value.Object {
	t.Helper()
	m, err := value.ParseObject([]byte(text), value.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s.Object("microsoft.graph."+typ, m)
}

// tenant is the rows that the tables ask: users u1 to u4, groups g1 and g2.
func tenant(t testing.TB) (users, groups []*node) {
	s := value.NewShapes()
	add := func(list *[]*node, typ, text string) *node {
		n := &node{Object: object(t, s, typ, text), navs: map[string][]*node{}}
		*list = append(*list, n)
		return n
	}
	u1 := add(&users, "user", `{"id":"u1","displayName":"Ida Berg","mail":"ida@northgale.test","accountEnabled":true,"age":31,"score":1.5,"createdDateTime":"2026-01-02T08:00:00Z","birthday":"1995-05-17","wakes":"06:30:00.0000000","leave":"PT8H30M","skuId":"184EFA21-98c3-4e5d-95ab-d07053a96e67","tags":["pilot","North"],"assignedPlans":[{"service":"exchange","servicePlanId":"2e2ddb96-0000-4000-8000-000000000001","capabilityStatus":"Suspended"}],"address":{"city":"Oslo","zip":"0150"},"style":"bold,under","importance":"high"}`)
	u2 := add(&users, "user", `{"id":"u2","displayName":"tomas lind","mail":null,"accountEnabled":false,"age":45,"score":"INF","createdDateTime":"2026-01-02T09:30:00.25+01:00","tags":[],"assignedPlans":[{"service":"teams","servicePlanId":"2e2ddb96-0000-4000-8000-000000000002","capabilityStatus":"Enabled"},{"service":"exchange","servicePlanId":null,"capabilityStatus":"Enabled"}],"address":null,"style":"italic","importance":"low","extension_ab_badge":"A7","ext9vq_crew":{"berth":4}}`)
	u3 := add(&users, "user", `{"id":"u3","displayName":"Åse \"Quote\" O'Hara","mail":"ASE@northgale.test","accountEnabled":null,"age":null,"createdDateTime":"0001-01-01T00:00:00Z","tags":["åse"],"assignedPlans":[],"address":{"city":null,"zip":"x"},"importance":"normal"}`)
	u4 := add(&users, "user", `{"id":"u4"}`)
	g1 := add(&groups, "group", `{"id":"g1","displayName":"Harbour Crew","visibility":"Private"}`)
	g2 := add(&groups, "group", `{"id":"g2","displayName":"HelloWorld hello.world 42crew","visibility":null}`)
	u4.virtual = map[string]value.Raw{"displayName": `"Virtual Vera"`}
	u1.navs["manager"], u2.navs["manager"] = []*node{u2}, []*node{u3}
	u1.navs["memberOf"], u2.navs["memberOf"] = []*node{g1, g2}, []*node{g2}
	g1.navs["members"], g2.navs["members"] = []*node{u1}, []*node{u1, u2, g1}
	return users, groups
}

func id(n *node) string {
	raw, _ := n.Get("id")
	s, _ := raw.Text()
	return s
}
