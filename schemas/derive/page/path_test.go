package page

import (
	"fmt"
	"strings"
	"testing"
)

// show prints segments: names bare, keys in braces, colon paths in colons.
func show(segments []Segment) string {
	var b strings.Builder
	for i, s := range segments {
		if i > 0 {
			b.WriteByte(' ')
		}
		switch {
		case s.Depth:
			b.WriteString("any")
		case s.Colon:
			fmt.Fprintf(&b, ":%s:", s.Text)
		case s.Key:
			fmt.Fprintf(&b, "key%s", s.Text)
		default:
			b.WriteString(s.Text)
		}
		if s.Parens {
			fmt.Fprintf(&b, "(%s)", s.Args)
		}
	}
	return b.String()
}

func TestReadLine(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{"GET /harbours/{id}/berths", "GET /harbours/{id}/berths | harbours key{id} berths"},
		{"get  /harbours/{id|name}  ", "GET /harbours/{id|name} | harbours key{id|name}"},
		{"GET /harbours/{id | name}/pilot", "GET /harbours/{id | name}/pilot | harbours key{id | name} pilot"},
		{"PATCH harbours/<harbour-id>", "PATCH /harbours/<harbour-id> | harbours key<harbour-id>"},
		{"DELETE/harbours/{id}/$ref", "DELETE /harbours/{id}/$ref | harbours key{id} $ref"},
		{"POST ~/harbours", "POST /harbours | harbours"},
		{"PUT https://graph.microsoft.com/beta/harbours/{id}/", "PUT /harbours/{id} beta | harbours key{id}"},
		{"GET https://graph.microsoft.com/v1.0/me/drive HTTP/1.1", "GET /me/drive v1.0 | me drive"},
		{"GET /harbours?$filter=name eq '{name}' and open eq true", "GET /harbours ?$filter=name eq '{name}' and open eq true | harbours"},
		{"GET /harbours/{id}/berths(from='a?b')", "GET /harbours/{id}/berths(from='a?b') | harbours key{id} berths(from='a?b')"},
		{"GET /harbours/range(address='<a/b>')", "GET /harbours/range(address='<a/b>') | harbours range(address='<a/b>')"},
		{"GET /teams/(team-id)/schedule", "GET /teams/(team-id)/schedule | teams key(team-id) schedule"},
		{"GET /me/drive/root:/{item-path}", "GET /me/drive/root:/{item-path} | me drive root :{item-path}:"},
		{"GET /drives/{id}/items/{item-id}:/{path}:/content", "GET /drives/{id}/items/{item-id}:/{path}:/content | drives key{id} items key{item-id} :{path}: content"},
		{"GET /sites/{host}:/teams/hr:/lists", "GET /sites/{host}:/teams/hr:/lists | sites key{host} :teams/hr: lists"},
		{"GET /me/quays/{id}/.../berths", "GET /me/quays/{id}/.../berths | me quays key{id} any berths"},
		{"GET /sites/{host},{a},{b}", "GET /sites/{host},{a},{b} | sites key{host},{a},{b}"},
		{"GET /users('{id}')/photo", "GET /users('{id}')/photo | users('{id}') photo"},
		{"GET /harbours/{id}/microsoft.graph.dock/$count", "GET /harbours/{id}/microsoft.graph.dock/$count | harbours key{id} microsoft.graph.dock $count"},
		{"GET /harbours/{open/berths", "GET /harbours/{open/berths | harbours key{open berths"},
		{"GET /", "GET / | "},
		{"PATCH ** Entity URI for a.b.harbour not found", "request line is a generator error"},
		{"GET ** Collection URI for a.b.harbour not found", "request line is a generator error"},
		{"POST https://ships.example.com/callback", "request line names another host"},
		{"or", "line in an operation list is not a request line"},
		{"GETTING /harbours", "line in an operation list is not a request line"},
	} {
		got := ""
		if l, why := readLine(tt.line, 1); why != "" {
			got = string(why)
		} else {
			got = l.Method + " " + l.Path
			if l.Version != "" {
				got += " " + l.Version
			}
			if l.Query != "" {
				got += " ?" + l.Query
			}
			got += " | " + show(l.Segments)
		}
		if got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.line, got, tt.want)
		}
	}
}

func TestReadType(t *testing.T) {
	refs := map[string]string{"berth": "../resources/berth.md"}
	for _, tt := range []struct{ cell, want string }{
		{"String", "Edm.String"},
		{"`string`", "Edm.String"},
		{"Int32 collection", "Edm.Int32*"},
		{"Collection(Edm.String)", "Edm.String*"},
		{"String (timestamp)", "Edm.DateTimeOffset"},
		{"String (identifier)", "Edm.String"},
		{"(Optional) String", "Edm.String"},
		{"string, maximum size 20", "Edm.String"},
		{"DateTimeOffset", "Edm.DateTimeOffset"},
		{"[harbour](../resources/intune-sea-harbour.md)", "microsoft.graph.harbour @intune-sea-harbour"},
		{"[harbour](../resources/harbour.md) collection", "microsoft.graph.harbour* @harbour"},
		{"Collection of [berth][]", "microsoft.graph.berth* @berth"},
		{"[Berth] resource", "microsoft.graph.Berth @berth"},
		{"collection([berth][])", "microsoft.graph.berth* @berth"},
		{"[microsoft.graph.sea.pilot](../resources/sea-pilot.md#values)", "microsoft.graph.sea.pilot @sea-pilot"},
		{"[list](../resources/list.md)", "microsoft.graph.list @list"},
		{"entity collection", "microsoft.graph.entity*"},
		{"Object", "Edm.Untyped"},
		{"string/number", ""},
		{"[pier](../resources/pier.md) or [quay](../resources/quay.md)", " @pier"},
		{"", ""},
	} {
		n := readType(tt.cell, refs)
		got := n.name
		if n.collection {
			got += "*"
		}
		if n.link != "" {
			got += " @" + n.link
		}
		if got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.cell, got, tt.want)
		}
	}
}

func TestDemands(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"Name of the harbour. Required.", "required"},
		{"**Required**. Name", "required"},
		{"Name (Required)", "required"},
		{"Required. Name", "required"},
		{"Required when a harbour is created.", ""},
		{"Required for ferries", ""},
		{"Not required. ", ""},
		{"PinRequired. ", ""},
		{"Optional. Name", "optional"},
		{"Optionally a name", ""},
	} {
		required, optional := demands(tt.text)
		got := ""
		if required {
			got = "required"
		}
		if optional {
			got += "optional"
		}
		if got != tt.want {
			t.Errorf("%s\n got %q want %q", tt.text, got, tt.want)
		}
	}
}
