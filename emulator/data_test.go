package emulator_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// keeping starts an emulator on a folder; it lasts until the test or end ends it.
func keeping(t *testing.T, dir string, opts ...emulator.Option) (emu *emulator.Server, end func()) {
	t.Helper()
	emu, err := emulator.New(append(opts, emulator.WithData(dir))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { emu.Close() })
	return emu, func() { emu.Close() }
}

// What was saved is read again, whatever its size: 80 MB of mail and a file of 100 MB.
func TestFaultA5DataReadsWhatItWrote(t *testing.T) {
	dir := t.TempDir()
	emu, end := keeping(t, dir)
	text := strings.Repeat("0123456789 \\u00e9\\n\\\"${HOME}\\\" ", 1<<20/32)
	for i := range 80 {
		if w := emulatortest.Do(emu, "POST", "/v1.0/me/messages", fmt.Sprintf(`{"subject":"%d","body":{"contentType":"text","content":"%d %s"}}`, i, i, text)); w.Code != http.StatusCreated {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	drive := emulatortest.Object(t, emulatortest.Do(emu, "POST", "/v1.0/drives", `{"name":"Hold","root":{"name":"root"}}`).Body.Bytes())
	at := "/v1.0/drives/" + drive["id"].(string) + "/root:/a.bin:/content"
	content := bytes.Repeat([]byte("0123456789"), 10<<20)
	r := httptest.NewRequest("PUT", at, bytes.NewReader(content))
	r.Header.Set("Content-Type", "application/x-tide")
	w := httptest.NewRecorder()
	if emu.ServeHTTP(w, r); w.Code != http.StatusCreated {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	const mail = "/v1.0/me/messages?$filter=subject%20eq%20'79'&$select=body"
	read := func(emu *emulator.Server) string {
		list, _ := emulatortest.Object(t, emulatortest.Do(emu, "GET", mail, "").Body.Bytes())["value"].([]any)
		if len(list) != 1 {
			t.Fatalf("%d messages", len(list))
		}
		return list[0].(map[string]any)["body"].(map[string]any)["content"].(string)
	}
	want := read(emu)
	if err := emu.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	end()
	again, _ := keeping(t, dir)
	if got := read(again); got != want || !strings.HasPrefix(got, "79 0123456789 é\n\"${HOME}\" ") {
		t.Errorf("the mail is not as it was: %d bytes, want %d", len(got), len(want))
	}
	if got := emulatortest.Do(again, "GET", "/v1.0/me/messages/$count", "").Body.String(); got != "80" {
		t.Errorf("%s messages", got)
	}
	if got := emulatortest.Do(again, "GET", at, ""); !bytes.Equal(got.Body.Bytes(), content) || got.Header().Get("Content-Type") != "application/x-tide" {
		t.Errorf("the file has %d bytes and the type %s", got.Body.Len(), got.Header().Get("Content-Type"))
	}
}

// The control plane saves when it is asked; without a folder it says so. What has not
// changed is not written again.
func TestFaultA9SaveOnRequest(t *testing.T) {
	dir := t.TempDir()
	emu, end := keeping(t, dir)
	if w := emulatortest.Do(emu, "PATCH", "/v1.0/me", `{"city":"Quay"}`); w.Code != 204 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	manifest := filepath.Join(dir, "tenant", "manifest.json")
	var first os.FileInfo
	for i := range 2 {
		if w := emulatortest.Do(emu, "POST", "/_emulator/save", ""); w.Code != http.StatusNoContent {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		info, err := os.Stat(manifest)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = info
		} else if !os.SameFile(first, info) {
			t.Error("written again without a change")
		}
	}
	if _, err := emulator.New(emulator.WithData(dir)); err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "another server uses this folder") {
		t.Errorf("a second server: %v", err)
	}
	end()
	again, end := keeping(t, dir)
	if w := emulatortest.Do(again, "GET", "/v1.0/me?$select=city", ""); !strings.Contains(w.Body.String(), `"city":"Quay"`) {
		t.Errorf("%s", w.Body)
	}
	end()
	if err := os.Remove(filepath.Join(dir, "tenant", "users.yaml")); err != nil {
		t.Fatal(err)
	}
	if _, err := emulator.New(emulator.WithData(dir)); err == nil || !strings.Contains(err.Error(), "users.yaml is missing") || !strings.Contains(err.Error(), "remove it to start again") {
		t.Errorf("a damaged state: %v", err)
	}
	if w := emulatortest.Do(emulatortest.New(t), "POST", "/_emulator/save", ""); w.Code != 400 || !strings.Contains(w.Body.String(), "--data") {
		t.Errorf("without a folder: %d %s", w.Code, w.Body)
	}
}
