package emulator_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/internal/rulebook"
)

// decisionsDir has what is said of rules beside the book: which option decides, and why
// one is open.
const decisionsDir = "testdata/rules/"

// ruleStatus is every rule of the book, in its order, with what stands behind it: tests
// that carry the attribute "rules", and exchanges with rules in conversations that a test
// holds.
func ruleStatus(t *testing.T) []rulebook.Rule {
	t.Helper()
	proofs := ruleProofs(t)
	options, reasons := decisions(t, "choices.txt"), decisions(t, "open.txt")
	var out []rulebook.Rule
	for _, page := range bookPages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range ruleLine.FindAllStringSubmatch(string(text), -1) {
			r := rulebook.Rule{Number: m[2], Status: rulebook.Open, Page: filepath.Base(page), Title: title(m[3]), Option: options[m[2]]}
			switch found := proofs[m[2]]; {
			case len(found) > 0:
				r.Status, r.Proofs = rulebook.Proven, slices.Compact(slices.Sorted(slices.Values(found)))
			case r.Option != "":
				r.Status = rulebook.Choice
			default:
				r.Reason = reasons[m[2]]
				delete(reasons, m[2])
			}
			delete(proofs, m[2])
			delete(options, m[2])
			out = append(out, r)
		}
	}
	for _, left := range []struct {
		what  string
		rules []string
	}{{"a test proves", slices.Sorted(maps.Keys(proofs))}, {"an option decides", slices.Sorted(maps.Keys(options))}, {"open.txt has a reason for", slices.Sorted(maps.Keys(reasons))}} {
		for _, rule := range left.rules {
			t.Errorf("%s %s, which is no rule of the book or is kept", left.what, rule)
		}
	}
	return out
}

var (
	titleStart = regexp.MustCompile(`^\s*(★\s*)?(\(corrected by [^)]*\)[^)]*\)\s*)?`)
	titleEnd   = regexp.MustCompile(`[.;:]\s`)
	titleMark  = regexp.MustCompile(`\s*\((recalled|unsure|choice|reported|documented)\)`)
	titleLink  = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
)

// title is the beginning of a rule, as a line of a list.
func title(text string) string {
	const short, long = 40, 120
	text = strings.TrimSpace(titleLink.ReplaceAllString(titleStart.ReplaceAllString(text, ""), "$1"))
	text = titleMark.ReplaceAllString(strings.ReplaceAll(text, "\t", " "), "")
	for _, end := range titleEnd.FindAllStringIndex(text, -1) {
		if end[0] >= short && end[0] <= long && strings.Count(text[:end[0]], "`")%2 == 0 {
			return text[:end[0]]
		}
	}
	if len(text) <= long {
		return strings.TrimRight(text, ".")
	}
	return strings.TrimRight(text[:strings.LastIndexByte(text[:long], ' ')], ",;:") + " …"
}

// decisions reads a list: a rule, a tab and what is said of it.
func decisions(t *testing.T, name string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(decisionsDir + name)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		rule, said, _ := strings.Cut(line, "\t")
		if strings.TrimSpace(said) == "" || out[rule] != "" {
			t.Errorf("%s%s:%d: want a rule, a tab and what is said of it, once: %q", decisionsDir, name, i+1, line)
		}
		out[rule] = said
	}
	return out
}

// TestChoicesAreOptions: what is said to decide a rule can be chosen.
func TestChoicesAreOptions(t *testing.T) {
	known := map[string]bool{}
	for _, s := range emulator.Switches() {
		known[s.Name] = true
	}
	config, err := os.ReadFile("../docs/config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for rule, option := range decisions(t, "choices.txt") {
		if !known[option] && !strings.Contains(string(config), "\n    "+strconv.Quote(option)+": {") {
			t.Errorf("%s is decided by %s, which is neither a switch nor an option", rule, option)
		}
	}
}

// ruleProofs finds what names each rule.
func ruleProofs(t *testing.T) map[string][]string {
	t.Helper()
	proofs := map[string][]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != "..":
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(text), `"rules"`) && !strings.Contains(string(text), "graphtest.Conversations(") {
			return err
		}
		return proofsIn(proofs, path, text)
	})
	if err != nil {
		t.Fatal(err)
	}
	return proofs
}

