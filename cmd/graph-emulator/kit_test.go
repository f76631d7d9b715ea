package main

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// still gives what differs from run to run a name that does not.
func (r *running) still(t *testing.T, dir, text string) string {
	t.Helper()
	c, err := reach(r.url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	if err := c.trust(t.Context()); err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(dir, "/kit", strings.ReplaceAll(dir, `\`, `\\`), "/kit", c.port, "3650", pin(c.ca), "PIN", `\\`, "/", `\`, "/").Replace(text)
}

// TestEnv compares every form and every client with testdata/env.
func TestEnv(t *testing.T) {
	t.Attr("rules", "C-12.4")
	folder, err := filepath.Abs(filepath.Join("testdata", "env"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	r := serving(t)
	defer r.end(t)
	dir := filepath.Join(t.TempDir(), "kit")
	for _, f := range formats {
		name := "all." + f
		code, stdout, stderr := call(t, variables(), "env", "--url", r.url, "--dir", dir, "--format", f)
		if code != exitOK {
			t.Fatalf("%s: exit %d %s", name, code, stderr)
		}
		golden(t, filepath.Join(folder, name), r.still(t, dir, stdout))
	}
	var clients strings.Builder
	for _, client := range strings.Split(clientList, ", ") {
		code, stdout, stderr := call(t, variables("GRAPH_EMULATOR_URL="+r.url), "env", "--dir", dir, client)
		if code != exitOK {
			t.Fatalf("%s: exit %d %s", client, code, stderr)
		}
		clients.WriteString(r.still(t, dir, stdout) + "\n")
	}
	golden(t, filepath.Join(folder, "clients.sh"), clients.String())
	code, stdout, _ := call(t, variables(), "env", "--url", r.url, "--dir", dir, "--format", "json", "js")
	var one struct{ Variables map[string]string }
	if err := json.Unmarshal([]byte(stdout), &one); code != exitOK || err != nil || one.Variables["NODE_EXTRA_CA_CERTS"] != filepath.Join(dir, caFile) {
		t.Errorf("json of one client: %v %s", err, stdout)
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		write(t, path, got)
		return
	}
	want, err := os.ReadFile(path)
	if err != nil || got != strings.ReplaceAll(string(want), "\r\n", "\n") {
		t.Errorf("%s differs (%v); go generate ./cmd/graph-emulator writes it:\n%s", path, err, got)
	}
}

// TestClientList: --help names the clients that there are, and none wants a common
// variable that there is not.
func TestClientList(t *testing.T) {
	k, err := (&aim{}).fill()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(k.names(), ", "); got != clientList {
		t.Errorf("clients.yaml has %s", got)
	}
	common := map[string]bool{}
	for _, s := range k.settings {
		common[s.Name] = true
	}
	for _, w := range k.ways {
		for _, v := range w.Variables {
			if !common[v] {
				t.Errorf("%s: no variable %s", w.Name, v)
			}
		}
		if w.Title == "" || w.Snippet == "" {
			t.Errorf("%s has no title or no snippet", w.Name)
		}
	}
}

// TestQuoting: a shell reads back what was meant, whatever is in it.
func TestQuoting(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	const odd = `/it's "here" $HOME \n/` + "`x`"
	k := &kit{settings: []setting{{"ODD", odd}}}
	for _, form := range []string{"sh", "dotenv"} {
		text, err := k.print("", form)
		if err != nil {
			t.Fatal(err)
		}
		if form == "dotenv" {
			if want := `ODD="/it's \"here\" \$HOME \\n/` + "`x`\"\n"; string(text) != want {
				t.Errorf("dotenv: %s", text)
			}
			continue
		}
		out, err := exec.Command("sh", "-c", string(text)+`printf %s "$ODD"`).Output()
		if err != nil || string(out) != odd {
			t.Errorf("%s: %q %v", form, out, err)
		}
	}
	if text, _ := k.print("", "powershell"); string(text) != "$env:ODD = '"+strings.ReplaceAll(odd, "'", "''")+"'\n" {
		t.Errorf("powershell: %s", text)
	}
}

// TestEnvWithoutServer: env cannot guess, and says who can help.
func TestEnvWithoutServer(t *testing.T) {
	t.Chdir(t.TempDir())
	code, stdout, stderr := call(t, variables(), "env", "--url", "http://127.0.0.1:1", "--dir", "kit")
	if code != exitFailure || stdout != "" || !strings.Contains(stderr, "exec starts one") || exists("kit") {
		t.Errorf("exit %d %s%s", code, stdout, stderr)
	}
}

// TestBundle: our roots and the system's in one file, once, also when a shell
// of the kit starts another.
func TestBundle(t *testing.T) {
	t.Attr("rules", "C-1.3")
	t.Chdir(t.TempDir())
	r := serving(t)
	defer r.end(t)
	roots, dir := filepath.Join(t.TempDir(), "roots.pem"), t.TempDir()
	write(t, roots, "# a root\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")
	for _, file := range []string{roots, filepath.Join(dir, "elsewhere", bundleFile)} {
		if file != roots { // a kit's own bundle is not the system's
			write(t, file, "-----BEGIN CERTIFICATE-----\nBBBB\n-----END CERTIFICATE-----\n")
		}
		if code, _, stderr := call(t, variables("SSL_CERT_FILE="+file), "env", "--url", r.url, "--dir", dir); code != exitOK {
			t.Fatal(stderr)
		}
		text, err := os.ReadFile(filepath.Join(dir, bundleFile))
		ours, _ := os.ReadFile(filepath.Join(dir, caFile))
		if err != nil || !bytes.HasSuffix(text, ours) || len(ours) == 0 || bytes.Contains(text, []byte("\nAAAA\n")) != (file == roots) || bytes.Contains(text, []byte("\nBBBB\n")) {
			t.Errorf("%s: the bundle has %d bytes, %v", file, len(text), err)
		}
	}
	for _, name := range []string{caFile, bundleFile, storeFile} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || bytes.Contains(text, []byte("PRIVATE")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestJavaStore: the form that keytool reads, and what it says of it where it is there.
func TestJavaStore(t *testing.T) {
	t.Chdir(t.TempDir())
	code, ca, stderr := call(t, variables(), "ca", "export", "--ca-dir", "kept")
	if code != exitOK {
		t.Fatal(stderr)
	}
	store := javaStore([]byte(ca + ca))
	der, _ := pem.Decode([]byte(ca))
	if binary.BigEndian.Uint32(store) != 0xFEEDFEED || binary.BigEndian.Uint32(store[8:]) != 2 || bytes.Count(store, der.Bytes) != 2 {
		t.Errorf("store: %x", store[:32])
	}
	sum := sha1.Sum(append([]byte("\x00c\x00h\x00a\x00n\x00g\x00e\x00i\x00tMighty Aphrodite"), store[:len(store)-20]...))
	if !bytes.Equal(sum[:], store[len(store)-20:]) {
		t.Error("the check sum is wrong")
	}
	keytool, err := exec.LookPath("keytool")
	if err != nil {
		t.Skip("keytool is not there")
	}
	write(t, "store.jks", string(store))
	out, err := exec.Command(keytool, "-list", "-keystore", "store.jks", "-storepass", storePassword).CombinedOutput()
	if err != nil || strings.Count(string(out), "trustedCertEntry") != 2 {
		t.Errorf("keytool: %v\n%s", err, out)
	}
}
