package main

import (
	"os"
	"strings"
	"testing"
)

// imports imports a file and returns the conversation and what is said on standard error.
func imports(t *testing.T, name, content string, flags ...string) (code int, text, stderr string) {
	t.Helper()
	t.Chdir(folder(t, name, content))
	code, _, stderr = call(t, variables(), append([]string{"import", name, "--to", "out.yaml"}, flags...)...)
	out, err := os.ReadFile("out.yaml")
	if err != nil && code == exitOK {
		t.Fatal(err)
	}
	return code, string(out), stderr
}

// redactedHAR is what browsers' tools and other recorders make of a session: a failed
// sign-in, a token request without its body, ids of products.
const redactedHAR = `{"log":{"version":"1.2","creator":{"name":"x","version":"1"},"entries":[
{"startedDateTime":"2026-01-02T03:04:05Z","time":1,"request":{"method":"POST","url":"https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token","headers":[{"name":"Content-Type","value":"application/x-www-form-urlencoded"}],"postData":{"mimeType":"application/x-www-form-urlencoded","text":"[REDACTED]"}},
 "response":{"status":200,"headers":[{"name":"Content-Type","value":"application/json"}],"content":{"mimeType":"application/json","text":"{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"[REDACTED]\"}"}}},
{"startedDateTime":"2026-01-02T03:04:06Z","time":1,"request":{"method":"GET","url":"https://graph.microsoft.com/v1.0/organization?$select=id,displayName,assignedPlans","headers":[]},
 "response":{"status":200,"headers":[],"content":{"mimeType":"application/json","text":"{\"@odata.context\":\"https://graph.microsoft.com/v1.0/$metadata#organization(id,displayName,assignedPlans)\",\"value\":[{\"id\":\"7a1c5de0-3b64-4f0e-8d19-c25e7b80a6f3\",\"displayName\":\"Contoso\",\"assignedPlans\":[{\"assignedDateTime\":\"2025-01-01T00:00:00Z\",\"capabilityStatus\":\"Enabled\",\"service\":\"TeamspaceAPI\",\"servicePlanId\":\"57ff2da0-773e-42df-b2af-ffb7a2317929\"}]}]}"}}}
]}}`

const failedHAR = `{"log":{"version":"1.2","creator":{"name":"x","version":"1"},"entries":[
{"startedDateTime":"2026-01-02T03:04:05Z","time":1,"request":{"method":"POST","url":"https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token?code=0.AXYAbcdefghijk","headers":[{"name":"Content-Type","value":"application/x-www-form-urlencoded"}],"postData":{"mimeType":"application/x-www-form-urlencoded","text":"grant_type=authorization_code&code=123456&client_id=x"}},
 "response":{"status":400,"headers":[{"name":"Content-Type","value":"application/json"}],"content":{"mimeType":"application/json","text":"{\"error\":\"unauthorized_client\",\"error_codes\":[700016],\"error_uri\":\"https://login.microsoftonline.com/error?code=700016\",\"error_description\":\"AADSTS700016: see https://make.powerapps.com/x and https://portal.contoso.com/y\"}"}}}
]}}`

// TestFaultK4ErrorNumbers: the number of an error in a link is no code of a sign-in, and a
// code of a sign-in does not stay.
func TestFaultK4ErrorNumbers(t *testing.T) {
	code, text, stderr := imports(t, "s.har", failedHAR)
	if code != exitOK || strings.Count(text, "700016") < 3 || !strings.Contains(text, "error?code=700016") || strings.Contains(text, "123456") || strings.Contains(text, "0.AXYA") {
		t.Errorf("exit %d %s\n%s", code, stderr, text)
	}
	if !strings.Contains(text, "make.powerapps.com") || strings.Contains(text, "portal.contoso.com") {
		t.Errorf("hosts:\n%s", text)
	}
}

