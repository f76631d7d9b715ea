package edm

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// facts prints what was read of a type, one fact a line.
func facts(t *Type) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s key %v %v", t.Kind, t.Name, t.Key, t.AlternateKeys)
	if t.Base() != nil {
		fmt.Fprintf(&b, " < %s", t.Base())
	}
	for _, p := range t.Properties() {
		fmt.Fprintf(&b, "\nprop %s %s null=%v ro=%v im=%v caps=%d %s", p.Name, p.Type, p.Nullable, p.ReadOnly, p.Immutable, p.Caps, p.Origin)
	}
	for _, n := range t.Navigations() {
		fmt.Fprintf(&b, "\nnav %s %s null=%v contains=%v set=%v %s caps=%d %v", n.Name, n.Type, n.Nullable, n.Contains, n.Set, n.Binding, n.Caps, n.Only)
	}
	for _, o := range t.Operations() {
		fmt.Fprintf(&b, "\n%s many=%v %s", o, o.Many, o.FullName())
	}
	return b.String()
}

func TestDecode(t *testing.T) {
	m := Open(files(sample), nil)
	for _, tt := range []struct{ name, want string }{
		{"microsoft.graph.user", `entity microsoft.graph.user key [id] [[userPrincipalName]] < microsoft.graph.directoryObject
prop id Edm.String null=false ro=true im=false caps=0 csdl
prop deletedDateTime Edm.DateTimeOffset null=true ro=false im=false caps=0 csdl
prop displayName Edm.String null=true ro=false im=false caps=0 csdl
prop businessPhones Collection(Edm.String) null=false ro=false im=false caps=0 csdl
prop oofSettings microsoft.graph.outOfOfficeSettings null=true ro=false im=false caps=0 csdl
prop address microsoft.graph.address null=false ro=false im=false caps=0 csdl
prop addresses Collection(microsoft.graph.address) null=true ro=false im=false caps=0 csdl
prop quota Edm.Int64 null=true ro=false im=false caps=0 csdl
prop card Edm.Stream null=true ro=false im=false caps=0 csdl
prop usageState microsoft.graph.usageState null=true ro=false im=false caps=0 csdl
prop anything Edm.Untyped null=true ro=false im=false caps=0 csdl
nav manager microsoft.graph.directoryObject null=true contains=false set=false directoryObjects caps=0 []
nav presence microsoft.graph.presence null=false contains=true set=false  caps=0 []
nav messages Collection(microsoft.graph.message) null=true contains=true set=false  caps=0 []
nav memberOf Collection(microsoft.graph.directoryObject) null=true contains=false set=false  caps=1 [microsoft.graph.group]
nav drive microsoft.graph.drive null=true contains=true set=false  caps=0 []
function delta() Collection(microsoft.graph.user) many=true microsoft.graph.delta
function reminderView(startDateTime Edm.String, endDateTime Edm.String?) Collection(microsoft.graph.address) many=false microsoft.graph.reminderView
function findPlace() microsoft.graph.address many=false microsoft.graph.findPlace
function findPlace(near Edm.String) microsoft.graph.presence many=false microsoft.graph.findPlace
action tell(text Edm.String, mode microsoft.graph.usageState?) many=false microsoft.graph.tell
function tell() Edm.Int32 many=false microsoft.graph.security.tell`},
		{"microsoft.graph.security.alert", `entity microsoft.graph.security.alert key [id] [] < microsoft.graph.entity
prop id Edm.String null=false ro=true im=false caps=0 csdl
prop evidence microsoft.graph.security.evidence null=true ro=false im=false caps=0 csdl
action close() many=false microsoft.graph.security.close`},
		{"microsoft.graph.message", `entity microsoft.graph.message key [id] [] < microsoft.graph.entity
prop id Edm.String null=false ro=true im=false caps=0 csdl
nav attachments Collection(microsoft.graph.attachment) null=true contains=true set=false  caps=0 []`},
		{"microsoft.graph.outOfOfficeSettings", `complex microsoft.graph.outOfOfficeSettings key [] []
prop isOutOfOffice Edm.Boolean null=true ro=false im=false caps=0 csdl`},
	} {
		if got := facts(mustType(t, m, Name(tt.name))); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestLookup(t *testing.T) {
	m := Open(files(sample), nil)
	user, group := mustType(t, m, "Microsoft.Graph.USER"), mustType(t, m, "graph.group")
	alert := mustType(t, m, "microsoft.graph.Security.Alert")
	if user.Name != "microsoft.graph.user" || alert.Name != "microsoft.graph.security.alert" {
		t.Errorf("folded names give %s, %s", user, alert)
	}
	for _, n := range []Name{"", "user", "Edm.String", "microsoft.graph.", "microsoft.graph.nope", "microsoft.graph.security", "other.user"} {
		if typ, ok := m.Type(n); ok {
			t.Errorf("%q is %s", n, typ)
		}
	}
	p, _ := group.Property("MAILNICKNAME")
	if p == nil || !p.Immutable || p.Caps != NoFilter || p.Origin != Resource || p.Owner() != group {
		t.Errorf("mailNickname is %+v", p)
	}
	for _, tt := range []struct {
		what      string
		got, want any
	}{
		{"user is an entity", user.Is(EntityName), true},
		{"user is a group", user.Is("microsoft.graph.group"), false},
		{"user is known", user.Known(), true},
		{"message is known", mustType(t, m, "microsoft.graph.message").Known(), false},
		{"required", fmt.Sprint(user.Required), "[displayName]"},
		{"open", group.Open && !user.Open, true},
		{"stream", mustType(t, m, "microsoft.graph.attachment").Stream, true},
		{"derived", fmt.Sprint(mustType(t, m, "microsoft.graph.directoryObject").Derived()), "[microsoft.graph.group microsoft.graph.user]"},
		{"overloads of the base come last", fmt.Sprint(user.Operation("delta", true)), "[function delta() Collection(microsoft.graph.user) function delta() Collection(microsoft.graph.directoryObject)]"},
		{"single is not many", len(user.Operation("delta", false)), 0},
		{"enum", fmt.Sprint(mustType(t, m, "microsoft.graph.usageState").Members), "[on off]"},
		{"root", m.Root().Name, RootName},
		{"empty root", Open(fstest.MapFS{}, nil).Root().Kind, Root},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.what, tt.got, tt.want)
		}
	}
}

