package emulator_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
	"github.com/graph-emulator/graph-emulator/schemas/derive/page"
)

// seeds are two reference pages with the facts of those that a generator writes, in the
// words of nobody.
func seeds() fs.FS { return os.DirFS("testdata/pages") }

// examples are the examples of all pages.
func examples(t *testing.T, pages fs.FS) (out []page.Example) {
	t.Helper()
	names, err := fs.Glob(pages, "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(pages, name)
		if err != nil {
			t.Fatal(err)
		}
		p, err := page.Read(strings.TrimSuffix(name, filepath.Ext(name)), text)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p.Examples...)
	}
	return out
}

// TestSeeds makes the calls of two pages exactly as these print them, each on a
// fresh server, with the built-in catalog and with nothing but the pages.
// Content-Length is the pages' own and wrong.
func TestSeeds(t *testing.T) {
	pages := seeds()
	for _, with := range []struct {
		name string
		opts []emulator.Option
	}{
		{"default catalog", nil},
		{"pages in front", []emulator.Option{emulator.WithDocs(pages)}},
		{"pages alone", []emulator.Option{emulator.WithoutCatalog(), emulator.WithDocs(pages)}},
	} {
		t.Run(with.name, func(t *testing.T) {
			made := 0
			for _, x := range examples(t, pages) {
				if len(x.Responses) == 0 {
					continue
				}
				made++
				s := emulatortest.New(t, with.opts...)
				for _, version := range []string{"/beta", "/v1.0"} {
					seedCall(t, s, version, &x, with.name == "pages alone")
				}
			}
			if made != 2 {
				t.Errorf("the pages hold %d examples, want 2", made)
			}
		})
	}
}

func seedCall(t *testing.T, s *emulator.Server, version string, x *page.Example, bare bool) {
	t.Helper()
	want := x.Responses[0]
	var header strings.Builder
	for _, h := range x.Request.Header {
		header.WriteString(h.Name + ": " + h.Value + "\n")
	}
	w := call(s, x.Request.Method, version+x.Request.Path, string(x.Request.Body), header.String())
	what := x.Request.Method + " " + version + x.Request.Path
	if w.Code != want.Status {
		t.Errorf("%s: %d, want %d: %s", what, w.Code, want.Status, w.Body)
		return
	}
	var got, shown map[string]any
	if err := json.NewDecoder(bytes.NewReader(w.Body.Bytes())).Decode(&got); err != nil {
		t.Fatalf("%s: %v: %s", what, err, w.Body)
	}
	if err := json.Unmarshal(want.Body, &shown); err != nil {
		t.Fatal(err)
	}
	if got["@odata.context"] != "http://graph.test"+version+"/$metadata#communications/presences/$entity" {
		t.Errorf("%s: context %v", what, got["@odata.context"])
	}
	delete(got, "@odata.context")
	id, _ := got["id"].(string)
	if want.Status == 201 || bare { // made by the service: another one each time
		if !isGUID.MatchString(id) {
			t.Errorf("%s: id %q", what, id)
		}
		shown["id"] = id
	}
	if want.Status == 201 && w.Header().Get("Location") != "http://graph.test"+version+x.Request.Path+"/"+id {
		t.Errorf("%s: Location %q", what, w.Header().Get("Location"))
	}
	if !reflect.DeepEqual(got, shown) {
		t.Errorf("%s\n got %v\nwant %v", what, got, shown)
	}
}
