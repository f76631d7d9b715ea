package edm

import (
	"strings"
	"testing"
)

// segments is a small reader of paths: a slash parts segments, a name may carry
// parentheses, {x} is a placeholder, and text behind "name:" is a colon path.
func segments(path string) (list []Segment) {
	path = strings.TrimPrefix(path, "/")
	for path != "" || len(list) == 0 {
		var s string
		s, path, _ = strings.Cut(path, "/")
		if name, ok := strings.CutSuffix(s, ":"); ok {
			inner, rest, _ := strings.Cut(path, ":")
			list = append(list, segment(name), Segment{Text: inner, Colon: true})
			path = strings.TrimPrefix(rest, "/")
			continue
		}
		list = append(list, segment(s))
	}
	return list
}

func segment(s string) Segment {
	if strings.HasPrefix(s, "{") {
		return Segment{Text: s, Key: true}
	}
	name, args, ok := strings.Cut(s, "(")
	return Segment{Text: name, Parens: ok, Args: strings.TrimSuffix(args, ")")}
}

// describe prints what a path denotes, or where it leaves the model.
func describe(m *Model, path string) string {
	steps, err := m.Walk(segments(path)...)
	if err != nil {
		return err.Error()
	}
	words := make([]string, len(steps))
	for i, s := range steps {
		words[i] = s.String()
	}
	return strings.Join(words, " / ")
}

func TestWalk(t *testing.T) {
	m := Open(files(sample), nil)
	for _, tt := range walks {
		if got := describe(m, tt.path); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.path, got, tt.want)
		}
	}
}

