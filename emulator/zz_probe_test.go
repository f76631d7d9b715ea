package emulator

import (
	"fmt"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
)

func TestProbe(t *testing.T) {
	c, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range c.versions {
		n, bad, diff, nov := 0, 0, 0, 0
		start := time.Now()
		sum := map[string]int{}
		for op, err := range v.Catalog.All() {
			if err != nil {
				t.Fatal(err)
			}
			n++
			p, err := odata.ParsePath(op.Template)
			if err != nil {
				t.Fatal(err)
			}
			tg, err := bind.Resolve(v.Model, p)
			if err != nil {
				bad++
				fmt.Println(v.Name, op.Method, op.Template, err)
				continue
			}
			if tg.Template() != op.Template {
				diff++
				fmt.Println("DIFF", v.Name, op.Template, tg.Template())
			}
			verb, err := tg.Verb(op.Method, true)
			if err != nil {
				nov++
				fmt.Println("VERB", v.Name, op.Method, op.Template, err)
				continue
			}
			sum[c.registry.Fidelity(tg, verb).String()]++
		}
		fmt.Println(v.Name, n, bad, diff, nov, sum, time.Since(start))
	}
}
