package emulator_test

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/internal/rulebook"
)

//go:generate go test -count=1 -run ^TestRuleStatus$ . -update-rules

var updateRules = flag.Bool("update-rules", false, "write docs/behavior/STATUS.md and internal/rulebook/rules.tsv")

// behaviorDir is the rule book.
const behaviorDir = "../docs/behavior"

const (
	statusPage = behaviorDir + "/STATUS.md"
	rulesTable = "../internal/rulebook/rules.tsv"
)

// TestRuleStatus: what the repository says of its rules is what the book and the tests
// make of them.
func TestRuleStatus(t *testing.T) {
	rules := ruleStatus(t)
	for file, want := range map[string][]byte{statusPage: rulesPage(rules), rulesTable: []byte(rulebook.Format(rules))} {
		if *updateRules {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the book and the tests make of it; run go generate ./emulator: %v", file, err)
		}
	}
}

// provenSections are those of the rule book whose rules have to be proven; of
// section 12 it is 12.1, the directory's.
var provenSections = []int{1, 2, 3, 4, 5, 6, 11, 12}

// whole are the stretches in which every rule has to be proven, recalled or not: those
// of presence and the directory.
var whole = []struct{ section, from, to int }{{2, 33, 38}, {3, 17, 24}, {3, 26, 27}, {3, 51, 61}, {4, 27, 32}, {4, 36, 46},
	{11, 1, 47}, {12, 1, 1}, {12, 3, lastOfDirectory}}

// lastOfDirectory is the last rule of section 12.1.
const lastOfDirectory = 11

var (
	ruleLine = regexp.MustCompile(`(?m)^\s*- <a id="([a-z0-9.-]+)"></a>\*\*([A-Z0-9.-]+)\*\*(.*)$`)
	ruleMark = regexp.MustCompile(`\([^()]*\b(recalled|unsure|choice)\b[^()]*\)`)
	inBook   = regexp.MustCompile(`^([BC])-(\d+)\.(\d+)$`)
)

// TestRulesAreProven: every rule of the proven sections that is documented or
// reported is proven, as every need of the directory (section 10 of the page about
// clients), or it is listed with the reason why it is open.
func TestRulesAreProven(t *testing.T) {
	texts := map[string]string{}
	for _, m := range ruleLine.FindAllStringSubmatch(ruleBook(t), -1) {
		texts[m[2]] = m[3]
	}
	for _, r := range ruleStatus(t) {
		m := inBook.FindStringSubmatch(r.Number)
		if m == nil || r.Status != rulebook.Open || r.Reason != "" {
			continue
		}
		section, rule := number(m[2]), number(m[3])
		switch {
		case m[1] == "C" && section == 10:
		case m[1] == "C", !slices.Contains(provenSections, section), section == 12 && rule > lastOfDirectory:
			continue
		case !mustHold(texts[r.Number]) && !inWhole(section, rule):
			continue
		}
		t.Errorf("no test proves %s: %s", r.Number, texts[r.Number])
	}
}

func inWhole(section, rule int) bool {
	return slices.ContainsFunc(whole, func(w struct{ section, from, to int }) bool {
		return w.section == section && w.from <= rule && rule <= w.to
	})
}

// ruleBook is the text of all its pages.
func ruleBook(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, page := range bookPages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

// bookPages are the pages of the book, without the one that is made of them.
func bookPages(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob(behaviorDir + "/*.md")
	if err != nil || len(pages) < 20 {
		t.Fatalf("%s has %d pages: %v", behaviorDir, len(pages), err)
	}
	return slices.DeleteFunc(pages, func(page string) bool { return filepath.ToSlash(page) == statusPage })
}

// TestCitationsResolve: every rule that the repository cites is in the rule book,
// once.
func TestCitationsResolve(t *testing.T) {
	rules := map[string]int{}
	for _, m := range regexp.MustCompile(`<a id="([^"]+)"></a>`).FindAllStringSubmatch(ruleBook(t), -1) {
		rules[m[1]]++
	}
	for rule, n := range rules {
		if n > 1 {
			t.Errorf("%s stands in the rule book %d times", rule, n)
		}
	}
	citation := regexp.MustCompile(`\b(?:[BC]-\d+\.\d+|R-[A-Z]{1,2}\d+)\b`)
	cited := 0
	walkTexts(t, func(path string, text []byte) {
		for _, rule := range citation.FindAllString(string(text), -1) {
			cited++
			if rules[strings.ToLower(rule)] == 0 {
				t.Errorf("%s cites %s, and there is no such rule", path, rule)
			}
		}
	})
	if cited < 1000 {
		t.Errorf("only %d citations are found", cited)
	}
}

// walkTexts calls f with each file of the repository that can cite a rule.
func walkTexts(t *testing.T, f func(path string, text []byte)) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." && d.Name() != ".ci", d.IsDir() && d.Name() == "node_modules":
			return filepath.SkipDir
		case d.IsDir() || !slices.Contains([]string{".go", ".yaml", ".md", ".mjs", ".js", ".txt"}, filepath.Ext(path)):
			return nil
		case strings.Contains(filepath.ToSlash(path), "fixtures/operations/"): // 6 MB of facts without a citation
			return nil
		case filepath.ToSlash(path) == statusPage:
			return nil
		}
		text, err := os.ReadFile(path)
		f(path, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// mustHold reports whether a rule is more than recalled, unsure or a choice.
func mustHold(rule string) bool {
	mark := ruleMark.FindString(rule)
	return mark == "" || strings.Contains(mark, "reported") || strings.Contains(mark, "documented")
}
