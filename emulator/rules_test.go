package emulator_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// behaviorDir is the rule book.
const behaviorDir = "../docs/behavior"

// provenSections are those of the rule book whose rules have to be proven; of
// section 12 it is 12.1, the directory's.
var provenSections = []int{1, 2, 3, 4, 5, 6, 11, 12}

// whole are the stretches in which every rule has to be cited, recalled or not: those
// of presence and the directory.
var whole = []struct{ section, from, to int }{{2, 33, 38}, {3, 17, 24}, {3, 26, 27}, {3, 51, 61}, {4, 27, 32}, {4, 36, 46},
	{11, 1, 47}, {12, 1, 1}, {12, 3, lastOfDirectory}}

// lastOfDirectory is the last rule of section 12.1.
const lastOfDirectory = 11

const exceptionsDir = "testdata/rules"

var (
	ruleLine  = regexp.MustCompile(`^- <a id="[a-z0-9.-]+"></a>\*\*(B-(\d+)\.(\d+))\*\* `)
	ruleMark  = regexp.MustCompile(`\([^()]*\b(recalled|unsure|choice)\b[^()]*\)`)
	ruleNamed = regexp.MustCompile(`([BC])-(\d+)\.(\d+)(?: to ([BC])-(\d+)\.(\d+))?`)
)

// TestRulesAreProven: every rule of the proven sections that is documented or
// reported is cited by a test or a conversation, or is listed as an exception with
// a reason. An exception that is cited after all has to leave the list.
func TestRulesAreProven(t *testing.T) {
	text := ruleBook(t)
	cited, excepted := citedRules(t), exceptions(t)
	total, proven := 0, 0
	for line := range strings.SplitSeq(text, "\n") {
		m := ruleLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if !slices.Contains(provenSections, number(m[2])) || m[2] == "12" && number(m[3]) > lastOfDirectory {
			continue
		}
		total++
		reason, listed := excepted[m[1]]
		delete(excepted, m[1])
		switch {
		case cited[m[1]] && listed:
			t.Errorf("%s is cited by a test and need not be excepted (%s)", m[1], reason)
		case cited[m[1]]:
			proven++
		case !listed && (mustHold(line) || inWhole(number(m[2]), number(m[3]))):
			t.Errorf("no test cites %s", line)
		}
	}
	for rule := range excepted {
		if m := ruleNamed.FindStringSubmatch(rule); m == nil || slices.Contains(provenSections, number(m[2])) {
			t.Errorf("%s is excepted, and there is no such rule", rule)
		}
	}
	t.Logf("%d of %d rules are cited", proven, total)
}

func inWhole(section, rule int) bool {
	return slices.ContainsFunc(whole, func(w struct{ section, from, to int }) bool {
		return w.section == section && w.from <= rule && rule <= w.to
	})
}

// TestNeedsOfTheDirectoryAreProven is the same for what clients need of the directory,
// section 10 of the page about clients.
func TestNeedsOfTheDirectoryAreProven(t *testing.T) {
	cited := citedRules(t)
	needs := regexp.MustCompile(`(?m)^- <a id="[a-z0-9.-]+"></a>\*\*(C-10\.\d+)\*\*`).FindAllStringSubmatch(ruleBook(t), -1)
	if len(needs) < 12 {
		t.Fatalf("only %d needs are found", len(needs))
	}
	for _, m := range needs {
		if !cited[m[1]] {
			t.Errorf("no test cites %s", m[1])
		}
	}
}

// ruleBook is the text of all its pages.
func ruleBook(t *testing.T) string {
	t.Helper()
	pages, err := filepath.Glob(behaviorDir + "/*.md")
	if err != nil || len(pages) < 20 {
		t.Fatalf("%s has %d pages: %v", behaviorDir, len(pages), err)
	}
	var all strings.Builder
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
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
		}
		text, err := os.ReadFile(path)
		f(path, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func number(digits string) int {
	n, _ := strconv.Atoi(digits) // the patterns take nothing else
	return n
}

// mustHold reports whether a rule is more than recalled, unsure or a choice.
func mustHold(rule string) bool {
	mark := ruleMark.FindString(rule)
	return mark == "" || strings.Contains(mark, "reported") || strings.Contains(mark, "documented")
}

// citedRules collects the numbers in the tests of this module.
func citedRules(t *testing.T) map[string]bool {
	t.Helper()
	cited := map[string]bool{}
	walkTexts(t, func(path string, text []byte) {
		if !isTest(path) {
			return
		}
		for _, m := range ruleNamed.FindAllStringSubmatch(string(text), -1) {
			from, to := number(m[3]), number(m[3])
			if m[4] == m[1] && m[5] == m[2] {
				to = number(m[6])
			}
			for n := from; n <= to; n++ {
				cited[fmt.Sprintf("%s-%s.%d", m[1], m[2], n)] = true
			}
		}
	})
	return cited
}

func isTest(path string) bool {
	slashed := filepath.ToSlash(path)
	return strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".yaml") && strings.Contains(slashed, "/testdata/") ||
		strings.Contains(slashed, "/.ci/") && (strings.HasSuffix(path, ".mjs") || strings.HasSuffix(path, ".js"))
}

// exceptions reads the lists: a rule, a tab, the reason.
func exceptions(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	files, err := filepath.Glob(exceptionsDir + "/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			rule, reason, _ := strings.Cut(line, "\t")
			if strings.TrimSpace(reason) == "" || out[rule] != "" {
				t.Errorf("%s:%d: an exception is a rule, a tab and a reason, once: %q", file, i+1, line)
			}
			out[rule] = reason
		}
	}
	return out
}
