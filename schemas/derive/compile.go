package derive

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas/derive/page"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Catalog is what one version's sources come to.
type Catalog struct {
	Version    string
	Schemas    Files // type files, as in schemas/<version>
	Operations Files // operations, as in fixtures/operations/<version>
	Score      Score
}

// Score counts documented request lines.
type Score struct {
	Lines    int // documented
	Resolved int // with the finished model
	Before   int // without members learned from them
	Learned  int // members that were learned
	HeldOut  int // lines kept out of a second learning
	HeldIn   int // of those, resolved by what the others taught
}

// compiler carries one run.
type compiler struct {
	src     Sources
	ledger  *Ledger
	draft   *draft
	below   *draft
	names   *names
	pages   []*page.Page
	patches []patch
	model   *edm.Model
	files   Files
	stale   bool                      // the draft changed since model was made
	scopes  map[string]fixtures.Scope // every permission, by name
}

// docLine is one request line of one page.
type docLine struct {
	page  *page.Page
	line  *page.Line
	w     walked
	extra bool // not a line of the page but the form its example gives it
	shown bool // not a line of the page but the request of an example that none of its lines covers
}

// Compile turns the sources of one version into its files. It is pure: it
// reads the trees, keeps nothing, and gives the same bytes for the same input.
// The ledger holds everything that was met and not turned into a fact; an
// error means that a source could not be read at all.
func Compile(src Sources) (*Catalog, *Ledger, error) {
	c := &compiler{src: src, ledger: NewLedger(), scopes: map[string]fixtures.Scope{}}
	if src.Version == "" {
		return nil, nil, errors.New("derive: sources without a version")
	}
	if err := c.layers(); err != nil {
		return nil, nil, fmt.Errorf("derive %s: %w", src.Version, err)
	}
	cat, err := c.catalog()
	if err != nil {
		return nil, nil, fmt.Errorf("derive %s: %w", src.Version, err)
	}
	return cat, c.ledger, nil
}

// layers builds the draft, best source first.
func (c *compiler) layers() error {
	v := c.src.Version
	c.draft = over(c.src.Base, c.ledger, v)
	c.below = newDraft(NewLedger(), v)
	var err error
	if c.patches, err = readPatches(c.src.Patches, v); err != nil {
		return err
	}
	c.src.say("%s: pages", v)
	if c.pages, err = readPages(c.src.Pages); err != nil {
		return err
	}
	for _, p := range c.pages {
		for _, i := range p.Unknown {
			c.ledger.add(v, "page: "+string(i.Reason), strings.TrimSpace(p.Name+" "+i.Detail))
		}
	}
	c.src.say("%s: metadata", v)
	if err := c.metadata(); err != nil {
		return err
	}
	if err := c.draft.apply(c.patches); err != nil {
		return err
	}
	c.draft.addResources(c.pages, c.below)
	c.draft.addBelow(c.below, fromCSDL)
	c.names = c.draft.names()
	c.stale = true
	return nil
}

func (c *compiler) metadata() error {
	docs, err := readCSDL(c.src.CSDL)
	if err != nil {
		return err
	}
	for _, doc := range docs {
		c.draft.addCSDL(doc, fromCSDL)
	}
	if docs, err = readCSDL(c.src.Below); err != nil {
		return err
	}
	for _, doc := range docs {
		c.below.addCSDL(doc, fromCSDL)
	}
	facts, err := readDeclarations(c.src.Declarations)
	if err != nil {
		return err
	}
	for _, f := range facts {
		c.draft.addDeclarations(f, c.below, whatIsShown(c.pages))
	}
	return nil
}

// refresh makes the model anew when the draft has changed.
func (c *compiler) refresh() error {
	if !c.stale && c.model != nil {
		return nil
	}
	c.draft.finish()
	c.files = c.draft.files(c.beneath)
	c.model = edm.Open(c.files, c.src.Base)
	c.stale = false
	return nil
}

// beneath is the file of a type in the base model, nil where it has none.
func (c *compiler) beneath(name string) []byte {
	if c.src.Base == nil {
		return nil
	}
	files, path := c.src.Base.File(edm.Name(name))
	if path == "" {
		return nil
	}
	b, err := fs.ReadFile(files, path)
	if err != nil {
		return nil
	}
	return b
}

