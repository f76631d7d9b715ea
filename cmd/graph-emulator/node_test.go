package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// nodeClient calls Graph by its own address with fetch and https, as programs do that
// know nothing of a proxy.
const nodeClient = `import https from "node:https";
const url = "https://graph.microsoft.com/v1.0/me?$select=displayName";
const answer = await fetch(url, { headers: { authorization: "Bearer x" } });
console.log("fetch", answer.status, (await answer.json()).displayName);
const posted = await fetch("https://graph.microsoft.com/v1.0/groups", { method: "POST", headers: { "content-type": "application/json" },
  body: JSON.stringify({ displayName: "Crew", mailEnabled: false, mailNickname: "crew", securityEnabled: true }) });
console.log("post", posted.status);
await new Promise((done, fail) => https.get(url, { agent: new https.Agent({ keepAlive: false }) }, (r) => {
  let text = "";
  r.on("data", (d) => { text += d; });
  r.on("end", () => { console.log("https", r.statusCode, JSON.parse(text).displayName); done(); });
}).on("error", fail));
console.log("own", (await fetch(process.env.GRAPH_EMULATOR_URL + "/_emulator/health")).status);
console.log("secure", (await fetch(process.env.MICROSOFT_GRAPH_BASE_URL + "/v1.0/me")).status);
try { await fetch("https://example.com/"); } catch (e) { console.log("other", e.cause?.message); }
`

// TestFaultD1NodeFetch: a Node.js program whose fetch knows no proxy reaches the emulator,
// by exec and with the variables of env, whatever NODE_OPTIONS the user has.
func TestFaultD1NodeFetch(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("needs Node.js, which is not here")
	}
	t.Chdir(folder(t, "app.mjs", nodeClient))
	want := "fetch 200 Ida Berg\npost 201\nhttps 200 Ida Berg\nown 200\nsecure 200\nother the proxy "
	for _, variable := range []string{"HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "NODE_EXTRA_CA_CERTS"} {
		t.Setenv(variable, "") // of whoever runs the tests
	}
	t.Setenv("NODE_OPTIONS", "--no-warnings")
	var out, errs bytes.Buffer
	p := &program{getenv: os.Getenv, stdin: strings.NewReader(""), stdout: &out, stderr: &errs, tick: ticker}
	if code := p.run(t.Context(), []string{"exec", "--", node, "app.mjs"}); code != exitOK || !strings.HasPrefix(out.String(), want) {
		t.Errorf("exec: exit %d\n%s%s", code, &out, &errs)
	}
	if strings.Contains(errs.String(), "WARNING") {
		t.Errorf("exec warns of a command that made requests:\n%s", &errs)
	}

	r := serving(t)
	defer r.end(t)
	dir := filepath.Join(t.TempDir(), "with blank")
	code, text, stderr := call(t, os.Getenv, "env", "--url", r.url, "--dir", dir, "js")
	if code != exitOK {
		t.Fatal(stderr)
	}
	sh := exec.Command("sh", "-c", text+"\nexport GRAPH_EMULATOR_URL='"+r.url+"' MICROSOFT_GRAPH_BASE_URL='"+strings.Replace(r.url, "http://127.0.0.1", "https://localhost", 1)+"'\nexec node app.mjs")
	if got, err := sh.CombinedOutput(); err != nil || !strings.HasPrefix(string(got), want) {
		t.Errorf("env: %v\n%s", err, got)
	}
}

// TestFaultD1NoRequest: a command that made no request is named loudly.
func TestFaultD1NoRequest(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, _, stderr := execute(t, "nothing"); !strings.Contains(stderr, "WARNING: the command sent no request to the emulator") {
		t.Errorf("standard error:\n%s", stderr)
	}
	if _, _, stderr := execute(t, "nothing", "--format", "none"); stderr != "" {
		t.Errorf("standard error:\n%s", stderr)
	}
}

// TestFaultD1Doctor: doctor sees a shell whose Node.js calls the real service, and one
// whose Node.js does not start.
func TestFaultD1Doctor(t *testing.T) {
	d := &doctor{r: &reached{url: "http://127.0.0.1:1"}, look: func(string) (string, error) { return "/usr/bin/node", nil }}
	good := filepath.Join(t.TempDir(), nodeFile)
	write(t, good, "")
	for _, tt := range []struct{ options, want string }{
		{"", "NODE_OPTIONS does not load " + nodeFile},
		{"--require " + good, ""},
		{`--no-warnings --require "` + good + `"`, ""},
		{"--require /gone/" + nodeFile, "Node.js does not start"},
	} {
		d.getenv = variables("NODE_OPTIONS=" + tt.options)
		if got := d.node(); (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%q: %q, want %q", tt.options, got, tt.want)
		}
	}
	d.look = func(string) (string, error) { return "", exec.ErrNotFound }
	if d.getenv = variables(); d.node() != "" {
		t.Errorf("a machine without Node.js: %q", d.node())
	}
}