// walks covers every rule of the walk.
var walks = []struct{ path, want string }{
	// names, keys
	{"/users", "nav users: user*"},
	{"/users/ida", "nav users: user* / key: user"},
	{"/USERS/ida/DisplayName", "nav users: user* / key: user / prop displayName: Edm.String"},
	{"/users('ida')/manager", "nav users(): user / nav manager: directoryObject"},
	{"/users(userPrincipalName='x')", "nav users(): user"},
	{"/users()", "nav users: user*"},
	{"/users/userPrincipalName=x", "nav users: user* / key: user"},
	{"/users/ida@northgale.test/messages", "nav users: user* / key: user / nav messages: message*"},
	{"/users/{id}/messages/{id}", "nav users: user* / key: user / nav messages: message* / key: message"},
	{"/users/{delta}", "nav users: user* / key: user"},
	{"/me/messages", "nav me: user / nav messages: message*"},
	{"/me/messages('a')/attachments", "nav me: user / nav messages(): message / nav attachments: attachment*"},
	{"/me/ida", `segment 1 "ida" of microsoft.graph.user: no such member`},
	{"/me/{id}", `segment 1 "{id}" of microsoft.graph.user: takes no key`},
	{"/nope", `segment 0 "nope" of microsoft.graph.GraphService: no such member`},
	{"/lost", `segment 0 "lost" of microsoft.graph.GraphService: its type is missing`},
	{"/ping", "func ping: Edm.String"},
	{"/communications/presences/x/setPresence", "nav communications: cloudCommunications / nav presences: presence* / key: presence / action setPresence"},

	// empty segments
	{"//users//ida/", "skip: GraphService / nav users: user* / skip: user* / key: user"},
	{"/myorganization/users", "skip: GraphService / nav users: user*"},
	{"/3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10/users", "skip: GraphService / nav users: user*"},
	{"/users/myorganization", "nav users: user* / key: user"},

	// casts
	{"/groups/g/members/microsoft.graph.user", "nav groups: group* / key: group / nav members: directoryObject* / cast: user*"},
	{"/groups/g/members/Graph.User/$count", "nav groups: group* / key: group / nav members: directoryObject* / cast: user* / $count: Edm.Int32"},
	{"/groups/g/members/user/ida/messages", "nav groups: group* / key: group / nav members: directoryObject* / cast: user* / key: user / nav messages: message*"},
	{"/groups/g/members/graph.user('ida')/manager", "nav groups: group* / key: group / nav members: directoryObject* / cast(): user / nav manager: directoryObject"},
	{"/me/manager/microsoft.graph.user/messages", "nav me: user / nav manager: directoryObject / cast: user / nav messages: message*"},
	{"/me/manager/user/messages", "nav me: user / nav manager: directoryObject / cast: user / nav messages: message*"},
	{"/me/microsoft.graph.directoryObject", "nav me: user / cast: directoryObject"},
	{"/me/microsoft.graph.presence", `segment 1 "microsoft.graph.presence" of microsoft.graph.user: no such member`},
	{"/me/address/microsoft.graph.homeAddress/door", "nav me: user / prop address: address / cast: homeAddress / prop door: Edm.String"},
	{"/me/addresses/homeAddress", "nav me: user / prop addresses: address* / cast: homeAddress*"},

	// operations
	{"/users/delta", "nav users: user* / func delta: user*"},
	{"/users/delta()", "nav users: user* / func delta: user*"},
	{"/users/microsoft.graph.delta()", "nav users: user* / func delta: user*"},
	{"/users/GRAPH.Delta", "nav users: user* / func delta: user*"},
	{"/users/getByIds", "nav users: user* / action getByIds: directoryObject*"},
	{"/users/delta/ida/manager", "nav users: user* / func delta: user* / key: user / nav manager: directoryObject"},
	{"/users/nope(a=1)", `segment 1 "nope" of Collection(microsoft.graph.user): no such member`},
	{"/me/getMemberGroups", "nav me: user / action getMemberGroups: Edm.String*"},
	{"/me/getMemberGroups/x", `segment 2 "x" of Collection(Edm.String): nothing may follow what came before`},
	{"/me/reminderView(startDateTime='a',endDateTime='b')", "nav me: user / func reminderView: address*"},
	{"/me/reminderView(startDateTime='a')/$count", "nav me: user / func reminderView: address* / $count: Edm.Int32"},
	{"/me/findPlace", "nav me: user / func findPlace: address"},
	{"/me/findPlace(near='(a,b)')/activity", "nav me: user / func findPlace: presence / prop activity: Edm.String"},
	{"/me/microsoft.graph.security.tell", "nav me: user / func tell: Edm.Int32"},
	{"/me/microsoft.graph.tell", "nav me: user / action tell"},
	{"/me/microsoft.graph.callRecords.tell", `segment 1 "microsoft.graph.callRecords.tell" of microsoft.graph.user: no such member`},
	{"/me/drive/root/range(address='A1')/children", "nav me: user / nav drive: drive / nav root: driveItem / func range: driveItem / nav children: driveItem*"},
	{"/me/drive/root/search(q='a')/i", "nav me: user / nav drive: drive / nav root: driveItem / func search: driveItem* / key: driveItem"},
	{"/reports/getUsage(period='D7')", "nav reports: reportRoot / func getUsage: Edm.Stream"},
	{"/reports/getUsage(period='D7')/$value", "nav reports: reportRoot / func getUsage: Edm.Stream / $value: Edm.Stream"},
	{"/sites/s/alerts/1/microsoft.graph.security.close", "nav sites: site* / key: site / nav alerts: security.alert* / key: security.alert / action close"},

	// members of derived types without a cast
	{"/directoryObjects/1/mailNickname", "nav directoryObjects: directoryObject* / key: directoryObject / prop mailNickname of group: Edm.String"},
	{"/me/manager/MESSAGES", "nav me: user / nav manager: directoryObject / nav messages of user: message*"},
	{"/me/manager/renew", "nav me: user / nav manager: directoryObject / action renew of group"},
	{"/directoryObjects/validateAll", "nav directoryObjects: directoryObject* / action validateAll of group"},
	{"/things/1/displayName", `segment 2 "displayName" of microsoft.graph.entity: no such member`},
	{"/me/address/door", "nav me: user / prop address: address / prop door of homeAddress: Edm.String"},

	// values
	{"/me/oofSettings/isoutofoffice/$value", "nav me: user / prop oofSettings: outOfOfficeSettings / prop isOutOfOffice: Edm.Boolean / $value: Edm.Boolean"},
	{"/me/address/neighbours/u/$ref", "nav me: user / prop address: address / nav neighbours: user* / key: user / $ref: user"},
	{"/me/addresses/x", `segment 2 "x" of Collection(microsoft.graph.address): takes no key`},
	{"/me/businessPhones/$count", "nav me: user / prop businessPhones: Edm.String* / $count: Edm.Int32"},
	{"/me/businessPhones/x", `segment 2 "x" of Collection(Edm.String): a primitive value has no members`},
	{"/me/usageState/$value", "nav me: user / prop usageState: usageState / $value: usageState"},
	{"/me/usageState/on", `segment 2 "on" of microsoft.graph.usageState: a primitive value has no members`},
	{"/me/card/$value", "nav me: user / prop card: Edm.Stream / $value: Edm.Stream"},
	{"/me/anything/a/b", "nav me: user / prop anything: Edm.Untyped / prop / prop"},
	{"/me/drive/root/extra/x", "nav me: user / nav drive: drive / nav root: driveItem / prop extra: microsoft.graph.Json / prop"},
	{"/groups/g/extension_1/deep", "nav groups: group* / key: group / prop / prop"},
	{"/groups/g/unknown(x=1)", `segment 2 "unknown" of microsoft.graph.group: no such member`},
	{"/groups/g/microsoft.graph.nope", `segment 2 "microsoft.graph.nope" of microsoft.graph.group: no such member`},

	// system segments
	{"/users/$count", "nav users: user* / $count: Edm.Int32"},
	{"/users/$Count", "nav users: user* / $count: Edm.Int32"},
	{"/groups/g/members/$ref", "nav groups: group* / key: group / nav members: directoryObject* / $ref: directoryObject*"},
	{"/groups/g/members/u/$ref", "nav groups: group* / key: group / nav members: directoryObject* / key: directoryObject / $ref: directoryObject"},
	{"/me/manager/$ref", "nav me: user / nav manager: directoryObject / $ref: directoryObject"},
	{"/me/messages/m/attachments/a/$value", "nav me: user / nav messages: message* / key: message / nav attachments: attachment* / key: attachment / $value: attachment"},
	{"/me/displayName/$ref", `segment 2 "$ref" of Edm.String: does not apply here`},
	{"/users/$value", `segment 1 "$value" of Collection(microsoft.graph.user): does not apply here`},
	{"/users/$x", `segment 1 "$x" of Collection(microsoft.graph.user): does not apply here`},
	{"/$value", `segment 0 "$value" of microsoft.graph.GraphService: does not apply here`},
	{"/$ref", `segment 0 "$ref" of microsoft.graph.GraphService: does not apply here`},
	{"/me/$count", `segment 1 "$count" of microsoft.graph.user: does not apply here`},
	{"/users/$count/x", `segment 2 "x" of Collection(microsoft.graph.user): nothing may follow what came before`},
	{"/users/$count/", "nav users: user* / $count: Edm.Int32"},

	// colon paths
	{"/me/drive/root:/a b.txt:/content", "nav me: user / nav drive: drive / nav root: driveItem / path: driveItem / prop content: Edm.Stream"},
	{"/me/drive/items/1:/a:/children/2", "nav me: user / nav drive: drive / nav items: driveItem* / key: driveItem / path: driveItem / nav children: driveItem* / key: driveItem"},
	{"/sites/host:/sites/harbour:/drive", "nav sites: site* / key: site / path: site / nav drive: drive"},
	{"/me/drive:/a", `segment 2 "a" of microsoft.graph.drive: takes no path`},
	{"/me/drive/items:/a", `segment 3 "a" of Collection(microsoft.graph.driveItem): takes no path`},
	{"/me:/a", `segment 1 "a" of microsoft.graph.user: takes no path`},
}