// lines lists the request lines of all pages, in order of the pages' names.
// A page that stands twice under one name is read from the first tree.
func (c *compiler) lines() []docLine {
	var out []docLine
	for _, p := range c.pages {
		for i := range p.Operations {
			out = append(out, docLine{page: p, line: &p.Operations[i]})
			if l := called(p, &p.Operations[i]); l != nil {
				out = append(out, docLine{page: p, line: l, extra: true})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b docLine) int { return strings.Compare(a.page.Name, b.page.Name) })
	return out
}

// called is a line that names a function without its arguments, with those of
// the example that calls it; nil when there is none.
func called(p *page.Page, l *page.Line) *page.Line {
	if len(l.Segments) == 0 {
		return nil
	}
	last := l.Segments[len(l.Segments)-1]
	if last.Parens || !word(last) {
		return nil
	}
	for i := range p.Examples {
		r := &p.Examples[i].Request
		segs := page.Split(r.Path)
		if r.Foreign || r.Method != l.Method || len(segs) == 0 {
			continue
		}
		if s := segs[len(segs)-1]; s.Parens && len(split(s.Args)) > 0 && strings.EqualFold(s.Text, last.Text) {
			c := *l
			c.Segments = append(slices.Clone(l.Segments[:len(l.Segments)-1]), page.Segment{Text: last.Text, Parens: true, Args: s.Args})
			return &c
		}
	}
	return nil
}

// resolve walks every line with the model as it stands.
func (c *compiler) resolve(lines []docLine) error {
	if err := c.refresh(); err != nil {
		return err
	}
	for i := range lines {
		lines[i].w = walk(c.model, lines[i].line.Segments)
	}
	return nil
}

func (dl *docLine) resolved() bool { return dl.w.failed < 0 && !dl.astray() }

// counts reports whether the page itself holds the line.
func (dl *docLine) counts() bool { return !dl.extra && !dl.shown }

func resolvedCount(lines []docLine) int {
	n := 0
	for i := range lines {
		if lines[i].resolved() && lines[i].counts() {
			n++
		}
	}
	return n
}

// counted is how many of the lines the pages themselves hold.
func counted(lines []docLine) int {
	n := 0
	for i := range lines {
		if lines[i].counts() {
			n++
		}
	}
	return n
}

// catalog walks, learns and writes.
func (c *compiler) catalog() (*Catalog, error) {
	v := c.src.Version
	lines := c.lines()
	cat := &Catalog{Version: v, Score: Score{Lines: counted(lines)}}
	c.src.say("%s: %d request lines", v, cat.Score.Lines)
	if err := c.resolve(lines); err != nil {
		return nil, err
	}
	cat.Score.Before = resolvedCount(lines)
	if c.src.Base == nil && len(lines) >= heldOutOf {
		if err := c.heldOut(lines, &cat.Score); err != nil {
			return nil, err
		}
	}
	var err error
	if cat.Score.Learned, err = c.learn(lines); err != nil {
		return nil, err
	}
	if lines, err = c.completed(lines); err != nil {
		return nil, err
	}
	if c.src.Base != nil {
		c.bodies(lines)
	}
	c.draft.dangling()
	c.stale = true
	if err := c.resolve(lines); err != nil {
		return nil, err
	}
	cat.Score.Resolved = resolvedCount(lines)
	c.unresolved(lines)
	c.src.say("%s: operations", v)
	if cat.Operations, err = c.operations(lines); err != nil {
		return nil, err
	}
	cat.Schemas = c.files
	c.summarize(cat)
	return cat, nil
}

// bodies adds to types of the base what the body tables of drafted pages list
// and the types lack: who drafts a page wants its properties taken.
func (c *compiler) bodies(lines []docLine) {
	for i := range lines {
		dl := &lines[i]
		if !dl.resolved() || dl.line.Method == "GET" || dl.line.Method == "DELETE" || len(dl.w.steps) == 0 {
			continue
		}
		last := dl.w.steps[len(dl.w.steps)-1]
		if last.Type == nil || last.Kind != edm.Nav && last.Kind != edm.Key {
			continue
		}
		t := c.draft.find(string(last.Type.Name))
		for _, row := range dl.page.Body {
			if _, _, _, ok := last.Type.DerivedMember(row.Name); ok {
				continue
			}
			c.fromRow(t, row)
		}
	}
}

// unresolved puts the lines that lead nowhere into the ledger.
func (c *compiler) unresolved(lines []docLine) {
	for i := range lines {
		dl := &lines[i]
		if dl.resolved() || !dl.counts() {
			continue
		}
		at := len(dl.line.Segments) - 1
		if dl.w.failed >= 0 {
			at = dl.w.failed
		}
		owner := "a value"
		if dl.w.at != nil {
			owner = string(dl.w.at.Name)
		}
		c.ledger.add(c.src.Version, "request line does not resolve", dl.line.Method+" "+dl.line.Path+" at "+dl.line.Segments[at].Text+" on "+owner)
	}
}
