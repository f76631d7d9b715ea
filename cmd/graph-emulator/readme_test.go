package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// block is a fenced part of the README.
type block struct{ language, text string }

func blocks(t *testing.T, path string) []block {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []block
	for _, m := range regexp.MustCompile("(?s)\n```([a-z]*)\n(.*?)\n```\n").FindAllStringSubmatch(string(b), -1) {
		out = append(out, block{m[1], m[2]})
	}
	return out
}

var curl = regexp.MustCompile(`(?s)^curl (?:-i )?(?:-X (\S+) )?http://127\.0\.0\.1:3650(\S+)(?: -H 'Content-Type: application/json' -d '(.*)')?$`)

// TestReadme makes the calls of the README, one after the other, and compares
// the answers with those it shows. Only generated ids may differ.
func TestReadme(t *testing.T) {
	readme := blocks(t, filepath.Join("..", "..", "README.md"))
	t.Chdir(t.TempDir())
	r := serving(t)
	defer r.end(t)
	calls := 0
	for i, b := range readme {
		m := curl.FindStringSubmatch(b.text)
		if m == nil {
			continue
		}
		calls++
		method := m[1]
		if method == "" {
			method = map[bool]string{true: http.MethodPost, false: http.MethodGet}[m[3] != ""]
		}
		req, err := http.NewRequestWithContext(t.Context(), method, r.url+m[2], strings.NewReader(m[3]))
		if err != nil {
			t.Fatal(err)
		}
		if m[3] != "" {
			req.Header.Set("Content-Type", "application/json")
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		shown := readme[i+1].text
		if head, rest, ok := strings.Cut(shown, "\n\n"); ok && strings.HasPrefix(head, "HTTP/") {
			if want := resp.Proto + " " + resp.Status; head != want {
				t.Errorf("%s\nREADME: %s\nanswer: %s", b.text, head, want)
			}
			shown = rest
		}
		if got, want := comparable(t, r, string(body)), comparable(t, r, shown); !reflect.DeepEqual(got, want) {
			t.Errorf("%s\nREADME: %s\nanswer: %s", b.text, shown, body)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	if calls < 3 {
		t.Errorf("the README shows %d calls", calls)
	}
}

// comparable decodes an answer with the address of the README, and without
// what each answer has of its own.
func comparable(t *testing.T, r *running, body string) any {
	t.Helper()
	body = strings.ReplaceAll(body, r.url, "http://127.0.0.1:3650")
	own := regexp.MustCompile(`("(?:id|request-id|client-request-id|date)":\s*)"[^"]*"`)
	var v any
	if err := json.Unmarshal([]byte(own.ReplaceAllStringFunc(body, func(s string) string {
		if strings.Contains(s, "c26302f8-02f8-c263-f802-63c2f80263c2") { // the signed-in user is always the same
			return s
		}
		return own.ReplaceAllString(s, `$1"own"`)
	})), &v); err != nil {
		t.Fatalf("%v:\n%s", err, body)
	}
	return v
}

// TestReadmeGo: the Go code of the README stands in a runnable example.
func TestReadmeGo(t *testing.T) {
	var examples string
	for _, name := range []string{"emulator/example_test.go", "emulator/graphtest/example_test.go"} {
		b, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		examples += flat(string(b))
	}
	found := 0
	for _, b := range blocks(t, filepath.Join("..", "..", "README.md")) {
		if b.language != "go" {
			continue
		}
		found++
		if !strings.Contains(examples, flat(b.text)) {
			t.Errorf("no example holds this code of the README:\n%s", b.text)
		}
	}
	if found == 0 {
		t.Error("the README shows no Go code")
	}
}

// flat leaves indentation and empty lines out.
func flat(code string) string {
	var out strings.Builder
	for line := range strings.Lines(code) {
		if line = strings.TrimSpace(line); line != "" {
			out.WriteString(line + "\n")
		}
	}
	return out.String()
}