// countingFS counts how often each file is opened.
type countingFS struct {
	fstest.MapFS
	mu    sync.Mutex
	opens map[string]int
}

func (c *countingFS) Open(name string) (fs.File, error) {
	c.mu.Lock()
	c.opens[name]++
	c.mu.Unlock()
	return c.MapFS.Open(name)
}

// ReadFile hides the method of MapFS, which would go past Open.
func (c *countingFS) ReadFile(name string) ([]byte, error) {
	c.mu.Lock()
	c.opens[name]++
	c.mu.Unlock()
	return c.MapFS.ReadFile(name)
}

func (c *countingFS) list() string {
	names := make([]string, 0, len(c.opens))
	for name, n := range c.opens {
		names = append(names, fmt.Sprintf("%s*%d", name, n))
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func TestNothingIsReadBeforeItIsTouched(t *testing.T) {
	fsys := &countingFS{MapFS: files(sample), opens: map[string]int{}}
	m := Open(fsys, nil)
	for _, tt := range []struct{ path, want string }{
		{"", ""},
		{"/users", "GraphService.json*1 directoryObject.json*1 entity.json*1 user.json*1"},
		{"/users/ida/displayName", "GraphService.json*1 directoryObject.json*1 entity.json*1 user.json*1"},
		{"/me/manager", "GraphService.json*1 directoryObject.json*1 entity.json*1 user.json*1"},
		{"/me/messages", "GraphService.json*1 directoryObject.json*1 entity.json*1 message.json*1 user.json*1"},
	} {
		if tt.path != "" {
			describe(m, tt.path)
		}
		if got := fsys.list(); got != tt.want {
			t.Errorf("after %q\n got %s\nwant %s", tt.path, got, tt.want)
		}
	}
}

func TestOverlay(t *testing.T) {
	base := Open(files(sample), nil)
	over := Open(files(map[string]string{
		"outOfOfficeSettings.json": `{"title":"microsoft.graph.outOfOfficeSettings","properties":{"until":{"type":"string"}},"x-graph":{"kind":"complex"}}`,
		"robot.json":               `{"title":"microsoft.graph.robot","allOf":[{"$ref":"user.json"}],"properties":{"serial":{"type":"string"}},"x-graph":{"kind":"entity"}}`,
		"attachment.json":          `{"title":"microsoft.graph.attachment","x-graph":{"kind":"entity"}}`,
	}), base)
	if err := over.Check(); err != nil {
		t.Error(err)
	}
	for _, tt := range []struct {
		m          *Model
		path, want string
	}{
		{base, "/me/oofSettings/isOutOfOffice", "nav me: user / prop oofSettings: outOfOfficeSettings / prop isOutOfOffice: Edm.Boolean"},
		{over, "/me/oofSettings/isOutOfOffice", `segment 2 "isOutOfOffice" of microsoft.graph.outOfOfficeSettings: no such member`},
		{over, "/me/oofSettings/until", "nav me: user / prop oofSettings: outOfOfficeSettings / prop until: Edm.String"},
		{over, "/users/robot/ida/serial", "nav users: user* / cast: robot* / key: robot / prop serial: Edm.String"},
		{over, "/me/manager/serial", "nav me: user / nav manager: directoryObject / prop serial of robot: Edm.String"},
		{base, "/me/manager/serial", `segment 2 "serial" of microsoft.graph.directoryObject: no such member`},
	} {
		if got := describe(tt.m, tt.path); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.path, got, tt.want)
		}
	}
	if l := mustType(t, over, "microsoft.graph.user").Layer(); l != base {
		t.Error("user is not of the base layer")
	}
	if l := mustType(t, over, "microsoft.graph.robot").Layer(); l != over {
		t.Error("robot is not of the overlay")
	}
	for n, want := range map[Name]string{"microsoft.graph.robot": "robot.json", "microsoft.graph.security.alert": "security/alert.json", "microsoft.graph.nope": "", "Edm.String": ""} {
		if fsys, p := over.File(n); p != want || (fsys == nil) != (p == "") {
			t.Errorf("file of %s is %q", n, p)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, tt := range []struct{ file, text, want string }{
		{"a.json", `{"title":"microsoft.graph.a"`, "a.json: unexpected end of JSON input"},
		{"a.json", `{"title":"microsoft.graph.a","x-graph":{"kind":"entity"}} x`, "a.json: invalid character 'x' after top-level value"},
		{"a.json", "{\"title\":\"\xff\"}", "a.json: not UTF-8"},
		{"a.json", `[]`, "a.json: line 1: expected '{'"},
		{"a.json", `{"title":"microsoft.graph.b","x-graph":{"kind":"entity"}}`, `a.json: line 1: title "microsoft.graph.b" in the file of microsoft.graph.a`},
		{"a.json", `{"title":"microsoft.graph.a"}`, "a.json: line 1: no x-graph, which says the kind of the type"},
		{"a.json", "{\n\"x-graph\":{\"kind\":\"thing\"}}", `a.json: line 2: kind "thing"`},
		{"a.json", `{"x-graph":{"kind":"entity","origin":"rumour"}}`, `a.json: line 1: origin "rumour"`},
		{"a.json", `{"x-graph":{"kind":"root"}}`, "a.json: kind root is for GraphService.json, and only for it"},
		{"a.json", `{"x-graph":{"kind":"entity","key":["id"]}}`, "a.json: key id is no property"},
		{"a.json", `{"allOf":[{"$ref":"a.json"}],"x-graph":{"kind":"entity"}}`, "a.json: microsoft.graph.a derives from itself"},
		{"a.json", `{"allOf":[{"$ref":"b.txt"}],"x-graph":{"kind":"entity"}}`, `a.json: line 1: "b.txt" refers to no type file`},
		{"a.json", `{"allOf":[{"$ref":"b.json"}],"x-graph":{"kind":"entity"}}`, "a.json: line 1: no type microsoft.graph.b\na.json: base type microsoft.graph.b: file does not exist"},
		{"x/a.json", `{"properties":{"p":{"$ref":"b.json"}},"x-graph":{"kind":"complex"}}`, "x/a.json: line 1: no type microsoft.graph.x.b"},
		{"a.json", `{"properties":{"p":{"$ref":"../b.json"}},"x-graph":{"kind":"complex"}}`, `a.json: line 1: "../b.json" refers to no type file`},
		{"a.json", `{"properties":{"p":{"$ref":"https://example.test/b.json"}},"x-graph":{"kind":"complex"}}`, `a.json: line 1: "https://example.test/b.json" refers to no type file`},
		{"a.json", `{"properties":{"p":{"$ref":"#/$defs/p"}},"$defs":{"p":{"type":"string"}},"x-graph":{"kind":"complex"}}`, ""},
		{"a.json", `{"properties":{"p":{"type":"text"}},"x-graph":{"kind":"complex"}}`, `a.json: line 1: JSON type "text"`},
		{"a.json", `{"properties":{"p":{},"p":{}},"x-graph":{"kind":"complex"}}`, `a.json: line 1: property p stands twice`},
		{"a.json", `{"properties":{"p":{"x-graph":{"imutable":true}}},"x-graph":{"kind":"complex"}}`, `a.json: line 1: unknown x-graph member "imutable"`},
		{"a.json", `{"x-graph":{"kind":"entity","navigation":{"n":{"many":true}}}}`, "a.json: line 1: navigation n has no type"},
		{"a.json", `{"x-graph":{"kind":"entity","navigation":{"n":{"type":"b.json"}}}}`, "a.json: line 1: no type microsoft.graph.b"},
		{"a.json", `{"x-graph":{"kind":"entity","operations":[{"action":true}]}}`, "a.json: line 1: operation 0 has no name"},
		{"a.json", `{"x-graph":{"kind":"entity","operations":[{"name":"o","returns":{"type":"microsoft.graph.b"}}]}}`, "a.json: operation o: no type microsoft.graph.b"},
		{"a.json", `{"x-graph":{"kind":"entity","derived":["b.json"]}}`, "a.json: derived: no type microsoft.graph.b"},
		{"a.json", `{"x-graph":{"kind":"enum","members":["x"],"values":[1,2]}}`, "a.json: 2 values for 1 members"},
		{"a.json", `{"x-graph":{"kind":"entity","open":"yes"}}`, "a.json: line 1: expected true or false"},
		{"a.txt", `not a type`, ""},
		{"a.json", `{"title":"microsoft.graph.a","x-graph":{"kind":"entity","capabilities":{"put":true,"countable":false}}}`, ""},
	} {
		got := ""
		if err := Open(files(map[string]string{tt.file: tt.text}), nil).Check(); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

func TestBrokenFilesAreMissingTypes(t *testing.T) {
	m := Open(files(sample, map[string]string{
		"message.json": `{"title":`,
		"x.json":       `{"allOf":[{"$ref":"y.json"}],"x-graph":{"kind":"entity"}}`,
		"y.json":       `{"allOf":[{"$ref":"x.json"}],"x-graph":{"kind":"entity","derived":["x.json"]}}`,
	}), nil)
	if _, ok := m.Type("microsoft.graph.message"); ok {
		t.Error("a broken file gives a type")
	}
	if got, want := describe(m, "/me/messages"), `segment 1 "messages" of microsoft.graph.user: its type is missing`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, n := range []Name{"microsoft.graph.x", "microsoft.graph.y"} {
		typ := mustType(t, m, n)
		typ.DerivedMember("nope")
		if typ.Is(EntityName) {
			t.Errorf("%s derives from nothing but itself", n)
		}
	}
}

func TestConcurrentFirstTouch(t *testing.T) {
	for range 20 {
		base := Open(files(sample), nil)
		m := Open(files(map[string]string{"robot.json": `{"allOf":[{"$ref":"user.json"}],"x-graph":{"kind":"entity"}}`}), base)
		var wg sync.WaitGroup
		types := make([]*Type, 8)
		for i := range types {
			wg.Go(func() {
				for _, p := range []string{"/me/manager/serial", "/Users/ida/messages/1/attachments", "/me/address/door", "/users/GRAPH.robot"} {
					describe(m, p)
					describe(base, p)
				}
				types[i], _ = m.Type("microsoft.graph.User")
			})
		}
		wg.Wait()
		for _, typ := range types {
			if typ == nil || typ != types[0] {
				t.Fatal("two callers got two types")
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, text := range sample {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m := Open(files(map[string]string{"a.json": text}), nil)
		typ, ok := m.Type("microsoft.graph.a")
		if err := m.Check(); err == nil && !ok {
			t.Fatalf("%q passes Check and gives no type", text)
		}
		if ok {
			_ = facts(typ)
			typ.DerivedMember("x")
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	fsys := files(sample)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := Open(fsys, nil).Type("microsoft.graph.user"); !ok {
			b.Fatal("no user")
		}
	}
}
