package generate

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const metadata = `<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="microsoft.graph" xmlns="http://docs.oasis-open.org/odata/ns/edm">
<EntityType Name="entity" Abstract="true"><Key><PropertyRef Name="id"/></Key><Property Name="id" Type="Edm.String"/></EntityType>
<EntityType Name="berth" BaseType="microsoft.graph.entity"/>
<EntityContainer Name="GraphService"><EntitySet Name="berths" EntityType="microsoft.graph.berth"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>`

const listPage = "---\ntitle: \"List berths\"\ndoc_type: apiPageType\n---\n\n# List berths\n\n## HTTP request\n``` http\nGET /berths\n```\n\n## Response\nIf successful, this method returns a `200 OK` response code.\n"

// sourcesIn lays small sources into a folder and returns the arguments that
// name them.
func sourcesIn(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"shared/v1.xml":                metadata,
		"shared/beta.xml":              metadata,
		"shared/types.json":            `{"source":"test","types":{},"enums":{}}`,
		"shared/permissions.json":      `{"permissions":{}}`,
		"shared/seeds/0_12345678.txt":  strings.Replace(strings.Replace(listPage, "List berths", "Create berth", 2), "GET", "POST", 1),
		"repo/schemas/patches/p.json":  "[]",
		"repo/schemas/v1.0/stray.json": "{}",
	} {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, name := range []string{"v1.0/api/berth-list.md", "beta/api/berth-list.md", "beta/includes/not-read.md"} {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(listPage)), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, listPage); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close(), os.WriteFile(filepath.Join(dir, "shared", "docs.tar.gz"), b.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
	s := filepath.Join(dir, "shared")
	return []string{
		"--docs", filepath.Join(s, "docs.tar.gz"), "--csdl-v1", filepath.Join(s, "v1.xml"), "--csdl-beta", filepath.Join(s, "beta.xml"),
		"--types-beta", filepath.Join(s, "types.json"), "--permissions", filepath.Join(s, "permissions.json"), "--seeds", filepath.Join(s, "seeds"),
		"--out", filepath.Join(dir, "repo"),
	}
}

func TestCommandWritesThenChecks(t *testing.T) {
	args := sourcesIn(t)
	out := args[len(args)-1]
	run := func(more ...string) error {
		return Command(context.Background(), append(append([]string{}, args...), more...), io.Discard, io.Discard)
	}
	if err := run("--check"); !errors.Is(err, ErrStale) {
		t.Fatalf("check of an empty tree: %v", err)
	}
	if err := run(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"schemas/v1.0/berth.json", "schemas/beta/GraphService.json", "fixtures/operations/v1.0/berths.yaml", LedgerFile} {
		if _, err := os.Stat(filepath.Join(out, filepath.FromSlash(name))); err != nil {
			t.Error(err)
		}
	}
	ops, err := os.ReadFile(filepath.Join(out, "fixtures/operations/beta/berths.yaml"))
	if err != nil || !strings.Contains(string(ops), "POST: {page: seed/berth-post") {
		t.Errorf("seed is not among the operations of beta: %v\n%s", err, ops)
	}
	if _, err := os.Stat(filepath.Join(out, "schemas/v1.0/stray.json")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("stray file stayed: %v", err)
	}
	if err := run("--check"); err != nil {
		t.Errorf("check behind a run: %v", err)
	}
	file := filepath.Join(out, "schemas/beta/berth.json")
	if err := os.WriteFile(file, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run("--check"); !errors.Is(err, ErrStale) || !strings.Contains(err.Error(), "schemas/beta/berth.json") {
		t.Errorf("check of an edited file: %v", err)
	}
}

func TestCommandRefuses(t *testing.T) {
	args := sourcesIn(t)
	for _, tt := range []struct {
		args []string
		want string
	}{
		{append(args, "stray"), "unexpected argument"},
		{append(args, "--nonsense"), "not defined"},
		{append(args, "--csdl-v1", "nowhere.xml"), "no v1.0 metadata at nowhere.xml: give it with --csdl-v1"},
		{append(args, "--docs", filepath.Dir(args[1])), "v1.0 pages"},
		{append(args, "--sdk-beta", filepath.Dir(args[1])), "json"}, // a folder that is no package is read as declarations
	} {
		err := Command(context.Background(), tt.args, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: %v, want %q", tt.args[len(tt.args)-1], err, tt.want)
		}
	}
	if err := Command(context.Background(), []string{"--help"}, io.Discard, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("help: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Command(ctx, args, io.Discard, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestCommittedFiles compares what is committed with what the sources give.
func TestCommittedFiles(t *testing.T) {
	sources(t) // skips without them
	if testing.Short() {
		t.Skip("compiles everything")
	}
	start := time.Now()
	ledger, err := Run(context.Background(), Options{Out: root, Check: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s", time.Since(start).Round(time.Millisecond))
	for _, v := range []string{"v1.0", "beta"} {
		t.Log(v, strings.Join(ledger.Scores(v), "; "))
	}
}
