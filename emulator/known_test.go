package emulator_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/cases-known.txt anew; it may only shrink")

const knownFile = "testdata/cases-known.txt"

const knownHead = `# Documented requests that are answered otherwise than their page shows. Written by
#   go test ./emulator -run TestDocumentedRequests -update
# and never by hand; reasons_test.go says what the reasons mean. The list may only shrink.
`

// difference is one line of the list.
func (o *outcome) difference() string {
	var what []string
	if !o.status {
		what = append(what, fmt.Sprintf("status %d not %d", o.got.status, o.Status))
	}
	if !o.kind {
		what = append(what, fmt.Sprintf("kind %s not %s", o.got.kind, o.documented.kind()))
	}
	return strings.Join([]string{o.Version, o.ID, o.Method, strings.Join(what, ", ")}, "\t")
}

// compareKnown fails on a difference that is not in the list, and on one in the
// list that is no more.
func compareKnown(t *testing.T, all []outcome) {
	t.Helper()
	known := readKnown(t)
	found := map[string]string{}
	for i := range all {
		o := &all[i]
		if o.status && o.kind {
			continue
		}
		why := explain(o)
		if why == "" {
			t.Errorf("no reason for: %s\n%s\n%s", o.difference(), o.URL, o.got.text)
		}
		found[o.difference()] = why
	}
	if *update {
		writeKnown(t, known, found)
		return
	}
	for _, line := range slices.Sorted(maps.Keys(found)) {
		if known[line] == "" {
			t.Errorf("a new difference: %s\t%s", line, found[line])
		}
		delete(known, line)
	}
	for _, line := range slices.Sorted(maps.Keys(known)) {
		t.Errorf("this difference is gone; take it off the list with -update: %s", line)
	}
}

func readKnown(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(knownFile)
	if err != nil {
		if *update {
			return nil
		}
		t.Fatal(err)
	}
	known := map[string]string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		i := strings.LastIndexByte(line, '\t')
		if i < 0 || !slices.ContainsFunc(reasons, func(r reason) bool { return r.code == line[i+1:] }) {
			t.Fatalf("%s: no known reason in %q", knownFile, line)
		}
		known[line[:i]] = line[i+1:]
	}
	return known
}

// writeKnown takes off the list what is gone. It adds nothing to a list that there
// is: a new difference is to be understood first.
func writeKnown(t *testing.T, known, found map[string]string) {
	t.Helper()
	maps.DeleteFunc(found, func(line, why string) bool {
		added := why == "" || known != nil && known[line] == ""
		if added {
			t.Errorf("a new difference is not put on the list: %s\t%s", line, why)
		}
		return added
	})
	var b strings.Builder
	b.WriteString(knownHead)
	for _, line := range slices.Sorted(maps.Keys(found)) {
		b.WriteString(line + "\t" + found[line] + "\n")
	}
	if err := os.WriteFile(knownFile, []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s has %d lines", knownFile, len(found))
}
