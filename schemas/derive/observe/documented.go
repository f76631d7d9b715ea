package observe

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/schemas/derive"
	"github.com/graph-emulator/graph-emulator/schemas/derive/page"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Examples are the requests of reference pages with the answers that the pages print. They
// are the second source: pages shorten answers, so they say in which order members stand,
// and nothing of what is missing.
func Examples(version string, pages fs.FS) ([]Exchange, error) {
	var out []Exchange
	err := fs.WalkDir(pages, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(pages, name)
		if err != nil {
			return err
		}
		p, err := page.Read(path.Base(name), text)
		if err != nil {
			return nil // the compiler of pages says so
		}
		for i := range p.Examples {
			r := &p.Examples[i].Request
			if r.Foreign || r.Listed || len(p.Examples[i].Responses) == 0 {
				continue
			}
			if a := &p.Examples[i].Responses[0]; a.BodyKind == page.JSON && a.Status < 300 {
				out = append(out, Exchange{Source: name, When: printed, Method: r.Method,
					URL: "https://graph.microsoft.com/" + version + r.Path + "?" + r.Query, Status: cmp.Or(a.Status, 200), Body: a.Body})
			}
		}
		return nil
	})
	return out, err
}

// printed stands for the time of an example: no page says when the service gave it.
const printed = "0001-01"

// least is how many members the examples of a type have to show to say something of order.
const least = 4

// orders writes, for the types that no recording shows, the order of their members in
// examples, where it is not that of the model.
func orders(out derive.Files, version string, examples []Exchange, model *edm.Model) {
	c := newCompiler(map[string]*edm.Model{version: model})
	c.add(examples)
	v := c.versions[version]
	if v == nil {
		return
	}
	for key, t := range v.types {
		def, ok := model.Type(key.name)
		if key.personal || !ok || out["v1.0/types/"+string(key.name)+".json"] != nil || out["beta/types/"+string(key.name)+".json"] != nil {
			continue
		}
		names := slices.DeleteFunc(t.order.names(), func(n string) bool {
			p, ok := def.Property(n)
			return !ok || p.Name != n
		})
		var declared []string
		for _, p := range def.Properties() {
			if slices.Contains(names, p.Name) {
				declared = append(declared, p.Name)
			}
		}
		if len(names) >= least && !slices.Equal(names, declared) {
			out[version+"/documented/"+string(key.name)+".txt"] = []byte("# " + derivedBy + "\n" + strings.Join(names, "\n") + "\n")
		}
	}
}
