package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
)

// verdicts gives the first word of each check.
func verdicts(stdout string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(stdout) {
		if f := strings.Fields(line); len(f) > 1 && (f[0] == "ok" || f[0] == "FAIL" || f[0] == "-") {
			out[f[1]] = f[0]
		}
	}
	return out
}

// self is a file that is there, with the name of the module for Node.js.
func self(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), nodeFile)
	write(t, path, "")
	return path
}

func TestDoctor(t *testing.T) {
	t.Chdir(t.TempDir())
	r := serving(t)
	code, stdout, stderr := call(t, variables("HTTPS_PROXY="+r.url, "NODE_OPTIONS="+nodeOptions("", self(t))), "doctor", "--url", r.url)
	got := verdicts(stdout)
	for _, name := range []string{"port", "CA", "TLS", "proxy", "authority", "token", "Graph"} {
		if got[name] != "ok" {
			t.Errorf("%s:\n%s", name, stdout)
		}
	}
	if code != exitOK {
		t.Errorf("exit %d %s", code, stderr)
	}
	if strings.Contains(stdout, "note") || !strings.Contains(stdout, "TLS 1.3 and HTTP/2") {
		t.Errorf("printed:\n%s", stdout)
	}
	r.end(t)
	code, stdout, stderr = call(t, variables(), "doctor", "--url", r.url)
	if code != exitFailure || !strings.Contains(stderr, "1 of 7 checks failed, 6 could not be made") || !strings.Contains(stdout, "graph-emulator serve") {
		t.Errorf("without a server: exit %d\n%s%s", code, stdout, stderr)
	}
}

// TestEnforced: doctor and env get through where tokens are wanted.
func TestEnforced(t *testing.T) {
	t.Chdir(t.TempDir())
	r := serving(t, "--auth", "verify")
	defer r.end(t)
	if code, stdout, stderr := call(t, variables("HTTPS_PROXY="+r.url), "doctor", "--url", r.url); code != exitOK {
		t.Errorf("exit %d %s%s", code, stdout, stderr)
	}
	if code, stdout, stderr := call(t, variables(), "env", "--url", r.url, "--dir", "kit"); code != exitOK || !strings.Contains(stdout, "AZURE_TENANT_ID='3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10'") {
		t.Errorf("exit %d %s%s", code, stdout, stderr)
	}
}

// sick is an emulator without TLS, in front of which ill may answer: it reports
// whether it has.
func sick(t *testing.T, ill func(http.ResponseWriter, *http.Request) bool) string {
	t.Helper()
	emu, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !ill(w, r) {
			emu.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// TestDoctorFinds: what is wrong is named, with what helps.
func TestDoctorFinds(t *testing.T) {
	t.Chdir(t.TempDir())
	stranger := sick(t, func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(http.StatusOK); return true })
	old := sick(t, func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/_emulator/ca.pem" {
			return false
		}
		w.WriteHeader(http.StatusNotFound)
		return true
	})
	plain := sick(t, func(http.ResponseWriter, *http.Request) bool { return false })
	for _, tt := range []struct{ name, url, check, says, cure string }{
		{"another program", stranger, "port", "is not graph-emulator", "--listen"},
		{"an old server", old, "CA", "answers 404", "one version"},
		{"no TLS", plain, "TLS", "", "--tls-name"},
	} {
		code, stdout, _ := call(t, variables(), "doctor", "--url", tt.url)
		if code != exitFailure || verdicts(stdout)[tt.check] != "FAIL" || !strings.Contains(stdout, tt.says) || !strings.Contains(stdout, tt.cure) {
			t.Errorf("%s: exit %d\n%s", tt.name, code, stdout)
		}
	}
}

