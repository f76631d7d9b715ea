package authority_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

// published is the file of permissions: permission -> what it allows (B-10.31).
type published map[string]struct {
	Schemes map[string]struct {
		RequiresAdminConsent bool `json:"requiresAdminConsent"`
	} `json:"schemes"`
	PathSets []struct {
		SchemeKeys []string          `json:"schemeKeys"`
		Methods    []string          `json:"methods"`
		Paths      map[string]string `json:"paths"`
	} `json:"pathSets"`
}

// permissionsFile has what the tests need of it.
const permissionsFile = "testdata/permissions.json.gz"

var updatePermissions = flag.Bool("update-permissions", false, "write testdata/permissions.json.gz anew")

func readPublished(t *testing.T) published {
	t.Helper()
	p, err := readPermissions(permissionsFile)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func readPermissions(name string) (published, error) {
	packed, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	text, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	var doc struct {
		Permissions published `json:"permissions"`
	}
	err = json.NewDecoder(text).Decode(&doc)
	return doc.Permissions, err
}

// TestPermissionFile: the facts are those of the published file.
func TestPermissionFile(t *testing.T) {
	source, err := readPermissions(filepath.Join("..", "..", "..", "..", "shared", "permissions.json.gz"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("needs the published file: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if *updatePermissions {
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
		err := json.NewEncoder(z).Encode(map[string]published{"permissions": source})
		if err := errors.Join(err, z.Close(), os.WriteFile(permissionsFile, b.Bytes(), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(readPublished(t), source) {
		t.Error("testdata/permissions.json.gz is not current; run go test ./emulator/internal/authority -run TestPermissionFile -update-permissions")
	}
}

// TestPermissionFacts: on every method and path that the published file lists and
// the model has, the facts by which permissions are enforced name the same
// permissions, and the least privileged one first.
func TestPermissionFacts(t *testing.T) {
	t.Attr("rules", "B-10.31 B-10.34")
	emu := emulatortest.New(t)
	type place struct{ version, method, template string }
	type lists map[string]map[string]bool // scheme -> permission -> is it the least
	want := map[place]lists{}
	nowhere := map[string]bool{}
	for name, p := range readPublished(t) {
		for _, set := range p.PathSets {
			for path, words := range set.Paths {
				for _, method := range set.Methods {
					found := false
					for _, version := range emu.Catalog().Versions() {
						op, err := emu.Catalog().Operation(version, method, path)
						if err != nil || strings.Contains(op.Template, "{id}") { // a placeholder for the name of a property is no path
							continue
						}
						found = true
						at := place{version, method, strings.ToLower(op.Template)}
						if want[at] == nil {
							want[at] = lists{}
						}
						for _, scheme := range set.SchemeKeys {
							if want[at][scheme] == nil {
								want[at][scheme] = map[string]bool{}
							}
							full := name + also(words)
							want[at][scheme][full] = want[at][scheme][full] || least(words, scheme)
						}
					}
					if !found {
						nowhere[method+" "+path] = true
					}
				}
			}
		}
	}
	differ := 0
	for at, w := range want {
		got, ok, err := fixtures.Operations(at.version).Granted(at.method, at.template)
		if err != nil || !ok {
			t.Errorf("%v: nothing is known: %v", at, err)
			continue
		}
		for scheme, list := range map[string][]string{"DelegatedWork": got.DelegatedWork, "DelegatedPersonal": got.DelegatedPersonal, "Application": got.Application} {
			names := slices.Clone(list)
			slices.Sort(names)
			var listed []string
			for name := range w[scheme] {
				listed = append(listed, name)
			}
			slices.Sort(listed)
			first := func(name string) bool { // the file marks a path for all methods of a permission: one that writes is not the least to read
				return w[scheme][name] && !(at.method == "GET" && strings.Contains(name, "Write"))
			}
			if slices.ContainsFunc(list, first) && !first(list[0]) {
				t.Errorf("%v %s: %s is first, and not the least", at, scheme, list[0])
			}
			if !slices.Equal(names, listed) {
				if differ++; differ < 10 {
					t.Errorf("%v %s\n got %v\nwant %v", at, scheme, names, listed)
				}
			}
		}
	}
	t.Logf("%d operations agree; %d paths are in no model", len(want)-differ, len(nowhere))
	if len(want) < 14_000 || len(nowhere) > 1900 {
		t.Errorf("%d operations were compared, %d paths are in no model: has the file been read?", len(want), len(nowhere))
	}
}

// least reads the words behind a path.
func least(words, scheme string) bool {
	for _, w := range strings.Split(words, ";") {
		if list, ok := strings.CutPrefix(w, "least="); ok && slices.Contains(strings.Split(list, ","), scheme) {
			return true
		}
	}
	return false
}

// also reads what a permission needs besides itself, as the facts print it.
func also(words string) string {
	for _, w := range strings.Split(words, ";") {
		if list, ok := strings.CutPrefix(w, "AlsoRequires="); ok {
			return "+" + strings.ReplaceAll(list, ",", "|")
		}
	}
	return ""
}

// TestSecondPermission: where the file says that a permission needs another as well, a
// token holds both, or is refused with the words for it.
func TestSecondPermission(t *testing.T) {
	t.Attr("rules", "B-10.31")
	d := newDesk(t, emulator.WithAuth(emulator.AuthEnforce))
	list := emulatortest.Object(t, d.get("/v1.0/applications", appToken(t, d, "Application.Read.All")).Body.Bytes())["value"].([]any)
	path := "/v1.0/applications/" + list[0].(map[string]any)["id"].(string) + "/tokenLifetimePolicies"
	for _, tt := range []struct {
		roles string
		want  int
	}{{"Policy.Read.All", 403}, {"Application.ReadWrite.All", 403}, {"Policy.Read.All Application.ReadWrite.All", 200}} {
		w := d.get(path, appToken(t, d, strings.Fields(tt.roles)...))
		if w.Code != tt.want || w.Code == 403 && !strings.Contains(w.Body.String(), "Policy.Read.All with Application.ReadWrite.All") {
			t.Errorf("%s: %d %s", tt.roles, w.Code, w.Body)
		}
	}
}

func appToken(t *testing.T, d *desk, roles ...string) string {
	t.Helper()
	token, err := d.emu.AppToken(roles...)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// TestScopeFacts: every published permission is known by name, with its kinds and
// with whether an administrator has to consent.
func TestScopeFacts(t *testing.T) {
	all := readPublished(t)
	for name, p := range all {
		s, ok := fixtures.Operations("v1.0").Scope(strings.ToUpper(name))
		work, delegated := p.Schemes["DelegatedWork"]
		app, application := p.Schemes["Application"]
		if _, twice := all[s.Name]; twice && s.Name != name {
			continue // the file has one name in two spellings
		}
		if !ok || s.Name != name || s.Delegated != delegated || s.App != application || s.AdminDelegated != work.RequiresAdminConsent || s.AdminApp != app.RequiresAdminConsent {
			t.Errorf("%s: got %+v", name, s)
		}
	}
	if _, ok := fixtures.Operations("v1.0").Scope("Files.Read.Everything"); ok || len(all) < 900 {
		t.Errorf("a permission that is none is known, or the file is short: %d", len(all))
	}
}
