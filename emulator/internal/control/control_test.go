package control_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/fault"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// browse makes a request to http://localhost:3650; headers are pairs of name and value.
func browse(emu http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	return emulatortest.Do(emu, method, target, body, append([]string{"Host", "localhost:3650", "Content-Type", ""}, headers...)...)
}

// faulty adds a fault.
func faulty(t *testing.T, emu *emulator.Server) {
	t.Helper()
	if _, err := emu.Faults().Add(fault.Rule{Path: "/me", Status: 503}); err != nil {
		t.Fatal(err)
	}
}

const jsonType = "application/json"

// The control plane belongs to the developer and not to web pages: what a browser sends
// for a page of another origin is refused, whatever the endpoint, and says why.
func TestFaultA10ControlPlaneRefusesPages(t *testing.T) {
	emu := emulatortest.New(t)
	targets := []struct{ method, path, body string }{
		{"GET", "/_emulator/tenant", ""}, {"POST", "/_emulator/reset", ""}, {"POST", "/_emulator/authority/tokens", `{"roles":["Directory.ReadWrite.All"]}`},
		{"POST", "/_emulator/authority/challenge", ""}, {"OPTIONS", "/_emulator/authority/tokens", ""}, {"DELETE", "/_emulator/stubs", ""},
		{"GET", "/_emulator/nothing", ""}, {"GET", "/_emulator", ""}, {"GET", "/%5Femulator/tenant", ""}, {"GET", "/_emulator//tenant", ""},
	}
	for _, page := range [][]string{
		{"Origin", "https://evil.example"}, {"Origin", "null"}, {"Origin", ""}, {"Origin", "http://localhost:3651"}, {"Origin", "http://localhost"}, {"Origin", "http://127.0.0.1:3650"},
		{"Origin", "file://"}, {"Origin", "http://localhost:3650.evil.example"}, {"Origin", "https://evil.example", "Sec-Fetch-Site", "same-origin"},
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"},
		{"Host", "rebind.evil.example:3650"}, {"Host", "rebind.evil.example:3650", "Origin", "http://rebind.evil.example:3650"}, {"Host", "127.0.0.1.evil.example"},
	} {
		for _, x := range targets {
			headers := page
			if x.body != "" {
				headers = append([]string{"Content-Type", jsonType}, page...)
			}
			w := browse(emu, x.method, x.path, x.body, headers...)
			if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "The control plane refuses this request: ") || w.Header().Get("request-id") == "" {
				t.Errorf("%q %s %s: %d %s", page, x.method, x.path, w.Code, w.Body)
			}
			for name := range w.Header() {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%q %s %s: the answer has %s", page, x.method, x.path, name)
				}
			}
		}
	}
}

// Forms and plain text are what a page sends without asking first.
func TestFaultA10ControlPlaneTakesJSON(t *testing.T) {
	emu := emulatortest.New(t)
	const stub = "- {request: GET /v1.0/tides, status: 200, answerText: high}"
	for _, tt := range []struct {
		method, path, body, media string
		status                    int
	}{
		{"POST", "/_emulator/authority/tokens", `{}`, "", 415},
		{"POST", "/_emulator/authority/tokens", `{}`, "text/plain", 415},
		{"POST", "/_emulator/authority/tokens", `{}`, "application/x-www-form-urlencoded", 415},
		{"POST", "/_emulator/authority/tokens", `{}`, "text/plain; charset=application/json", 415},
		{"POST", "/_emulator/authority/tokens", `{}`, "Application/JSON; charset=utf-8", 200},
		{"POST", "/_emulator/authority/tokens", `{}`, "application/yaml", 415},
		{"POST", "/_emulator/reset", "", "text/plain", 415},
		{"POST", "/_emulator/reset", "", "", 204},
		{"POST", "/_emulator/reset", "", jsonType, 204},
		{"POST", "/_emulator/clock", `{"freeze":true}`, "text/plain", 415},
		{"POST", "/_emulator/clock", `{"freeze":true}`, jsonType, 200},
		{"POST", "/_emulator/stubs", stub, "text/plain", 415},
		{"POST", "/_emulator/stubs", stub, "application/yaml", 201},
		{"POST", "/_emulator/stubs", stub, "text/yaml; charset=utf-8", 201},
		{"DELETE", "/_emulator/stubs", "", "", 204},
	} {
		var headers []string
		if tt.media != "" {
			headers = []string{"Content-Type", tt.media}
		}
		if w := browse(emu, tt.method, tt.path, tt.body, headers...); w.Code != tt.status || w.Code == 415 && !strings.Contains(w.Body.String(), jsonType) {
			t.Errorf("%s %s %q: %d %s, want %d", tt.method, tt.path, tt.media, w.Code, w.Body, tt.status)
		}
	}
}

