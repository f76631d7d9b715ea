package generate

import (
	"errors"
	"hash/fnv"
	"io/fs"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/schemas"
	"github.com/graph-emulator/graph-emulator/schemas/derive/page"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const root = "../../.."

// sources loads the sources beside the repository or skips.
func sources(t *testing.T) *inputs {
	t.Helper()
	in, err := (&Options{Out: root}).load()
	if missing, ok := errors.AsType[*MissingError](err); ok {
		t.Skipf("needs ../shared beside the repository: %v", missing)
	}
	if err != nil {
		t.Fatal(err)
	}
	return in
}

type documented struct {
	method string
	segs   []page.Segment
	text   string
}

func documentedLines(t *testing.T, files fs.FS) []documented {
	t.Helper()
	var out []documented
	err := fs.WalkDir(files, ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, p)
		if err != nil {
			return err
		}
		pg, err := page.Read(p, b)
		if err != nil {
			return err
		}
		for _, l := range pg.Operations {
			out = append(out, documented{l.Method, l.Segments, l.Method + " " + l.Path})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func follow(m *edm.Model, segs []page.Segment) ([]edm.Step, error) {
	var walk []edm.Segment
	for _, s := range segs {
		if !s.Depth {
			walk = append(walk, edm.Segment{Text: s.Text, Parens: s.Parens, Args: s.Args, Colon: s.Colon, Key: s.Key})
		}
	}
	return m.Walk(walk...)
}

// TestDocumentedLinesResolve is the measure of the model: what share of the
// reference it can walk.
func TestDocumentedLinesResolve(t *testing.T) {
	in := sources(t)
	for v, least := range map[string]float64{"v1.0": 0.985, "beta": 0.99} {
		m, err := schemas.Model(v)
		if err != nil {
			t.Fatal(err)
		}
		lines := documentedLines(t, in.pages[v])
		resolved := 0
		for _, l := range lines {
			if _, err := follow(m, l.segs); err == nil {
				resolved++
			}
		}
		share := float64(resolved) / float64(len(lines))
		t.Logf("%s: %d of %d lines resolve (%.2f%%)", v, resolved, len(lines), 100*share)
		if share < least {
			t.Errorf("%s: %.2f%% of the lines resolve, want %.1f%%", v, 100*share, 100*least)
		}
	}
}

// TestMisspeltLinesFail misspells one name of the schema in every line that
// resolves. The line must not resolve to something else.
func TestMisspeltLinesFail(t *testing.T) {
	in := sources(t)
	for _, v := range schemas.Versions() {
		m, err := schemas.Model(v)
		if err != nil {
			t.Fatal(err)
		}
		total, failed, keys, dynamic := 0, 0, 0, 0
		var kept []string
		for _, l := range documentedLines(t, in.pages[v]) {
			steps, err := follow(m, l.segs)
			if err != nil {
				continue
			}
			wrong, at, ok := misspell(l, steps)
			if !ok {
				continue
			}
			total++
			switch steps, err = follow(m, wrong); {
			case err != nil:
				failed++
			case steps[at].Kind == edm.Key: // a word where a key may stand: the entity is looked for and not found
				failed++
				keys++
			case steps[at].Dynamic(): // a property an open type may have: it is looked for and not found
				failed++
				dynamic++
			default:
				kept = append(kept, l.text+" with "+wrong[at].Text)
			}
		}
		share := float64(failed) / float64(total)
		t.Logf("%s: %d of %d misspelt lines fail (%.2f%%), %d of them as the key of nothing, %d as an open property that no entity has", v, failed, total, 100*share, keys, dynamic)
		if share < 0.99 {
			t.Errorf("%s: only %.2f%% fail; such as\n%s", v, 100*share, strings.Join(kept[:min(20, len(kept))], "\n"))
		}
	}
}

// misspell swaps two letters of one segment that names something in the
// schema, chosen by the line's own text. It reports which.
func misspell(l documented, steps []edm.Step) ([]page.Segment, int, bool) {
	var names []int
	n := 0
	for i, s := range l.segs {
		if s.Depth {
			return nil, 0, false
		}
		k := steps[n].Kind
		n++
		if k != edm.Key && k != edm.ColonPath && k != edm.Skip && len(s.Text) > 2 && !strings.HasPrefix(s.Text, "$") {
			names = append(names, i)
		}
	}
	if len(names) == 0 {
		return nil, 0, false
	}
	h := fnv.New32a()
	h.Write([]byte(l.text))
	at := names[int(h.Sum32())%len(names)]
	text := []byte(l.segs[at].Text)
	i := 1 + int(h.Sum32()>>8)%(len(text)-2)
	if strings.EqualFold(string(text[i]), string(text[i+1])) || text[i] == '.' || text[i+1] == '.' {
		text = append(text[:i], text[i+1:]...)
	} else {
		text[i], text[i+1] = text[i+1], text[i]
	}
	out := append([]page.Segment(nil), l.segs...)
	out[at].Text = string(text)
	return out, at, true
}