// TestFaultK4Redacted: public ids of products stay, and a recording whose token request
// has been redacted is learned from and verified.
func TestFaultK4Redacted(t *testing.T) {
	code, text, stderr := imports(t, "s.har", redactedHAR)
	if code != exitOK || !strings.Contains(text, "57ff2da0-773e-42df-b2af-ffb7a2317929") {
		t.Fatalf("exit %d %s\n%s", code, stderr, text)
	}
	if code, stdout, stderr := call(t, variables(), "learn", "out.yaml", "--to", "learned"); code != exitOK {
		t.Fatalf("learn: exit %d %s%s", code, stdout, stderr)
	}
	code, stdout, stderr := call(t, variables(), "verify", "--fixtures", "learned", "out.yaml")
	if code != exitOK || !strings.Contains(stdout, "not compared: 1 request for a token whose body was redacted") {
		t.Errorf("verify: exit %d\n%s%s", code, stdout, stderr)
	}
}

// TestFaultK4Stubs: mocks of newer versions are imported, what has no counterpart is left
// out one by one and named.
func TestFaultK4Stubs(t *testing.T) {
	for _, tt := range []struct {
		name, content string
		text, not     string
		stderr        []string
	}{
		{"m.json", `{"$schema":"https://raw.githubusercontent.com/dotnet/dev-proxy/main/schemas/v2.0.0/mockresponseplugin.mocksfile.schema.json","mocks":[{"request":{"url":"https://graph.microsoft.com/v1.0/users/*","exampleUrl":"https://graph.microsoft.com/v1.0/users/1","method":"GET"},"response":{"body":{"id":"1"}}}]}`,
			"GET /v1.0/users/**", "", nil},
		{"m.json", `{"mocks":[{"request":{"url":"https://graph.microsoft.com/v1.0/me","weather":"fine"},"response":{"body":{"id":"1"}}}]}`,
			"GET /v1.0/me", "", []string{`m.json:1: the member "weather" is not known and has no effect`}},
		{"w.json", `{"mappings":[
{"request":{"method":"GET","urlPathPattern":"/common/oauth2/v2.0/authorize.*"},"response":{"status":302}},
{"request":{"method":"POST","urlPath":"/t/oauth2/v2.0/token"},"response":{"status":200}},
{"request":{"method":"GET","urlPathPattern":"/v1.0/(a|b)"},"response":{"status":200}},
{"request":{"method":"GET","urlPath":"/v1.0/groups"},"response":{"status":200,"transformers":["response-template"],"body":"{{hostname}}"}},
{"request":{"method":"GET","urlPath":"/v1.0/oauth2PermissionGrants"},"response":{"status":200,"jsonBody":{}}},
{"request":{"method":"GET","urlPath":"/v1.0/me"},"response":{"status":200,"jsonBody":{"id":"u-{{randomValue type=\"UUID\"}}"}}}]}`,
			"GET /v1.0/me\n", "oauth2/v2.0", []string{"w.json:2: left out: it answers the sign-in service", "w.json:3: left out: it answers the sign-in service", `w.json:4: left out: the pattern "/v1.0/(a|b)"`,
				"w.json:5: left out: the template {{hostname}} has no counterpart", "w.json:7: the template {{randomValue"}},
	} {
		code, text, stderr := imports(t, tt.name, tt.content)
		if code != exitOK || !strings.Contains(text, tt.text) || tt.not != "" && strings.Contains(text, tt.not) {
			t.Errorf("%s: exit %d %s\n%s", tt.name, code, stderr, text)
		}
		for _, want := range tt.stderr {
			if !strings.Contains(stderr, want) {
				t.Errorf("%s: lacks %q:\n%s", tt.name, want, stderr)
			}
		}
		if len(tt.stderr) != strings.Count(stderr, "\n") {
			t.Errorf("%s: says\n%s", tt.name, stderr)
		}
	}
}

