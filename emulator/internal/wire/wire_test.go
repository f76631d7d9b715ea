package wire

import (
	"crypto/tls"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/enginetest"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odatajson"
	"github.com/graph-emulator/graph-emulator/emulator/internal/origin"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

func TestPreference(t *testing.T) {
	t.Attr("rules", "B-3.90")
	for _, tt := range []struct{ header, name, v, rest string }{
		{"return=minimal", "return", "minimal", ""},
		{" return = minimal ", "return", "minimal", ""},
		{"respond-async, return=minimal", "respond-async", "", " return=minimal"},
		{`outlook.timezone="Europe/Oslo",a=b`, "outlook.timezone", "Europe/Oslo", "a=b"},
		{`x="a,b=c", y=d`, "x", "a,b=c", " y=d"},
		{`x="a;b"; wait=1`, "x", "a;b", ""},
		{"odata.maxpagesize=7; wait=10", "odata.maxpagesize", "7", ""},
		{`x="open, y=d`, "x", "open, y=d", ""},
		{",a=b", "", "", "a=b"},
		{"x=a=b", "x", "a=b", ""},
	} {
		name, v, rest := preference(tt.header)
		if name != tt.name || v != tt.v || rest != tt.rest {
			t.Errorf("%s: %q, %q and %q are left", tt.header, name, v, rest)
		}
	}
}

func TestReadPrefer(t *testing.T) {
	t.Attr("rules", "B-3.90")
	type read struct {
		minimal, whole, create, unknown, immutable bool
		page                                       int
		zone, content                              string
	}
	for _, tt := range []struct {
		headers []string
		want    read
	}{
		{nil, read{}},
		{[]string{"respond-async, odata.track-changes"}, read{}},
		{[]string{"Return=Minimal"}, read{minimal: true}},
		{[]string{"return=representation"}, read{whole: true}},
		{[]string{"return=all"}, read{}},
		{[]string{"create-if-missing"}, read{create: true}},
		{[]string{"include-unknown-enum-members"}, read{unknown: true}},
		{[]string{"odata.maxpagesize=5"}, read{page: 5}},
		{[]string{"maxpagesize=6"}, read{page: 6}},
		{[]string{"odata.maxpagesize=0"}, read{}},
		{[]string{"odata.maxpagesize=-1"}, read{}},
		{[]string{"odata.maxpagesize=many"}, read{}},
		{[]string{`IdType="ImmutableId"`}, read{immutable: true}},
		{[]string{"IdType=immutableid"}, read{immutable: true}},
		{[]string{"IdType=RestId"}, read{}},
		{[]string{`outlook.body-content-type="TEXT"`}, read{content: "text"}},
		{[]string{`outlook.timezone="W. Europe Standard Time", odata.maxpagesize=2`, `idtype="ImmutableId"`},
			read{zone: "W. Europe Standard Time", page: 2, immutable: true}},
	} {
		var p prefer
		var r op.Request
		p.read(tt.headers, &r)
		if got := (read{r.Minimal, r.Representation, r.CreateIfMissing, p.unknownMembers, p.immutable, r.MaxPageSize, p.zone, p.content}); got != tt.want {
			t.Errorf("%q: got %+v", tt.headers, got)
		}
	}
}

// Only what the type honours changes the answer and is said to be honoured.
func TestReform(t *testing.T) {
	t.Attr("rules", "B-1.21 B-1.42")
	all := []string{"outlook.timezone", "outlook.body-content-type", workload.IDType}
	for _, tt := range []struct {
		prefer  string
		honours []string
		forms   odatajson.Form
		said    string
	}{
		{"", all, odatajson.AsLater, ""},
		{"include-unknown-enum-members", all, 0, ""},
		{`outlook.timezone="Europe/Oslo"`, all, odatajson.AsLater | odatajson.AsZoned, `outlook.timezone="Europe/Oslo"`},
		{`outlook.timezone="Europe/Oslo"`, nil, odatajson.AsLater, ""},
		{`outlook.timezone="Nowhere"`, nil, odatajson.AsLater, ""},
		{"outlook.body-content-type=text", all, odatajson.AsLater | odatajson.AsContent, `outlook.body-content-type="text"`},
		{"outlook.body-content-type=text", nil, odatajson.AsLater, ""},
		{"outlook.body-content-type=rtf", all, odatajson.AsLater, ""},
		{`IdType="ImmutableId"`, all, odatajson.AsLater, "IdType=ImmutableId"},
		{`IdType="ImmutableId"`, nil, odatajson.AsLater, ""},
	} {
		var p prefer
		p.read([]string{tt.prefer}, &op.Request{})
		f, err := p.reform(tt.honours)
		if said := strings.Join(p.honoured, ", "); err != nil || f.Forms != tt.forms || said != tt.said {
			t.Errorf("%s where %v is honoured: forms %b, said %q, %v", tt.prefer, tt.honours, f.Forms, said, err)
		}
	}
	p := prefer{zone: "Nowhere"}
	if _, err := p.reform(all); grapherr.From(err).Status != http.StatusBadRequest {
		t.Errorf("a zone that is none: %v", err)
	}
}

func TestNewGUID(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		id := newGUID()
		if !edm.IsGUID(id) || id[14] != '4' || !strings.ContainsRune("89ab", rune(id[19])) || seen[id] {
			t.Fatalf("%q is no new random GUID", id)
		}
		seen[id] = true
	}
}

