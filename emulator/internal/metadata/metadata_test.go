package metadata

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// sample is a model that has one of everything CSDL tells of.
var sample = fstest.MapFS{
	"GraphService.json": {Data: []byte(`{"title":"microsoft.graph.GraphService","x-graph":{"kind":"root","navigation":{
		"users":{"type":"user.json","many":true,"contains":true,"set":true},
		"groups":{"type":"group.json","many":true,"contains":true,"set":true},
		"me":{"type":"user.json","contains":true,"set":true}},
		"operations":[{"name":"ping","action":false,"returns":{"type":"Edm.String"}},{"name":"wipe","action":true}]}}`)},
	"entity.json": {Data: []byte(`{"title":"microsoft.graph.entity","type":["object","null"],"properties":{"id":{"type":"string"}},
		"x-graph":{"kind":"entity","abstract":true,"key":["id"],"derived":["user.json","group.json","security/alert.json"]}}`)},
	"user.json": {Data: []byte(`{"title":"microsoft.graph.user","allOf":[{"$ref":"entity.json"}],"properties":{
		"name":{"type":["string","null"]},"phones":{"type":"array","items":{"type":"string"}},"address":{"$ref":"address.json"},"state":{"$ref":"state.json"},"anything":{}},
		"x-graph":{"kind":"entity","navigation":{"manager":{"type":"user.json"},"groups":{"type":"group.json","many":true,"contains":true}},"operations":[
		{"name":"tell","action":true,"parameters":[{"name":"text","schema":{"type":"string"},"nullable":false}]},
		{"name":"range","action":false,"composable":true,"returns":{"type":"microsoft.graph.user"}},
		{"name":"delta","action":false,"on":"collection","returns":{"type":"Collection(microsoft.graph.user)"}}]}}`)},
	"group.json":   {Data: []byte(`{"title":"microsoft.graph.group","allOf":[{"$ref":"entity.json"}],"x-graph":{"kind":"entity","open":true,"stream":true}}`)},
	"address.json": {Data: []byte(`{"title":"microsoft.graph.address","properties":{"city":{"type":["string","null"]}},"x-graph":{"kind":"complex"}}`)},
	"state.json":   {Data: []byte(`{"title":"microsoft.graph.state","enum":["on","off",null],"x-graph":{"kind":"enum","members":["on","off"],"values":[0,4],"flags":true}}`)},
	"security/alert.json": {Data: []byte(`{"title":"microsoft.graph.security.alert","allOf":[{"$ref":"../entity.json"}],"properties":{"level":{"type":"integer","format":"int32"}},
		"x-graph":{"kind":"entity"}}`)},
}

// element is a start tag with what lies in it.
type element struct {
	name  string
	attrs map[string]string
	below []*element
}

