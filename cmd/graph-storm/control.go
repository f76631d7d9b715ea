package main

import (
	"fmt"

	"github.com/graph-emulator/graph-emulator/internal/admin"
)

// control makes a request to the control plane or the sign-in service.
func (w *worker) control() request {
	const stub = "- request: GET /v1.0/%s\n  stub: true\n  status: %d\n  answer: {a: 1}\n"
	admin := func(method, path, body string) request {
		return request{Method: method, URL: admin.Prefix + path, Headers: []header{{"Content-Type", "application/json"}}, Body: body}
	}
	switch w.dice.IntN(22) {
	case 0:
		return admin("GET", "/health", "")
	case 1:
		return admin("GET", "/version", "")
	case 2:
		return admin("GET", "/tenant", "")
	case 3:
		return admin("POST", "/delta/expire", "{}")
	case 4:
		return admin("GET", "/clock", "")
	case 5:
		return admin("POST", "/clock", pick(w.dice, `{"advance":"1h"}`, `{"advance":"48h"}`, `{"freeze":true}`, `{"set":"2026-12-24T08:00:00Z"}`, `{"advance":1e300}`, `{"set":"9999-12-31T23:59:59Z"}`, `{"advance":"-1h"}`, `{}`, `[]`))
	case 6, 7:
		return admin("POST", "/faults", fmt.Sprintf(`{"path":"/%s/**","status":%d,"times":%d}`, pick(w.dice, "users", "me", "groups", "sites"), pick(w.dice, 400, 403, 404, 429, 500, 503, 504, 99, 1000), 1+w.dice.IntN(3)))
	case 8, 9:
		return admin("DELETE", "/faults", "")
	case 10:
		return admin("GET", "/faults", "")
	case 11:
		r := admin("POST", "/stubs", fmt.Sprintf(stub, pick(w.dice, "stubbed", "me/stubbed", "", "$batch"), pick(w.dice, 200, 204, 404, 500, 99)))
		r.Headers[0].Value = "application/yaml"
		return r
	case 12:
		return admin("DELETE", "/stubs", "")
	case 13:
		return admin("GET", "/stubs", "")
	case 14:
		return admin("POST", "/authority/tokens", pick(w.dice, `{"roles":["User.Read.All"]}`, `{"user":"ida@northgale.test","scopes":["User.Read"]}`, `{"user":"nobody","scopes":[]}`, `{`, ""))
	case 15:
		return admin("GET", "/jobs", "")
	case 16:
		return admin("GET", "/consistency", "")
	case 17:
		return admin(pick(w.dice, "PUT", "POST"), "/consistency", pick(w.dice, `{"mode":"eventual:2"}`, `{"mode":"session:1h"}`, `{"mode":"strong"}`, `{"all":"strong"}`, `{}`))
	case 18:
		return admin(pick(w.dice, methods...), "/"+pick(w.dice, "nothing", "faults/x", "stubs/x", "jobs/x", "jobs/x/finish", "ca.pem", "reset/", "content/x", "monitor/x"), "{}")
	case 19:
		return request{Method: "POST", URL: "/northgale.test/oauth2/v2.0/token", Headers: []header{{"Content-Type", "application/x-www-form-urlencoded"}},
			Body: pick(w.dice, "grant_type=client_credentials&client_id=x&client_secret=y&scope=https://graph.microsoft.com/.default", "grant_type=refresh_token&refresh_token=x&client_id=x", "grant_type=password&username=ida@northgale.test&password=x&client_id=x&scope=openid", "", "%zz")}
	case 20:
		return request{Method: "GET", URL: pick(w.dice, "/northgale.test/v2.0/.well-known/openid-configuration", "/common/discovery/v2.0/keys", "/common/discovery/instance",
			"/northgale.test/oauth2/v2.0/authorize?client_id=a&response_type=code&redirect_uri=http://localhost/x&scope=openid&prompt="+pick(w.dice, "none", "login", ""))}
	default:
		return request{Method: pick(w.dice, methods...), URL: pick(w.dice, "/", "//", "/v2.0/me", "/v1.0", "/beta/", "/v1.0/$metadata", "/v1.0/$batch", "/v1.0/%2e%2e/x", "/_emulator", "/_emulator/", "/favicon.ico")}
	}
}