func TestStampClientID(t *testing.T) {
	t.Attr("rules", "B-1.9")
	for _, tt := range []struct {
		sent   []string
		echoed bool
	}{
		{nil, false},
		{[]string{"mine"}, true},
		{[]string{""}, false},
		{[]string{"one", "two"}, false},
		{[]string{strings.Repeat("x", maxEcho)}, true},
		{[]string{strings.Repeat("x", maxEcho+1)}, false},
	} {
		r := httptest.NewRequest("GET", "/v1.0/me", nil)
		r.Header["Client-Request-Id"] = tt.sent
		h := http.Header{}
		stamp(h, r)
		want := h["Request-Id"]
		if tt.echoed {
			want = tt.sent
		}
		if got := h["Client-Request-Id"]; len(want) != 1 || !slices.Equal(got, want) {
			t.Errorf("%.20q: got %.40q, and the request id is %q", tt.sent, got, h["Request-Id"])
		}
	}
}

func TestStampTransport(t *testing.T) {
	t.Attr("rules", "B-1.4 B-1.12 B-1.13")
	for _, tt := range []struct {
		host   string
		secure bool
		want   string
	}{
		{"graph.microsoft.com", true, "max-age=31536000"},
		{"graph.microsoft.com", false, ""},
		{"localhost:8443", true, ""},
	} {
		r := httptest.NewRequest("GET", "/v1.0/me", nil)
		r.Host = tt.host
		if tt.secure {
			r.TLS = &tls.ConnectionState{}
		}
		h := http.Header{}
		stamp(h, r)
		if got := h.Get("Strict-Transport-Security"); got != tt.want {
			t.Errorf("%s, TLS %v: Strict-Transport-Security %q", tt.host, tt.secure, got)
		}
		if !json.Valid([]byte(h.Get("x-ms-ags-diagnostic"))) || h.Get("Vary") != "Accept-Encoding" || h.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %v", tt.host, h)
		}
	}
}

// single is the one tenant that there is.
type single struct{ *Tenant }

func (s single) Of(*http.Request) *Tenant { return s.Tenant }
func (s single) ByID(id string) *Tenant {
	if id == "" || s.Tenant == nil {
		return s.Tenant
	}
	return nil
}
func (s single) CatchUp() {}

// several are tenants of which the one that asks is not the first.
type several struct{ single }

func (several) ByID(string) *Tenant { return nil }

const tenantID = "3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10"

