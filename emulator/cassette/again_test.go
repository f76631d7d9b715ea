package cassette

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
)

// TestAgain: a body that comes again is written as it was the first time, unless a secret
// that stands in it has been met, or it is of another type now.
func TestAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.yaml")
	c, err := Open(path, All, WithUpstream("http://graph.northgale.test"))
	if err != nil {
		t.Fatal(err)
	}
	media, body := "application/json", ""
	h := c.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", media)
		fmt.Fprint(w, body)
	}))
	say := func(text string) {
		body = text
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "http://graph.northgale.test/v1.0/me", nil))
	}
	const note = `{"id":"c26302f8-02f8-c263-f802-63c2f80263c2","note":"Pa55wordOfIda","line":"a\nb ${c}"}`
	texts := []string{note, "", "plain text: ${guid}", "\x00\xff", "[]", `"word"`}
	for range 3 {
		for _, text := range texts {
			say(text)
		}
	}
	const form = `<input name="password" value="Hush">`
	for _, media = range []string{"text/plain", "text/plain", "text/plain", "text/html"} {
		say(form)
	}
	media = "application/json"
	say(`{"password":"Pa55wordOfIda"}`)
	say(note)
	say(note)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := conversation.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	answers := make([]string, 0, len(f.Exchanges))
	for _, x := range f.Exchanges {
		b, err := x.Answer.Bytes(nil)
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, string(b))
	}
	for i, got := range answers[:len(texts)*3] {
		if want := answers[i%len(texts)]; got != want || i%len(texts) > 0 && got != texts[i%len(texts)] {
			t.Errorf("%d: %q, want %q", i, got, want)
		}
	}
	forms, last := answers[len(texts)*3:][:4], answers[len(answers)-2:]
	if forms[2] != form || strings.Contains(forms[3], "Hush") {
		t.Errorf("%q", forms)
	}
	if !strings.Contains(answers[0], "Pa55wordOfIda") || strings.Contains(last[0], "Pa55wordOfIda") || last[1] != last[0] {
		t.Errorf("%q", last)
	}
	if text, _ := os.ReadFile(path); strings.Count(string(text), "Pa55wordOfIda") != 3 {
		t.Error("it is kept once it has been met")
	}
}
