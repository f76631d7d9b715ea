package wire_test

import (
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// An answer is compressed when the client takes it, and only then.
func TestGzip(t *testing.T) {
	t.Attr("rules", "B-1.16")
	emu := emulatortest.New(t)
	plain := emulatortest.Get(emu, "/v1.0/users").Body.String()
	for _, tt := range []struct {
		accept string
		want   string
	}{
		{"gzip", "gzip"}, {"br, GZIP;q=0.5", "gzip"}, {"gzip;q=0", ""}, {"br", ""}, {"", ""},
	} {
		w := emulatortest.Get(emu, "/v1.0/users", "Accept-Encoding", tt.accept)
		if got := w.Header().Get("Content-Encoding"); got != tt.want {
			t.Errorf("Accept-Encoding %q: Content-Encoding %q, want %q", tt.accept, got, tt.want)
		}
		var in io.Reader = w.Body
		if tt.want != "" {
			z, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			in = z
		}
		if body, err := io.ReadAll(in); err != nil || string(body) != plain {
			t.Errorf("Accept-Encoding %q: another body: %v %.200s", tt.accept, err, body)
		}
	}
	if w := emulatortest.Get(emu, "/v1.0/users/$count", "Accept-Encoding", "gzip", "ConsistencyLevel", "eventual"); w.Header().Get("Content-Encoding") != "" {
		t.Error("two digits are compressed")
	}
}

// An unknown option is refused by name; one without effect is named.
func TestUnknownAndIgnoredOptions(t *testing.T) {
	t.Attr("rules", "B-3.86 B-3.87 C-3.9")
	emu := emulatortest.New(t)
	if w := emulatortest.Get(emu, "/v1.0/users?$foo=1"); w.Code != 400 || !strings.Contains(w.Body.String(), "The query parameter '$foo' is not supported.") {
		t.Errorf("$foo: %d %s", w.Code, w.Body)
	}
	if w := emulatortest.Get(emu, "/v1.0/users?foo=1"); w.Code != 200 {
		t.Errorf("foo: %d %s", w.Code, w.Body)
	}
	w := emulatortest.Get(emu, "/v1.0/users/"+emulatortest.Ida+"?$top=999&$count=true") // C-3.9
	if warned := strings.Join(w.Header()["X-Emulator-Warning"], "; "); w.Code != 200 || !strings.Contains(warned, "$top") || !strings.Contains(warned, "$count") {
		t.Errorf("%d, warned of %q", w.Code, warned)
	}
}

// What is not honored to the letter is named: a page size that is cut, a page token
// that nobody issued (taken for page one only where everything is made up).
func TestNothingIsIgnoredInSilence(t *testing.T) {
	t.Attr("rules", "C-7.4")
	made := emulatortest.New(t, emulator.WithOnMissing(emulator.MissingSynthesize))
	for _, tt := range []struct {
		path, want string
	}{
		{"/v1.0/communications/presences?$top=5000", "$top"},
		{"/v1.0/communications/presences?$skiptoken=abc", "$skiptoken"},
	} {
		w := emulatortest.Get(made, tt.path)
		if warned := strings.Join(w.Header()["X-Emulator-Warning"], "; "); w.Code != 200 || !strings.Contains(warned, tt.want) {
			t.Errorf("%s: %d, warned of %q, want %s", tt.path, w.Code, warned, tt.want)
		}
	}
	if w := emulatortest.Get(emulatortest.New(t), "/v1.0/communications/presences?$skiptoken=abc"); w.Code != 400 { // C-7.4
		t.Errorf("a token nobody issued: %d, want 400", w.Code)
	}
}
