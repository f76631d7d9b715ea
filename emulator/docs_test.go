package emulator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// operation is a reference page for one operation, in the words of nobody.
func operation(title, method, path, status, rows, request, answer string) string {
	fence := "```"
	var b strings.Builder
	b.WriteString("---\ntitle: \"" + title + "\"\ndoc_type: apiPageType\n---\n\n# " + title + "\n\nNamespace: microsoft.graph\n\n")
	b.WriteString("## HTTP request\n\n<!-- {\"blockType\": \"ignored\"} -->\n" + fence + " http\n" + method + " " + path + "\n" + fence + "\n\n")
	if rows != "" {
		b.WriteString("## Request body\n\n|Property|Type|Description|\n|:---|:---|:---|\n" + rows + "\n")
	}
	b.WriteString("## Response\n\nAnswers `" + status + "` and a [berth](../resources/berth.md).\n\n## Examples\n\n### Request\n\n")
	b.WriteString("<!-- {\"blockType\": \"request\", \"name\": \"x\"} -->\n" + fence + " http\n" + method + " https://graph.microsoft.com/beta" + path + "\n")
	if request != "" {
		b.WriteString("Content-Type: application/json\n\n" + request + "\n")
	}
	b.WriteString(fence + "\n\n### Response\n\n<!-- {\"blockType\": \"response\", \"truncated\": true} -->\n" + fence + " http\nHTTP/1.1 " + status + "\n")
	if answer != "" {
		b.WriteString("Content-Type: application/json\n\n" + answer + "\n")
	}
	b.WriteString(fence + "\n")
	return b.String()
}

// drafted writes pages for a resource that exists nowhere else.
func drafted(t *testing.T) string {
	t.Helper()
	const (
		sent  = `{"@odata.type": "#microsoft.graph.berth", "name": "North 4", "length": 120, "lit": true}`
		shown = `{"@odata.type": "#microsoft.graph.berth", "id": "5f1d7c1a-7c1a-5f1d-1a7c-1d5f1a7c1d5f", "name": "North 4", "length": 120, "lit": true}`
		rows  = "|name|String|Painted on the quay. Required.|\n|length|Int32|In metres. Required.|\n|lit|Boolean|At night. Optional.|\n"
	)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"berth-post.md":   operation("Create berth", "POST", "/harbours/berths", "201 Created", rows, sent, shown),
		"berth-list.md":   operation("List berths", "GET", "/harbours/berths", "200 OK", "", "", `{"value": [`+shown+`]}`),
		"berth-get.md":    operation("Get berth", "GET", "/harbours/berths/{id}", "200 OK", "", "", shown),
		"berth-update.md": operation("Update berth", "PATCH", "/harbours/berths/{id}", "200 OK", strings.ReplaceAll(rows, " Required.", ""), sent, shown),
		"berth-delete.md": operation("Delete berth", "DELETE", "/harbours/berths/{id}", "204 No Content", "", "", ""),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestDraftedPages: pages written a minute ago are served, with and without the
// built-in catalog behind them.
func TestDraftedPages(t *testing.T) {
	docs := emulator.WithDocs(os.DirFS(drafted(t)))
	for name, opts := range map[string][]emulator.Option{
		"alone": {emulator.WithoutCatalog(), docs}, "in front": {docs},
	} {
		t.Run(name, func(t *testing.T) {
			s := emulatortest.New(t, opts...)
			berths(t, s)
		})
	}
}

func berths(t *testing.T, s *emulator.Server) {
	const set = "/beta/harbours/berths"
	step := func(method, path, body string, status int) (*httptest.ResponseRecorder, map[string]any) {
		t.Helper()
		w := call(s, method, path, body, "")
		if w.Code != status {
			t.Fatalf("%s %s %s: %d, want %d: %s", method, path, body, w.Code, status, w.Body)
		}
		var got map[string]any
		if w.Body.Len() > 0 {
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
		}
		return w, got
	}
	is := func(got map[string]any, name string, want any) {
		t.Helper()
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	w, made := step("POST", set, `{"name":"North 4","length":120}`, http.StatusCreated)
	id, _ := made["id"].(string)
	is(made, "name", "North 4")
	is(made, "length", 120.0)
	if want := "http://graph.test" + set + "/" + id; !isGUID.MatchString(id) || w.Header().Get("Location") != want {
		t.Errorf("Location %q, want %q", w.Header().Get("Location"), want)
	}
	_, list := step("GET", set+"?$filter=length%20gt%20100&$count=true", "", http.StatusOK)
	is(list, "@odata.count", 1.0)
	_, got := step("GET", set+"/"+id, "", http.StatusOK)
	is(got, "name", "North 4")
	is(got, "lit", nil)
	_, got = step("PATCH", set+"/"+id, `{"lit":true}`, http.StatusOK)
	is(got, "lit", true)
	is(got, "name", "North 4")

	// What no page mentions is kept, with a warning: the type is known from pages alone.
	w, _ = step("PATCH", set+"/"+id, `{"bollards":12}`, http.StatusOK)
	if warning := w.Header().Get("X-Emulator-Warning"); !strings.Contains(warning, "'bollards'") {
		t.Errorf("X-Emulator-Warning: %q", warning)
	}
	_, got = step("GET", set+"/"+id, "", http.StatusOK)
	is(got, "bollards", 12.0)

	refusedBerths(t, s, set)
	step("DELETE", set+"/"+id, "", http.StatusNoContent)
	step("GET", set+"/"+id, "", http.StatusNotFound)
	step("GET", "/beta/harbours/quays", "", http.StatusBadRequest)
}

// refusedBerths: what the pages require and what kinds their tables name holds.
func refusedBerths(t *testing.T, s *emulator.Server, set string) {
	t.Helper()
	before := state(t, s)
	for body, says := range map[string]string{
		`{"length":120}`:                   "'name'|required",
		`{"name":"South 1"}`:               "'length'|required",
		`{"name":7,"length":120}`:          "name|string|number",
		`{"name":"South 1","length":"12"}`: "length|integer|string",
		`{"name":"South 1","length":1.5}`:  "length|integer",
	} {
		in := badInput{method: "POST", path: set, body: body, status: 400, code: "BadRequest", says: says}
		in.check(t, call(s, "POST", set, body, ""))
	}
	if after := state(t, s); after != before {
		t.Errorf("the store has changed\nbefore: %s\n after: %s", before, after)
	}
}
