package emulator_test

import (
	"fmt"
	"os"
	"testing"
)

func compareKnown(t *testing.T, all []outcome) {
	f, err := os.Create("/tmp/cases-diff.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, o := range all {
		if o.status && o.kind {
			continue
		}
		fmt.Fprintf(f, "%s\t%s\t%s %s\tdoc %d %v %s\tgot %d %s\t%s\n", o.Version, o.id, o.Method, o.URL, o.Status, o.TextStatuses, o.documented.kind(), o.got.status, o.got.kind, o.got.text)
	}
}
