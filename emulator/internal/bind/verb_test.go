package bind_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/schemas"
)

// Every line is a method and a path of v1.0, a star before it where a page documents it,
// and the verb, or the refusal with the methods that the path takes.
func TestVerb(t *testing.T) {
	m, err := schemas.Model("v1.0")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ request, want string }{
		{"GET /users", "list microsoft.graph.user"},
		{"POST /users", "create microsoft.graph.user"},
		{"PATCH /users", "405 GET, POST"},
		{"*PATCH /users", "update microsoft.graph.user"},
		{"PUT /users", "405 GET, POST"},
		{"GET /users/ida", "read microsoft.graph.user"},
		{"PUT /users/ida", "405 GET, PATCH, DELETE"},
		{"*PUT /users/ida", "upsert microsoft.graph.user"},
		{"DELETE /users/ida", "delete microsoft.graph.user"},
		{"GET /users/$count", "count microsoft.graph.user"},
		{"POST /users/$count", "405 GET"},
		{"GET /users/ida/displayName", "readValue Edm.String"},
		{"GET /users/ida/displayName/$value", "readValue Edm.String"},
		{"DELETE /users/ida/displayName", "clear Edm.String"},
		{"GET /groups/g/members/$ref", "refs microsoft.graph.directoryObject"},
		{"POST /groups/g/members/$ref", "link microsoft.graph.directoryObject"},
		{"PUT /groups/g/members/$ref", "405 GET, POST, DELETE"},
		{"PATCH /groups/g/members/$ref", "400"},
		{"DELETE /groups/g/members/u/$ref", "unlink microsoft.graph.directoryObject"},
		{"PUT /users/ida/manager/$ref", "link microsoft.graph.directoryObject"},
		{"POST /users/ida/manager/$ref", "405 GET, PUT, DELETE"},
		{"GET /users/ida/photo/$value", "download microsoft.graph.profilePhoto"},
		{"PUT /users/ida/photo/$value", "upload microsoft.graph.profilePhoto"},
		{"POST /me/sendMail", "invoke sendMail "},
		{"GET /me/sendMail", "405 POST"},
		{"GET /users/delta", "delta microsoft.graph.user"},
		{"POST /users/delta", "405 GET"},
		{"GET /groups/g/members/microsoft.graph.user", "list microsoft.graph.user"},
	} {
		text, documented := strings.CutPrefix(tt.request, "*")
		method, path, _ := strings.Cut(text, " ")
		p, err := odata.ParsePath(path)
		if err != nil {
			t.Fatal(err)
		}
		target, err := bind.Resolve(m, p)
		if err != nil {
			t.Errorf("%s: %v", tt.request, err)
			continue
		}
		verb, err := target.Verb(method, documented)
		got := string(verb) + " " + string(target.Prim)
		if target.Type != nil {
			got = string(verb) + " " + string(target.Type.Name)
		}
		if err != nil {
			got = refused(err)
		}
		if got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.request, got, tt.want)
		}
	}
}

func refused(err error) string {
	e := grapherr.From(err)
	return strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, e.Header["Allow"]))
}

// A path that leaves the model is refused at the segment that does.
func TestNoSegment(t *testing.T) {
	m, err := schemas.Model("v1.0")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/usres":                             "usres",
		"/users/ida/mesages":                 "mesages",
		"/users/ida/displayName/x":           "x",
		"/users/ida/manager/$ref/x":          "x",
		"/users/ida/microsoft.graph.nothing": "microsoft.graph.nothing",
		"/users/$count/x":                    "x",
	} {
		p, err := odata.ParsePath(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = bind.Resolve(m, p)
		if e := grapherr.From(err); err == nil || e.Subject != want {
			t.Errorf("%s: %v, want a refusal of %s", path, err, want)
		}
	}
}