func parsed(t *testing.T, text []byte) *element {
	t.Helper()
	open := []*element{{}}
	for d := xml.NewDecoder(strings.NewReader(string(text))); ; {
		token, err := d.Token()
		if err == io.EOF {
			return open[0]
		}
		if err != nil {
			t.Fatalf("no XML: %v\n%s", err, text)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := &element{name: token.Name.Local, attrs: map[string]string{}}
			for _, a := range token.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			last := open[len(open)-1]
			last.below, open = append(last.below, e), append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
}

// at finds an element by the tags and names on the way, such as "Schema microsoft.graph"; nil: there is none.
func (e *element) at(way ...string) *element {
	for _, step := range way {
		tag, name, named := strings.Cut(step, " ")
		i := slices.IndexFunc(e.below, func(b *element) bool {
			return b.name == tag && (!named || b.attrs["Name"] == name || b.attrs["Namespace"] == name)
		})
		if i < 0 {
			return nil
		}
		e = e.below[i]
	}
	return e
}

func (e *element) String() string {
	var names []string
	for name, v := range e.attrs {
		names = append(names, name+"="+v)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func TestCSDL(t *testing.T) {
	t.Attr("rules", "B-1.7")
	services := parsed(t, CSDL(edm.Open(sample, nil))).at("Edmx", "DataServices")
	if services == nil {
		t.Fatal("there are no data services")
	}
	for _, tt := range []struct{ way, want string }{
		{"Schema microsoft.graph", "Alias=graph Namespace=microsoft.graph xmlns=http://docs.oasis-open.org/odata/ns/edm"},
		{"Schema microsoft.graph.security", "Namespace=microsoft.graph.security xmlns=http://docs.oasis-open.org/odata/ns/edm"},
		{"Schema microsoft.graph/EntityType entity", "Abstract=true Name=entity"},
		{"Schema microsoft.graph/EntityType entity/Key/PropertyRef id", "Name=id"},
		{"Schema microsoft.graph/EntityType entity/Property id", "Name=id Nullable=false Type=Edm.String"},
		{"Schema microsoft.graph/EntityType user", "BaseType=microsoft.graph.entity Name=user"},
		{"Schema microsoft.graph/EntityType user/Property name", "Name=name Type=Edm.String"},
		{"Schema microsoft.graph/EntityType user/Property phones", "Name=phones Nullable=false Type=Collection(Edm.String)"},
		{"Schema microsoft.graph/EntityType user/Property address", "Name=address Type=microsoft.graph.address"},
		{"Schema microsoft.graph/EntityType user/Property anything", "Name=anything Type=Edm.Untyped"},
		{"Schema microsoft.graph/EntityType user/NavigationProperty manager", "Name=manager Type=microsoft.graph.user"},
		{"Schema microsoft.graph/EntityType user/NavigationProperty groups", "ContainsTarget=true Name=groups Type=Collection(microsoft.graph.group)"},
		{"Schema microsoft.graph/EntityType user/Property id", ""},
		{"Schema microsoft.graph/EntityType user/Key", ""},
		{"Schema microsoft.graph/EntityType group", "BaseType=microsoft.graph.entity HasStream=true Name=group OpenType=true"},
		{"Schema microsoft.graph/ComplexType address/Property city", "Name=city Type=Edm.String"},
		{"Schema microsoft.graph/EnumType state", "IsFlags=true Name=state"},
		{"Schema microsoft.graph/EnumType state/Member off", "Name=off Value=4"},
		{"Schema microsoft.graph/Action tell", "IsBound=true Name=tell"},
		{"Schema microsoft.graph/Action tell/Parameter bindingParameter", "Name=bindingParameter Type=microsoft.graph.user"},
		{"Schema microsoft.graph/Action tell/Parameter text", "Name=text Nullable=false Type=Edm.String"},
		{"Schema microsoft.graph/Action tell/ReturnType", ""},
		{"Schema microsoft.graph/Function range", "IsBound=true IsComposable=true Name=range"},
		{"Schema microsoft.graph/Function delta", "IsBound=true Name=delta"},
		{"Schema microsoft.graph/Function delta/Parameter bindingParameter", "Name=bindingParameter Type=Collection(microsoft.graph.user)"},
		{"Schema microsoft.graph/Function delta/ReturnType", "Type=Collection(microsoft.graph.user)"},
		{"Schema microsoft.graph/Function ping", "Name=ping"},
		{"Schema microsoft.graph/EntityType alert", ""},
		{"Schema microsoft.graph.security/EntityType alert", "BaseType=microsoft.graph.entity Name=alert"},
		{"Schema microsoft.graph.security/EntityContainer", ""},
	} {
		got := ""
		if e := services.at(strings.Split(tt.way, "/")...); e != nil {
			got = e.String()
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.way, got, tt.want)
		}
	}
}

// The container names each entity set, each singleton and what is bound to nothing, once.
func TestContainer(t *testing.T) {
	t.Attr("rules", "B-1.7")
	c := parsed(t, CSDL(edm.Open(sample, nil))).at("Edmx", "DataServices", "Schema microsoft.graph", "EntityContainer GraphService")
	if c == nil {
		t.Fatal("there is no container")
	}
	var got []string
	for _, e := range c.below {
		got = append(got, fmt.Sprint(e.name, " ", e))
	}
	slices.Sort(got)
	want := []string{
		"ActionImport Action=microsoft.graph.wipe Name=wipe",
		"EntitySet EntityType=microsoft.graph.group Name=groups",
		"EntitySet EntityType=microsoft.graph.user Name=users",
		"FunctionImport Function=microsoft.graph.ping Name=ping",
		"Singleton Name=me Type=microsoft.graph.user",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAttr(t *testing.T) {
	for v, want := range map[string]string{"": "", "x": ` a="x"`, `<"&>`: ` a="&lt;&#34;&amp;&gt;"`} {
		if got := attr("a", v); got != want {
			t.Errorf("%q: got %s", v, got)
		}
	}
}
