package graphtest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

// Conversations runs the YAML files that glob names, each as a subtest against
// an emulator of its own. Package conversation says what such a file holds. Of tests:
// as names a user by id or userPrincipalName, or is me, app or nobody, and is
// followed by permissions; the default is me User.Read. Blanks in the query of a
// request are encoded. ${url} is the address of the emulator. The first entry may be
// options: {strict: true, …}, see the names below optionOf.
func Conversations(t *testing.T, glob string) {
	t.Helper()
	files, err := filepath.Glob(glob)
	if err != nil {
		t.Fatalf("graphtest: %s: %v", glob, err)
	}
	if len(files) == 0 {
		t.Fatalf("graphtest: no file is named %s", glob)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)), func(t *testing.T) {
			f, err := conversation.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			hold(t, f)
		})
	}
}

// hold plays a conversation from its beginning to its end.
func hold(t *testing.T, f *conversation.File) {
	options, err := optionsOf(f)
	if err != nil {
		t.Fatal(err)
	}
	s := Start(t, options...)
	vars := conversation.Vars{"url": s.URL}
	for _, x := range f.Exchanges {
		differences, body, err := s.play(x, vars)
		if err != nil {
			t.Fatalf("%s:%d: %v", f.Name, x.Line, err)
		}
		if len(differences) > 0 {
			var lines strings.Builder
			for _, d := range differences {
				lines.WriteString("\n\t" + d.String())
			}
			t.Errorf("%s:%d: %s%s\n\tanswer: %s", f.Name, x.Line, x.Request, lines.String(), body)
		}
	}
}

func optionsOf(f *conversation.File) (out []emulator.Option, err error) {
	for _, o := range f.Options {
		more, err := optionOf(f.Name, o.Name, o.Value)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", f.Name, o.Line, err)
		}
		out = append(out, more...)
	}
	return out, nil
}

// optionOf reads one option. Folders are beside the file.
func optionOf(file, name string, v any) ([]emulator.Option, error) {
	folder := func() (fs.FS, error) {
		path, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("option %s: expected the path of a folder", name)
		}
		return os.DirFS(filepath.Join(filepath.Dir(file), filepath.FromSlash(path))), nil
	}
	one := func(o emulator.Option) ([]emulator.Option, error) { return []emulator.Option{o}, nil }
	switch v := v.(type) {
	case bool:
		on := map[string]func() emulator.Option{"strict": emulator.WithStrict, "forwarded-headers": emulator.WithForwardedHeaders,
			"empty-pages": emulator.WithEmptyPages}[name]
		switch {
		case on != nil && v:
			return one(on())
		case on != nil:
			return nil, nil
		}
	case int:
		switch {
		case name == "random-seed" && v >= 0:
			return one(emulator.WithRandomSeed(uint64(v)))
		case name == "body-limit":
			return one(emulator.WithBodyLimit(int64(v)))
		}
	case string:
		for _, s := range emulator.Switches() {
			if s.Name == name {
				return one(emulator.WithSwitch(name, v))
			}
		}
		switch name {
		case "on-missing":
			return one(emulator.WithOnMissing(v))
		case "services-delay":
			d, err := time.ParseDuration(v)
			return []emulator.Option{emulator.WithServicesDelay(d)}, err
		case "min-fidelity":
			return one(emulator.WithMinFidelity(v))
		case "signed-in-user":
			return one(emulator.WithSignedInUser(v))
		case "auth":
			return one(emulator.WithAuth(v))
		case "sign-in":
			return one(emulator.WithSignIn(v))
		case "issuer":
			return one(emulator.WithIssuer(v))
		case "jobs":
			return one(emulator.WithJobs(v))
		case "consistency":
			return one(emulator.WithConsistency(v))
		case "app-consistency":
			return one(emulator.WithAppConsistency(v))
		case "public-url":
			return one(emulator.WithPublicURL(v))
		case "catalogue":
			if v == "none" {
				return one(emulator.WithoutCatalogue())
			}
		case "docs":
			tree, err := folder()
			return []emulator.Option{emulator.WithDocs(tree)}, err
		case "fixtures":
			if v == "empty" {
				return one(emulator.WithFixtures(fixtures.Empty()))
			}
			tree, err := folder()
			return []emulator.Option{emulator.WithFixtures(tree)}, err
		}
	}
	return nil, fmt.Errorf("option %s does not take %v", name, v)
}
