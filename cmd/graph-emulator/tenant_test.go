package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const crew = `users:
  - id: 7d3c1c4e-6a0f-4f0e-9f37-2a1f0c6b9d11
    displayName: Ragna Holm
    userPrincipalName: ragna@northgale.test
`

// ask makes a request and returns status and body as one text.
func ask(t *testing.T, r *running, method, path, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, r.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("ConsistencyLevel", "eventual") // $count of users asks for it
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.Status + "\n" + string(b)
}

func TestFixtures(t *testing.T) {
	dir := folder(t, "crew.yaml", crew)
	t.Chdir(t.TempDir())
	for _, tt := range []struct{ args, me, count string }{
		{"", "Ida Berg", "12"},
		{"--fixtures " + dir, "Ragna Holm", "1"},
		{"--fixtures " + dir + " --fixtures @northgale", "Ragna Holm", "13"},
		{"--fixtures " + dir + " --fixtures @northgale --signed-in-user tomas@northgale.test", "Tomas Lind", "13"},
		{"--fixtures @empty", "", "0"},
	} {
		r := serving(t, strings.Fields(tt.args)...)
		if got := ask(t, r, "GET", "/v1.0/users/$count", ""); !strings.HasSuffix(got, "\n"+tt.count) {
			t.Errorf("%q: count %s, want %s", tt.args, got, tt.count)
		}
		if got := ask(t, r, "GET", "/v1.0/me", ""); !strings.Contains(got, tt.me) {
			t.Errorf("%q: me is %s, want %s", tt.args, got, tt.me)
		}
		r.end(t)
	}
}

func TestWatch(t *testing.T) {
	dir := folder(t, "crew.yaml", crew)
	t.Chdir(dir)
	r := serving(t, "--fixtures", dir, "--watch")
	r.tick <- time.Now()
	r.tick <- time.Now() // the first look is over: nothing has changed
	if log := r.stderr.String(); strings.Contains(log, "again") {
		t.Errorf("loaded without a change:\n%s", log)
	}
	write(t, filepath.Join(dir, "crew.yaml"), strings.ReplaceAll(crew, "Ragna Holm", "Ragna Lie"))
	write(t, filepath.Join(dir, "more.yaml"), "groups: [{displayName: Harbour Crew, mailNickname: crew, mailEnabled: false, securityEnabled: true}]\n")
	r.tick <- time.Now()
	r.stderr.await(t, "fixtures loaded again")
	if got := ask(t, r, "GET", "/v1.0/me", ""); !strings.Contains(got, "Ragna Lie") {
		t.Errorf("after the change: %s", got)
	}
	write(t, filepath.Join(dir, "crew.yaml"), "# a comment\nusers: [{displayName: 7, surname: Broken}]\n")
	r.tick <- time.Now()
	if line := r.stderr.await(t, "stays as it was"); !strings.Contains(line, filepath.Join(dir, "crew.yaml")+":2") {
		t.Errorf("the log does not name the place: %s", line)
	}
	if got := ask(t, r, "GET", "/v1.0/me", ""); !strings.Contains(got, "Ragna Lie") {
		t.Errorf("after the mistake: %s", got)
	}
	if err := os.Remove(filepath.Join(dir, "crew.yaml")); err != nil {
		t.Fatal(err)
	}
	r.tick <- time.Now()
	r.tick <- time.Now()
	if got := ask(t, r, "GET", "/v1.0/users/$count", ""); !strings.HasSuffix(got, "\n0") {
		t.Errorf("after the file is gone: %s", got)
	}
	if code := r.end(t); code != exitOK {
		t.Errorf("exit %d\n%s", code, r.stderr)
	}
}

func TestData(t *testing.T) {
	t.Chdir(folder(t, "tenant/crew.yaml", crew))
	const id = "0f0c2f54-5a8b-4c83-8f3b-61a1b6e5a9c7"
	args := []string{"--data", "data", "--fixtures", "tenant", "--fixtures", "@northgale", "--signed-in-user", "tomas@northgale.test"}
	end := func(r *running) {
		t.Helper()
		if code := r.end(t); code != exitOK {
			t.Fatalf("exit %d\n%s", code, r.stderr)
		}
	}
	r := serving(t, args...)
	if got := ask(t, r, "POST", "/beta/communications/presences", `{"id":"`+id+`","availability":"Busy","activity":"Busy"}`); !strings.HasPrefix(got, "201") {
		t.Fatal(got)
	}
	end(r)
	r.stderr.await(t, "tenant written")
	for _, moved := range []string{"", "tenant.old"} { // as it was left, and as after an end between the two renames
		if moved != "" {
			if err := os.Rename(filepath.Join("data", "tenant"), filepath.Join("data", moved)); err != nil {
				t.Fatal(err)
			}
		}
		r := serving(t, args...)
		r.stderr.await(t, "tenant of the last run loaded")
		if got := ask(t, r, "GET", "/beta/communications/presences/"+id, ""); !strings.HasPrefix(got, "200") || !strings.Contains(got, `"Busy"`) {
			t.Errorf("%s: after a restart: %s", moved, got)
		}
		if got := ask(t, r, "GET", "/v1.0/me", ""); !strings.Contains(got, "Tomas Lind") {
			t.Errorf("%s: the signed-in user after a restart: %s", moved, got)
		}
		if got := ask(t, r, "POST", "/_emulator/reset", ""); !strings.HasPrefix(got, "204") {
			t.Errorf("reset: %s", got)
		}
		if got := ask(t, r, "GET", "/beta/communications/presences/"+id, ""); !strings.HasPrefix(got, "404") {
			t.Errorf("%s: after a reset: %s", moved, got)
		}
		ask(t, r, "POST", "/beta/communications/presences", `{"id":"`+id+`","availability":"Busy","activity":"Busy"}`)
		end(r)
	}
	left, err := os.ReadDir("data")
	if err != nil || len(left) != 2 || left[0].Name() != ".lock" || left[1].Name() != "tenant" {
		t.Errorf("data holds %v, %v", left, err)
	}
}

