package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v3"

	"github.com/graph-emulator/graph-emulator/internal/rulebook"
)

// bookURL is the folder of the rule book.
const bookURL = "https://github.com/graph-emulator/graph-emulator/blob/main/docs/behavior/"

func (p *program) catalogRules() *cli.Command {
	return p.command(&cli.Command{
		Name:      "rules",
		Usage:     "say which rules of the real service are proven",
		ArgsUsage: "[AREA|RULE]",
		Description: `Counts the rules of docs/behavior by area. With an AREA, a RULE or --status, lists
them: number, status, the beginning of the text and where all of it stands; of one
RULE also the tests that prove it. A rule is proven if a test names it, a choice if
none does and an option decides, and open otherwise. Ends with 1 if there is no
such rule.

Examples:
  graph-emulator catalog rules
  graph-emulator catalog rules --status open presence
  graph-emulator catalog rules B-4.36 --json`,
		Flags: []cli.Flag{jsonFlag(), &cli.StringFlag{Name: "status", Usage: "only rules that are `STATUS`: proven, choice or open"}},
		Action: func(_ context.Context, cmd *cli.Command) error {
			if cmd.NArg() > 1 {
				return badInputf("want one AREA or RULE; %s --help shows examples", cmd.FullName())
			}
			status, word := rulebook.Status(cmd.String("status")), cmd.Args().First()
			if status != "" && !slices.Contains(rulebook.Statuses, status) {
				return badInputf("--status: %q is none of proven, choice and open", status)
			}
			rules, err := rulebook.Rules()
			if err != nil {
				return err
			}
			if status == "" && word == "" && !cmd.Bool("json") {
				return p.printScore(rules)
			}
			found := slices.DeleteFunc(rules, func(r rulebook.Rule) bool {
				return status != "" && r.Status != status ||
					word != "" && !strings.EqualFold(word, r.Number) && !strings.EqualFold(word, r.Area())
			})
			switch {
			case len(found) == 0:
				return fmt.Errorf("no rule is like that; %s lists the areas", cmd.FullName())
			case cmd.Bool("json"):
				return p.printJSON(ruleFacts(found))
			case len(found) == 1 && strings.EqualFold(word, found[0].Number):
				return p.printRule(&found[0])
			}
			for i := range found {
				r := &found[i]
				if _, err := fmt.Fprintf(p.stdout, "%-8s  %-6s  %s  %s\n", r.Number, r.Status, r.Title, bookURL+r.Anchor()); err != nil {
					return err
				}
			}
			return nil
		},
	})
}

func (p *program) printScore(rules []rulebook.Rule) error {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(name string, rules []rulebook.Rule) {
		n := rulebook.Count(rules)
		fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%d %%\t  %s\n", n.All(), n.Proven, n.Choice, n.Open, n.Percent(), name)
	}
	fmt.Fprint(w, "rules\tproven\tchoice\topen\t\t  area\n")
	for from := 0; from < len(rules); {
		to := from
		for to < len(rules) && rules[to].Page == rules[from].Page {
			to++
		}
		row(rules[from].Area(), rules[from:to])
		from = to
	}
	row("all", rules)
	return w.Flush()
}

func (p *program) printRule(r *rulebook.Rule) error {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s %s\n", r.Number, r.Title)
	line := func(name string, values ...string) {
		for _, v := range values {
			if v != "" {
				fmt.Fprintf(w, "  %s\t%s\n", name, v)
			}
		}
	}
	line("status", string(r.Status))
	line("option", r.Option)
	line("reason", r.Reason)
	line("proof", r.Proofs...)
	line("text", bookURL+r.Anchor())
	return w.Flush()
}

// ruleFact is a rule as it is printed.
type ruleFact struct {
	Rule   string   `json:"rule"`
	Area   string   `json:"area"`
	Status string   `json:"status"`
	Title  string   `json:"title"`
	URL    string   `json:"url"`
	Proofs []string `json:"proofs,omitempty"`
	Option string   `json:"option,omitempty"`
	Reason string   `json:"reason,omitempty"`
}

func ruleFacts(rules []rulebook.Rule) []ruleFact {
	out := make([]ruleFact, len(rules))
	for i := range rules {
		r := &rules[i]
		out[i] = ruleFact{r.Number, r.Area(), string(r.Status), r.Title, bookURL + r.Anchor(), r.Proofs, r.Option, r.Reason}
	}
	return out
}