// Programs, pages of the emulator itself and links to its page are let through, under
// every name that is the emulator's own.
func TestFaultA10ControlPlaneServesItsOwn(t *testing.T) {
	emu := emulatortest.New(t, emulator.WithPublicURL("https://graph.public.example:8443"), emulator.WithTLSNames("tls.example"), emulator.WithControlHosts("Gateway.example"))
	for _, headers := range [][]string{
		nil, {"Origin", "http://localhost:3650"}, {"Origin", "https://localhost:3650", "Sec-Fetch-Site", "same-site"}, {"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "none"},
		{"Host", "LOCALHOST."}, {"Host", "127.0.0.1:1"}, {"Host", "[::1]:3650"}, {"Host", "192.168.7.1"}, {"Host", "emulator:3650"}, {"Host", "a.localhost"},
		{"Host", "graph.microsoft.com", "Origin", "https://graph.microsoft.com"}, {"Host", "login.microsoftonline.com:443"}, {"Host", "graph.public.example"}, {"Host", "tls.example:9"},
		{"Host", "gateway.example"},
	} {
		if w := browse(emu, "POST", "/_emulator/reset", "", headers...); w.Code != http.StatusNoContent {
			t.Errorf("%q: %d %s", headers, w.Code, w.Body)
		}
	}
	link := []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document", "Accept", "text/html"}
	if w := browse(emu, "GET", "/_emulator/", "", link...); w.Code != http.StatusOK {
		t.Errorf("a link to the page: %d %s", w.Code, w.Body)
	}
	if w := browse(emu, "GET", "/_emulator/tenant", "", link...); w.Code != http.StatusForbidden {
		t.Errorf("a link to the tenant: %d", w.Code)
	}
}

// Graph itself, and what it hands out below the same prefix, answers every page.
func TestFaultA10GraphStaysOpen(t *testing.T) {
	t.Attr("rules", "C-1.20")
	emu := emulatortest.New(t)
	for _, path := range []string{"/v1.0/me", "/common/discovery/instance", "/_emulator/content/x", "/_emulator/monitor/x", "/nothing"} {
		w := browse(emu, "GET", path, "", "Origin", "https://app.example", "Sec-Fetch-Site", "cross-site", "Host", "graph.example")
		if w.Code == http.StatusForbidden || w.Header().Get("Access-Control-Allow-Origin") != "*" || w.Header().Get("Access-Control-Expose-Headers") == "" {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
		if w = browse(emu, "OPTIONS", path, "", "Origin", "https://app.example"); w.Code != http.StatusNoContent || w.Header().Get("Access-Control-Allow-Methods") == "" {
			t.Errorf("OPTIONS %s: %d %v", path, w.Code, w.Header())
		}
	}
}

// A page may upload HTML to Graph. Shown in a browser it must not run with the origin of
// the control plane.
func TestFaultA10ContentRunsNoScript(t *testing.T) {
	emu := emulatortest.New(t)
	drive := emulatortest.Object(t, browse(emu, "POST", "/v1.0/drives", `{"name":"Hold","root":{"name":"root"}}`, "Content-Type", jsonType).Body.Bytes())
	at := "/v1.0/drives/" + drive["id"].(string) + "/root:/x.html:/content"
	if w := browse(emu, "PUT", at, "<script>fetch('/_emulator/reset',{method:'POST'})</script>", "Content-Type", "text/html"); w.Code != http.StatusCreated {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	w := browse(emu, "GET", at, "")
	if w.Code != http.StatusOK || w.Header().Get("Content-Security-Policy") != "sandbox" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

// A reset removes the faults, unless they are to stay.
func TestFaultC10ResetAndFaults(t *testing.T) {
	emu := emulatortest.New(t)
	for _, tt := range []struct {
		query        string
		status, left int
	}{{"?keep=faults", 204, 1}, {"?keep=stubs", 400, 1}, {"?faults=keep", 400, 1}, {"", 204, 0}} {
		if len(emu.Faults().List()) == 0 {
			faulty(t, emu)
		}
		if w := browse(emu, "POST", "/_emulator/reset"+tt.query, ""); w.Code != tt.status || len(emu.Faults().List()) != tt.left {
			t.Errorf("%q: %d %s, %d faults left, want %d", tt.query, w.Code, w.Body, len(emu.Faults().List()), tt.left)
		}
	}
	faulty(t, emu)
	if err := emu.Reset(); err != nil || len(emu.Faults().List()) != 0 {
		t.Errorf("Reset: %v, %d faults left", err, len(emu.Faults().List()))
	}
}

// A person with a browser is told what this is; programs are not.
func TestFaultD7Page(t *testing.T) {
	emu := emulatortest.New(t)
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, path := range []string{"/", "/_emulator", "/_emulator/"} {
		w := browse(emu, "GET", path, "", "Accept", browser)
		h, text := w.Header(), w.Body.String()
		if w.Code != http.StatusOK || h.Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") ||
			!strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") || strings.Contains(h.Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("%s: %d %v", path, w.Code, h)
		}
		for _, want := range []string{"<!DOCTYPE html>", "local Microsoft Graph", emulator.Version(), `href="/v1.0/me"`, `href="/_emulator/health"`, "/_emulator/reset", "README"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %s:\n%s", path, want, text)
			}
		}
		for _, never := range []string{"<script", "src=", "onclick", "ZgotmplZ"} {
			if strings.Contains(text, never) {
				t.Errorf("%s has %s", path, never)
			}
		}
	}
	if w := browse(emu, "GET", "/", "", "Accept", "*/*"); w.Code != 404 || !strings.Contains(w.Body.String(), "Invalid version") {
		t.Errorf("a program at /: %d %s", w.Code, w.Body)
	}
	if w := browse(emu, "GET", "/_emulator/", "", "Accept", "*/*"); w.Code != 200 || !strings.Contains(w.Body.String(), `"POST /_emulator/reset"`) {
		t.Errorf("a program at /_emulator/: %d %s", w.Code, w.Body)
	}
}
