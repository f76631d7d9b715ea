package emulator_test

import (
	"fmt"
	"os"
	"testing"
)

func TestZZDump(t *testing.T) {
	f, _ := os.Create("/tmp/cases-diff.txt")
	defer f.Close()
	out := ask(t, documentedCases(t), "synthesize")
	for i := range out {
		o := &out[i]
		if o.status && o.kind {
			continue
		}
		fmt.Fprintf(f, "%s\t%s\t%s %s\tdoc %d %v %s\tgot %d %s\t%s\t%s\t%s\n", o.Version, o.id, o.Method, o.URL, o.Status, o.TextStatuses, o.documented.kind(), o.got.status, o.got.kind, o.got.text, explain(o), o.Body)
	}
	for _, s := range scores(out) {
		t.Log(s)
	}
}