func TestWalkErrorLeavesTheCursor(t *testing.T) {
	c := Open(files(sample), nil).Start()
	for _, s := range []string{"users", "ida"} {
		if _, err := c.Step(Segment{Text: s}); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		_, err := c.Step(Segment{Text: "nope"})
		if want := `segment 2 "nope" of microsoft.graph.user: no such member`; err == nil || err.Error() != want {
			t.Fatalf("got %v, want %s", err, want)
		}
	}
	if s, err := c.Step(Segment{Text: "manager"}); err != nil || s.String() != "nav manager: directoryObject" {
		t.Errorf("after the error: %v, %v", s, err)
	}
}

func TestAt(t *testing.T) {
	m := Open(files(sample), nil)
	c := m.At(mustType(t, m, "microsoft.graph.address"), true)
	if s, err := c.Step(Segment{Text: "$count"}); err != nil || s.Kind != Count {
		t.Errorf("got %v, %v", s, err)
	}
	c = m.At(mustType(t, m, "microsoft.graph.user"), false)
	if s, err := c.Step(Segment{Text: "manager"}); err != nil || s.Nav.Binding != "directoryObjects" {
		t.Errorf("got %v, %v", s, err)
	}
}

func TestStepAllocatesNothing(t *testing.T) {
	m := Open(files(sample), nil)
	for _, path := range []string{
		"/users/c26302f8-02f8-c263-f802-63c2f80263c2/MESSAGES/x/attachments/y/$value",
		"/groups/g/members/graph.user/$count",
		"/groups/g/members/microsoft.graph.user('x')/microsoft.graph.getMemberGroups",
		"/directoryObjects/1/mailNickname",
		"/me/findPlace(near='a')/activity",
		"/me/drive/root:/a:/children",
		"/groups/g/extension_1",
	} {
		segs := segments(path)
		walk := func() {
			c := m.Start()
			for _, s := range segs {
				if _, err := c.Step(s); err != nil {
					t.Fatal(err)
				}
			}
		}
		walk() // the first touch reads files
		if n := testing.AllocsPerRun(100, walk); n != 0 {
			t.Errorf("%s: %v allocations", path, n)
		}
	}
}