// TestDoctorSignsIn: with a sign-in service, whatever is behind it.
func TestDoctorSignsIn(t *testing.T) {
	for _, tt := range []struct {
		name             string
		issuer           string
		token            string
		graph            int
		authority, sign  string
		call, says, cure string
	}{
		{"all is well", "https://a.test/", `{"access_token":"t"}`, 200, "ok", "ok", "ok", "gets one", ""},
		{"no https", "http://a.test/", `{"access_token":"t"}`, 200, "FAIL", "-", "ok", "want https", "--public-url"},
		{"no token", "https://a.test/", `{"error_description":"AADSTS700016: unknown\r\nTrace"}`, 401, "ok", "FAIL", "FAIL", "AADSTS700016: unknown", "sign in as one"},
		{"no permission", "https://a.test/", `{"access_token":"t"}`, 403, "ok", "ok", "ok", "permits nothing", ""},
		{"broken", "https://a.test/", `{"access_token":"t"}`, 500, "ok", "ok", "FAIL", "answers 500", ""},
		{"no authority", "", "", 200, "FAIL", "-", "ok", "no sign-in service", "without a token"},
	} {
		srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/openid-configuration") && tt.issuer != "":
				json.NewEncoder(w).Encode(map[string]string{"issuer": tt.issuer, "token_endpoint": "x"})
			case strings.HasSuffix(r.URL.Path, "/token") && strings.Contains(tt.token, "access"):
				w.Write([]byte(tt.token))
			case strings.HasSuffix(r.URL.Path, "/token"):
				w.WriteHeader(http.StatusBadRequest)
				w.Write([]byte(tt.token))
			case r.URL.Path == "/v1.0/organization":
				w.WriteHeader(tt.graph)
			default:
				w.WriteHeader(http.StatusNotFound)
			}
		}))
		c, err := reach(strings.Replace(srv.URL, "https://127.0.0.1", "http://example.com", 1)) // httptest's certificate is for example.com
		if err != nil {
			t.Fatal(err)
		}
		c.secure = srv.Client()
		c.plain = c.secure // nothing is asked of the real example.com
		c.secure.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, strings.TrimPrefix(srv.URL, "https://"))
		}
		d := &doctor{r: c, getenv: variables()}
		out := newConsole()
		p := &program{stdout: out}
		for _, c := range d.checks()[4:] {
			p.check(t.Context(), c)
		}
		got := verdicts(out.String())
		if got["authority"] != tt.authority || got["token"] != tt.sign || got["Graph"] != tt.call || !strings.Contains(out.String(), tt.says) || !strings.Contains(out.String(), tt.cure) {
			t.Errorf("%s:\n%s", tt.name, out)
		}
		c.close()
		srv.Close()
	}
}

// TestDoctorShell: variables that lead elsewhere are found out.
func TestDoctorShell(t *testing.T) {
	t.Chdir(t.TempDir())
	r := serving(t)
	defer r.end(t)
	write(t, "old.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
	dir := filepath.Join(t.TempDir(), "kit")
	if code, _, stderr := call(t, variables(), "env", "--url", r.url, "--dir", dir); code != exitOK {
		t.Fatal(stderr)
	}
	_, stdout, _ := call(t, variables("HTTPS_PROXY=http://127.0.0.1:9", "SSL_CERT_FILE=old.pem", "NODE_EXTRA_CA_CERTS="+filepath.Join(dir, caFile), "REQUESTS_CA_BUNDLE=none.pem"), "doctor", "--url", r.url)
	for _, want := range []string{"HTTPS_PROXY is http://127.0.0.1:9, another server", "SSL_CERT_FILE names old.pem, which does not have", "REQUESTS_CA_BUNDLE: open none.pem"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("lacks %q:\n%s", want, stdout)
		}
	}
	if strings.Contains(stdout, "NODE_EXTRA_CA_CERTS") {
		t.Errorf("a good variable is blamed:\n%s", stdout)
	}
	if _, stdout, _ = call(t, variables(), "doctor", "--url", r.url); !strings.Contains(stdout, "HTTPS_PROXY is not set") {
		t.Errorf("printed:\n%s", stdout)
	}
}