// located is an exchange with a tenant that has an organization, and a user in it.
func located(t *testing.T, tenants func(*Tenant) Tenants) *exchange {
	t.Helper()
	w := enginetest.New(t, op.Options{})
	err := w.Store.Update(func(tx *store.Tx) error {
		_, err := tx.Add(0, "organization", tenantID, w.Shapes.Object("microsoft.graph.organization", nil))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	x := &exchange{}
	x.tenant = &Tenant{World: w.World}
	x.g = &Graph{Engine: w.Engine, Origin: &origin.Origin{}, Monitors: "/monitor/", Tenants: tenants(x.tenant)}
	x.Origin, x.VersionName = x.g.Origin, "v1.0"
	x.HTTP = httptest.NewRequest("POST", "http://localhost:8080/v1.0/users", nil)
	return x
}

func TestLink(t *testing.T) {
	t.Attr("rules", "B-1.20")
	first := located(t, func(first *Tenant) Tenants { return single{first} })
	second := located(t, func(*Tenant) Tenants { return several{} })
	for _, tt := range []struct {
		x    *exchange
		link workload.Link
		want string
	}{
		{first, workload.Link{Path: "/users/a%20b"}, "http://localhost:8080/v1.0/users/a%20b"},
		{first, workload.Link{Path: "/teams('1')/operations('2')", Relative: true}, "/teams('1')/operations('2')"},
		{first, workload.Link{Path: "abc", Monitor: true}, "http://localhost:8080/monitor/abc"},
		{second, workload.Link{Path: "abc", Monitor: true}, "http://localhost:8080/monitor/" + tenantID + "/abc"},
	} {
		if got := tt.x.link(tt.link); got != tt.want {
			t.Errorf("%+v: got %s", tt.link, got)
		}
	}
}

func TestHistorical(t *testing.T) {
	t.Attr("rules", "B-1.19")
	x := located(t, func(first *Tenant) Tenants { return single{first} })
	m := x.g.Engine.Options.Models[0]
	for _, tt := range []struct {
		typ       edm.Name
		key, want string
	}{
		{"microsoft.graph.user", "c26302f8", "/directoryObjects/c26302f8/Microsoft.DirectoryServices.User"},
		{"microsoft.graph.servicePrincipal", "a b/c", "/directoryObjects/a%20b%2Fc/Microsoft.DirectoryServices.ServicePrincipal"},
	} {
		typ, ok := m.Type(tt.typ)
		if !ok {
			t.Fatalf("no type %s", tt.typ)
		}
		one := &workload.Entity{Node: workload.Node{Type: typ, Home: workload.Home{Key: tt.key}}}
		want := "http://localhost:8080/v2/" + tenantID + tt.want
		if got := x.historical(&engine.Answer{Result: workload.Result{One: one}}); got != want {
			t.Errorf("%s: got %s", tt.key, got)
		}
	}
}

// The shapes of the envelope, byte for byte: members have the service's order.
func TestErrorBody(t *testing.T) {
	t.Attr("rules", "B-1.10 B-2.1 B-2.4 B-2.6 B-2.28 B-2.37")
	const ids = `"date":"2026-11-22T08:00:00","request-id":"R","client-request-id":"C"`
	base := grapherr.Error{Status: 404, Code: "NotFound", Message: `no "<b>"`}
	with := func(change func(*grapherr.Error)) *grapherr.Error {
		e := base
		change(&e)
		return &e
	}
	const head = `{"error":{"code":"NotFound","message":"no \"<b>\""`
	for _, tt := range []struct {
		what string
		e    *grapherr.Error
		want string
	}{
		{"common", &base, head + `,"innerError":{` + ids + `}}}`},
		{"repeated", with(func(e *grapherr.Error) { e.Shape = grapherr.Repeated }),
			head + `,"innerError":{"message":"no \"<b>\"",` + ids + `}}}`},
		{"nested", with(func(e *grapherr.Error) { e.Shape, e.Inner = grapherr.Nested, "more" }),
			head + `,"innerError":{"message":"no \"<b>\"","code":"more","innerError":{},` + ids + `}}}`},
		{"counted", with(func(e *grapherr.Error) { e.Shape, e.Status = grapherr.Counted, 429 }),
			head + `,"innerError":{"message":"Please retry after","code":"429",` + ids + `,"status":"429"}}}`},
		{"bare", with(func(e *grapherr.Error) { e.Shape = grapherr.Bare }), head + `}}`},
		{"hollow", with(func(e *grapherr.Error) { e.Shape = grapherr.Hollow }), head + `,"innerError":""}}`},
		{"cause and cure", base.Because("why", "what helps"), head + `,"innerError":{"cause":"why","cure":"what helps",` + ids + `}}}`},
		{"target, details and explanation", with(func(e *grapherr.Error) {
			e.Target, e.URL, e.Details = "id", "https://x.test", []grapherr.Detail{{Code: "c", Message: "m"}, {Code: "d", Message: "n", Target: "t"}}
		}), head + `,"target":"id","details":[{"code":"c","message":"m"},{"code":"d","message":"n","target":"t"}],"innerError":{` + ids + `},"@api.url":"https://x.test"}}`},
		{"a body of its own", with(func(e *grapherr.Error) { e.Body = []byte("as it is") }), "as it is"},
	} {
		h := http.Header{"Request-Id": {"R"}, "Client-Request-Id": {"C"}}
		now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.FixedZone("", 3600))
		if got := string(errorBody(tt.e, httptest.NewRequest("GET", "/v1.0/users/x", nil), now, h)); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.what, got, tt.want)
		}
	}
}

// A wrapped message is JSON text with the path at the back end in it.
func TestErrorBodyWrapped(t *testing.T) {
	t.Attr("rules", "B-2.35")
	e := &grapherr.Error{Status: 404, Code: "NotFound", Message: "gone", Shape: grapherr.Wrapped}
	h := http.Header{"Request-Id": {"R"}, "Client-Request-Id": {"C"}}
	body := errorBody(e, httptest.NewRequest("GET", "/v1.0/deviceManagement/x?$top=1", nil), time.Unix(0, 0), h)
	var env struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal(body, &env); err != nil {
		t.Fatal(err)
	}
	var own struct {
		Version int `json:"_version"`
		Message string
	}
	if err := json.Unmarshal([]byte(env.Error.Message), &own); err != nil {
		t.Fatalf("%v in %s", err, env.Error.Message)
	}
	if own.Version != 3 || !strings.HasPrefix(own.Message, "gone - Operation ID") || !strings.Contains(own.Message, "Activity ID: R ") ||
		!strings.Contains(own.Message, "/GraphService/deviceManagement/x?api-version=") {
		t.Errorf("%+v", own)
	}
	if !strings.HasPrefix(env.Error.Message, "{\r\n  \"_version\": 3,\r\n") {
		t.Errorf("lines of the message: %q", env.Error.Message)
	}
}