func FuzzCursor(f *testing.F) {
	for _, p := range []string{"/users/ida", "/me/drive/root:/a:/content", "/users('x')/$ref", "/groups/g/members/graph.user/$count", "/me/{id}", "//", "/me/findPlace(near=',(')"} {
		f.Add(p)
	}
	m := Open(files(sample), nil)
	f.Fuzz(func(t *testing.T, path string) {
		c := m.Start()
		for i, seg := range segments(path) {
			s, err := c.Step(seg)
			if err != nil {
				if w, ok := err.(*WalkError); !ok || w.Index != i || w.Segment != seg.Text {
					t.Fatalf("%q: error %#v at segment %d", path, err, i)
				}
				return
			}
			if s.String() == "" || s.Kind > Count {
				t.Fatalf("%q: step %#v", path, s)
			}
		}
	})
}

func BenchmarkWalk(b *testing.B) {
	m := Open(files(sample), nil)
	for _, path := range []string{
		"/communications/presences/c26302f8-02f8-c263-f802-63c2f80263c2/setPresence",
		"/users/ida@northgale.test/messages/AAMkADhm/attachments/AAMkADhn/$value",
		"/groups/c26302f8-02f8-c263-f802-63c2f80263c2/members/microsoft.graph.user/$count",
		"/directoryobjects/c26302f8-02f8-c263-f802-63c2f80263c2/MAILNICKNAME",
		"/me/drive/root:/a/b.txt:/content",
	} {
		segs := segments(path)
		b.Run(path[1:strings.IndexByte(path[1:], '/')+1], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c := m.Start()
				for _, s := range segs {
					if _, err := c.Step(s); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