// TestFaultK4OtherCassettes: cassettes of VCR.py and of Ruby's VCR are imported.
func TestFaultK4OtherCassettes(t *testing.T) {
	for name, content := range map[string]string{
		"v.yaml": "interactions:\n- request: {body: null, headers: {}, method: GET, uri: \"https://graph.microsoft.com/v1.0/me\"}\n  response: {body: {string: '{\"displayName\": \"x\"}'}, headers: {}, status: {code: 200, message: OK}}\nversion: 1\n",
		"b.yaml": "interactions:\n- request:\n    body: null\n    headers:\n      Accept: ['*/*']\n    method: GET\n    uri: https://graph.microsoft.com/v1.0/me\n  response:\n    body:\n      string: !!binary |\n        eyJkaXNwbGF5TmFtZSI6\n        ICJ4In0=\n    headers:\n      Content-Type: [application/json]\n    status: {code: 200, message: OK}\nversion: 1\n",
		"j.json": `{"version":1,"interactions":[{"request":{"method":"GET","uri":"https://graph.microsoft.com/v1.0/me","body":null,"headers":{}},"response":{"status":{"code":200,"message":"OK"},"headers":{"Content-Type":["application/json"]},"body":{"string":"{\"displayName\": \"x\"}"}}}]}`,
		"r.yaml": "---\nhttp_interactions:\n- request:\n    method: get\n    uri: https://graph.microsoft.com/v1.0/me\n    body:\n      encoding: US-ASCII\n      string: ''\n    headers:\n      Accept:\n      - \"*/*\"\n  response:\n    status:\n      code: 200\n      message: OK\n    headers:\n      Content-Type: application/json\n    body:\n      encoding: UTF-8\n      string: '{\"displayName\": \"x\"}'\n  recorded_at: Fri, 02 Jan 2026 03:04:05 GMT\nrecorded_with: VCR 6.2.0\n",
		"s.yaml": "http_interactions:\n- request:\n    method: get\n    uri: https://graph.microsoft.com/v1.0/me\n    body: {encoding: UTF-8, base64_string: ''}\n    headers: {}\n  response:\n    status: {code: 200, message: OK}\n    headers: {}\n    body: {encoding: UTF-8, base64_string: eyJkaXNwbGF5TmFtZSI6ICJ4In0=}\n",
	} {
		code, text, stderr := imports(t, name, content)
		if code != exitOK || !strings.Contains(text, "request: GET /v1.0/me\n") || !strings.Contains(text, `displayName\": \"x`) || !strings.Contains(text, `upstream: "https://graph.microsoft.com"`) {
			t.Errorf("%s: exit %d %s\n%s", name, code, stderr, text)
		}
	}
	if code, _, stderr := imports(t, "v.yaml", "interactions:\n- request:\n    uri: x\n"); code != exitUsage || !strings.Contains(stderr, "v.yaml:2: this is no interaction of VCR.py") {
		t.Errorf("exit %d %s", code, stderr)
	}
}

// TestFaultK4UnknownMembers: learn names the members that a recording shows and the model
// does not have.
func TestFaultK4UnknownMembers(t *testing.T) {
	t.Chdir(folder(t, "s.yaml", `- recording: {format: 1, upstream: "https://graph.microsoft.com"}
- request: GET /v1.0/users/7a1c5de0-3b64-4f0e-8d19-c25e7b80a6f3
  status: 200
  answer: {"@odata.context": "https://graph.microsoft.com/v1.0/$$metadata#users/$$entity", id: 7a1c5de0-3b64-4f0e-8d19-c25e7b80a6f3, displayName: A, userPrincipalName: a@contoso.test, favoriteColor: red}
  took: 1ms
`))
	code, stdout, stderr := call(t, variables(), "learn", "s.yaml", "--to", "learned")
	if code != exitOK || !strings.Contains(stdout+stderr, "s.yaml:2") || !strings.Contains(stdout+stderr, "favoriteColor") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}
