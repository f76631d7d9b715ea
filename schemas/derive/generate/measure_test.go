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

// misspelt counts what the walk makes of lines with one misspelt name.
type misspelt struct {
	lines   int      // that resolve as documented and have a name to misspell
	failed  int      // do not resolve, or become a key that the method cannot address
	keys    int      // become a key that could be asked for: whether it exists the model cannot know
	dynamic int      // resolve, as an undeclared property of an open type
	other   []string // resolve to something else
	open    []string // the first of dynamic
}

func measureMisspelt(t *testing.T, v string, files fs.FS) (r misspelt) {
	t.Helper()
	m, err := schemas.Model(v)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range documentedLines(t, files) {
		steps, err := follow(m, l.segs)
		if err != nil {
			continue
		}
		wrong, at, ok := misspell(l, steps)
		if !ok {
			continue
		}
		r.lines++
		switch steps, err = follow(m, wrong); {
		case err != nil, steps[at].Kind == edm.Key && at == len(wrong)-1 && l.method == "POST":
			r.failed++
		case steps[at].Kind == edm.Key:
			r.keys++
		case steps[at].Dynamic():
			r.dynamic++
			if len(r.open) < 5 {
				r.open = append(r.open, l.text+" with "+wrong[at].Text)
			}
		default:
			r.other = append(r.other, l.text+" with "+wrong[at].Text)
		}
	}
	return r
}

// TestMisspeltLinesFail misspells one name of the schema in every line that
// resolves. The line must not resolve to something else. Open types are the
// next test's.
func TestMisspeltLinesFail(t *testing.T) {
	in := sources(t)
	for _, v := range schemas.Versions() {
		r := measureMisspelt(t, v, in.pages[v])
		share := float64(r.failed) / float64(r.lines-r.keys-r.dynamic)
		t.Logf("%s: of %d misspelt lines %d fail (%.2f%% of those beside keys and open types); %d become the key of a member, %d an open property", v, r.lines, r.failed, 100*share, r.keys, r.dynamic)
		if share < 0.99 {
			t.Errorf("%s: only %.2f%% fail; such as\n%s", v, 100*share, strings.Join(r.other[:min(20, len(r.other))], "\n"))
		}
	}
}

// TestOpenTypesRefuseMisspeltNames holds the walk to the whole measure: of all
// misspelt lines, keys apart, 99% must fail, on open types too.
func TestOpenTypesRefuseMisspeltNames(t *testing.T) {
	in := sources(t)
	for _, v := range schemas.Versions() {
		r := measureMisspelt(t, v, in.pages[v])
		if share := float64(r.failed) / float64(r.lines-r.keys); share < 0.99 {
			t.Errorf("%s: only %.2f%% of the misspelt lines fail: %d resolve as a property that an open type might have, such as\n%s", v, 100*share, r.dynamic, strings.Join(r.open, "\n"))
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
