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
	"github.com/graph-emulator/graph-emulator/fixtures"
)

// Conversations runs the YAML files that glob names, each as a subtest against
// an emulator of its own. A file is a list of exchanges, or a stream of documents
// with one or a list in each:
//
//   - request: POST /v1.0/users/{id}/messages     method and path with query; blanks in the query are encoded
//     as: app User.Read.All                        caller: a user's id or userPrincipalName, me, app or nobody, and permissions; default: me User.Read
//     headers: {If-Match: "*"}                     null: the header is not sent
//     body: {subject: Tide table}                  sent as JSON, in this order, with Content-Type application/json
//     text: "{"                                    or literally this, with the same Content-Type
//     status: 201
//     expect: {id: "${id=guid}"}                   members that the answer has; other members do not matter
//     exact: {…}                                   or the whole answer
//     expectHeaders: {Location: "${any}"}
//
// A text that is expected may hold ${guid}, ${time}, ${any} and, alone, ${absent}:
// no such member or header. ${name=guid}, ${name=time} and ${name=any} keep what
// they match; ${name} is that text, in later requests as well and in names of members. ${url} is the
// address of the emulator. A text in place of a mapping means the body as text.
//
// The first entry may be options: {strict: true, …}, see the names below optionOf.
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
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c, err := read(file, text)
			if err != nil {
				t.Fatal(err)
			}
			c.run(t)
		})
	}
}

// conversation is one file.
type conversation struct {
	file      string
	options   []emulator.Option
	exchanges []exchange
}

func (c *conversation) run(t *testing.T) {
	s := Start(t, c.options...)
	vars := memory{"url": s.URL}
	for i := range c.exchanges {
		x := &c.exchanges[i]
		differences, err := x.play(s, vars)
		if err != nil {
			t.Fatalf("%s:%d: %v", c.file, x.line, err)
		}
		if len(differences) > 0 {
			t.Errorf("%s:%d: %s\n\t%s", c.file, x.line, x.request, strings.Join(differences, "\n\t"))
		}
	}
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
