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

// provenSections are those of graph-behaviour.md whose rules are to be proven.
var provenSections = []int{1, 2, 3, 4, 5, 6}

const exceptionsDir = "testdata/rules"

var (
	ruleLine  = regexp.MustCompile(`^- \*\*(B-(\d+)\.\d+)\*\* `)
	ruleMark  = regexp.MustCompile(`\([^()]*\b(recalled|unsure|choice)\b[^()]*\)`)
	ruleNamed = regexp.MustCompile(`B-(\d+)\.(\d+)(?: to B-(\d+)\.(\d+))?`)
)

// TestRulesAreProven: every rule of the proven sections that is documented or
// reported is cited by a test or a conversation, or is listed as an exception with
// a reason. An exception that is cited after all has to leave the list.
func TestRulesAreProven(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "shared", "graph-behaviour.md"))
	if err != nil {
		t.Skipf("needs ../shared/graph-behaviour.md: %v", err)
	}
	cited, excepted := citedRules(t), exceptions(t)
	total, proven := 0, 0
	for line := range strings.SplitSeq(string(text), "\n") {
		m := ruleLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if !slices.Contains(provenSections, number(m[2])) {
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
		case !listed && mustHold(line):
			t.Errorf("no test cites %s", line)
		}
	}
	for rule := range excepted {
		if m := ruleNamed.FindStringSubmatch(rule); m == nil || slices.Contains(provenSections, number(m[1])) {
			t.Errorf("%s is excepted, and there is no such rule", rule)
		}
	}
	t.Logf("%d of %d rules are cited", proven, total)
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
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." && d.Name() != ".ci", d.IsDir() && d.Name() == "node_modules":
			return filepath.SkipDir
		case d.IsDir() || !isTest(path):
			return nil
		}
		text, err := os.ReadFile(path)
		for _, m := range ruleNamed.FindAllStringSubmatch(string(text), -1) {
			from, to := number(m[2]), number(m[2])
			if m[3] == m[1] {
				to = number(m[4])
			}
			for n := from; n <= to; n++ {
				cited[fmt.Sprintf("B-%s.%d", m[1], n)] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
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