// The tenant is saved at every interval, and a second server on the folder is refused
// with its name.
func TestFaultA9DataInterval(t *testing.T) {
	t.Chdir(t.TempDir())
	r := serving(t, "--data", "data", "--data-interval", "1h")
	r.tick <- time.Now()
	r.tick <- time.Now() // the first has been written
	if !exists(filepath.Join("data", "tenant", "manifest.json")) {
		t.Error("nothing is saved")
	}
	if code, _, stderr := call(t, variables(), "serve", "--data", "data", "--listen", "127.0.0.1:0"); code != exitUsage || !strings.Contains(stderr, "data: another server uses this folder") {
		t.Errorf("a second server: exit %d %s", code, stderr)
	}
	if code := r.end(t); code != exitOK {
		t.Errorf("exit %d\n%s", code, r.stderr)
	}
	if code, _, stderr := call(t, variables(), "serve", "--data-interval", "1h"); code != exitUsage || !strings.Contains(stderr, "--data") {
		t.Errorf("an interval alone: exit %d %s", code, stderr)
	}
}

func TestDataRefused(t *testing.T) {
	t.Chdir(folder(t, "file", "", "data/tenant/users.yaml", "users: 7\n"))
	for _, data := range []string{"file", "data"} {
		if code, _, stderr := call(t, variables(), "serve", "--data", data); code != exitUsage || !strings.Contains(stderr, "graph-emulator: data: ") || !strings.Contains(stderr, data) {
			t.Errorf("%s: exit %d %s", data, code, stderr)
		}
	}
}

// TestEmptyFolder: an image names a folder that nobody has mounted anything on.
func TestEmptyFolder(t *testing.T) {
	t.Chdir(folder(t, "empty/.keep", ""))
	r := serving(t, "--fixtures", "empty")
	r.stderr.await(t, "counts as absent")
	if got := ask(t, r, "GET", "/v1.0/me", ""); !strings.Contains(got, "Ida Berg") {
		t.Errorf("the built-in tenant is not there: %s", got)
	}
	if code := r.end(t); code != exitOK {
		t.Errorf("exit %d\n%s", code, r.stderr)
	}
}

// TestValidate: every mistake of the fixtures is a line with its place.
func TestValidate(t *testing.T) {
	t.Chdir(folder(t, "good/crew.yaml", crew,
		"syntax/a.yaml", "users:\n  - displayName: [\n", "syntax/b.yaml", "\nusers: {\n",
		"stubs/a.yaml", "- {request: GET /me, stub: true, status: 418}\n", "badstub/b.yaml", "- {request: GET /me, stub: true, status: 418}\n- {request: GET /me, stub: true}\n",
		"rule/crew.yaml", crew+"groups:\n  - displayName: 7\n",
		"type/v1.0/presence.json", "{"))
	for _, tt := range []struct {
		args string
		code int
		want []string
	}{
		{"", exitOK, nil},
		{"--fixtures good --strict", exitOK, nil},
		{"--fixtures stubs", exitOK, nil},
		{"--fixtures badstub", exitUsage, []string{filepath.Join("badstub", "b.yaml") + ":2: no status"}},
		{"--fixtures syntax", exitUsage, []string{filepath.Join("syntax", "a.yaml") + ":", filepath.Join("syntax", "b.yaml") + ":"}},
		{"--fixtures rule", exitUsage, []string{filepath.Join("rule", "crew.yaml") + ":6"}},
		{"--schemas type", exitUsage, []string{"presence.json"}},
		{"--fixtures good --signed-in-user ida@northgale.test", exitUsage, []string{"ida@northgale.test"}},
	} {
		code, stdout, stderr := call(t, variables(), append([]string{"validate"}, strings.Fields(tt.args)...)...)
		if code != tt.code || (stdout == "ok\n") != (code == exitOK) {
			t.Errorf("%q: exit %d\n%s%s", tt.args, code, stdout, stderr)
		}
		for _, want := range tt.want {
			if !strings.Contains(stderr, want) {
				t.Errorf("%q does not say %q:\n%s", tt.args, want, stderr)
			}
		}
	}
}

// TestSeedPages: two pages are all that their calls need.
func TestSeedPages(t *testing.T) {
	pages, err := filepath.Abs(filepath.Join("..", "..", "emulator", "testdata", "pages"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	r := serving(t, "--catalog", "none", "--docs", pages)
	defer r.end(t)
	if got := ask(t, r, "POST", "/beta/communications/presences", presence); !strings.HasPrefix(got, "201") {
		t.Error(got)
	}
	if got := ask(t, r, "PATCH", "/beta/communications/presences", presence); !strings.HasPrefix(got, "200") {
		t.Error(got)
	}
	if got := ask(t, r, "GET", "/beta/users", ""); !strings.HasPrefix(got, "400") && !strings.HasPrefix(got, "404") {
		t.Errorf("without a catalog: %s", got)
	}
}