// proofsIn adds what the tests of a file prove, by their own word or by the conversations
// that they hold.
func proofsIn(proofs map[string][]string, path string, text []byte) error {
	file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv != nil || f.Body == nil || !strings.HasPrefix(f.Name.Name, "Test") && !strings.HasPrefix(f.Name.Name, "Fuzz") {
			continue
		}
		var failed error
		ast.Inspect(f.Body, func(n ast.Node) bool {
			call, _ := n.(*ast.CallExpr)
			switch name, args := calledWith(call); {
			case name == "Attr" && len(args) == 2 && args[0] == "rules":
				for _, rule := range strings.Fields(args[1]) {
					proofs[rule] = append(proofs[rule], filepath.ToSlash(strings.TrimPrefix(dir, ".."+string(filepath.Separator)))+" "+f.Name.Name)
				}
			case name == "Conversations" && len(args) == 1 && failed == nil:
				failed = proofsOf(proofs, filepath.Join(dir, args[0]))
			}
			return true
		})
		if failed != nil {
			return failed
		}
	}
	return nil
}

// calledWith is the name of a method or function that is called and its texts.
func calledWith(call *ast.CallExpr) (name string, texts []string) {
	if call == nil {
		return "", nil
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", nil
	}
	for _, a := range call.Args {
		if lit, ok := a.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil {
				texts = append(texts, s)
			}
		}
	}
	return sel.Sel.Name, texts
}

// proofsOf adds what the conversations prove that a pattern names.
func proofsOf(proofs map[string][]string, pattern string) error {
	files, err := filepath.Glob(pattern)
	if err != nil {
		return err
	}
	for _, name := range files {
		f, err := conversation.ReadFile(name)
		if err != nil {
			return err
		}
		by := strings.TrimPrefix(filepath.ToSlash(name), "../")
		if !strings.HasPrefix(filepath.ToSlash(name), "../") {
			by = "emulator/" + by
		}
		for _, x := range f.Exchanges {
			for _, rule := range x.Rules {
				proofs[rule] = append(proofs[rule], by)
			}
		}
	}
	return nil
}

const statusIntro = `<!-- Derived from this folder and the tests by go generate ./emulator; do not edit. -->
# How far the rules are kept

**%d of %d rules are proven** (%d %%); left to an option: %d, open: %d.

| status | means |
|---|---|
| proven | a test names the rule: an exchange of a conversation in its ~rules~, or a Go test in its attribute ~rules~; it fails without the behavior. Where an option decides between behaviors, it stands behind the number |
| choice | no test names the rule, and an option or a switch decides |
| open | nothing names it: it may hold, and nobody has shown it |

~graph-emulator catalog rules~ prints the same, and for one rule the tests that prove it.

| page | rules | proven | choice | open | proven |
|---|--:|--:|--:|--:|--:|
`

// rulesPage is docs/behavior/STATUS.md.
func rulesPage(rules []rulebook.Rule) []byte {
	var b strings.Builder
	n := rulebook.Count(rules)
	fmt.Fprintf(&b, strings.ReplaceAll(statusIntro, "~", "`"), n.Proven, n.All(), n.Percent(), n.Choice, n.Open)
	var pages [][]rulebook.Rule
	for i, r := range rules {
		if i == 0 || rules[i-1].Page != r.Page {
			pages = append(pages, nil)
		}
		pages[len(pages)-1] = append(pages[len(pages)-1], r)
	}
	for _, page := range pages {
		n := rulebook.Count(page)
		fmt.Fprintf(&b, "| [%s](%s) | %d | %d | %d | %d | %d %% |\n", page[0].Area(), page[0].Page, n.All(), n.Proven, n.Choice, n.Open, n.Percent())
	}
	for _, page := range pages {
		fmt.Fprintf(&b, "\n## %s\n", page[0].Area())
		for _, status := range rulebook.Statuses {
			var links []string
			for _, r := range page {
				if r.Status != status {
					continue
				}
				link := "[" + r.Number + "](" + r.Anchor() + ")"
				if r.Option != "" {
					link += " (`" + r.Option + "`)"
				}
				links = append(links, link)
			}
			if len(links) > 0 {
				fmt.Fprintf(&b, "\n%s: %s\n", status, strings.Join(links, ", "))
			}
		}
	}
	return []byte(b.String())
}

func number(digits string) int {
	n, _ := strconv.Atoi(digits) // the patterns take nothing else
	return n
}
