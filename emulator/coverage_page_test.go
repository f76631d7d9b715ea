package emulator_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/catalog"
)

// What stands in docs/COVERAGE.md between the figures; ~ stands for a backtick.
const (
	coverageIntro = `<!-- Derived from the catalog of operations and the list of workloads by go generate ./emulator; do not edit. -->
# Coverage

Every operation that Microsoft's reference documents, and what stands behind the emulator's answer to it. An answer says so itself in
~X-Emulator-Fidelity~; ~--min-fidelity~ turns what is below a level into 501.

| Level | Means |
|---|---|
| modelled | a workload states how the verb behaves on the type, and a conversation of the repository shows it |
| stateful | a generic verb on stored entities: what is written can be read, listed, queried, deleted |
| generic | an action or function without behavior: its parameters are checked, its answer has the declared type, nothing changes |
| none | refused |

*Observed* counts the operations that recorded answers of the real service show (schemas/observed); the other figures do not depend on it.

~graph-emulator catalog list~ prints the level of each operation, ~graph-emulator catalog show METHOD PATH~ the facts of one, and
~GET /_emulator/coverage~ these figures as JSON.

## By version

| Version | Operations | Modelled | Stateful | Generic | None | Observed |
|---|--:|--:|--:|--:|--:|--:|
`
	coverageTypesOnly = `
Behavior belongs to types, so every path to an entity behaves alike.
`
	coverageTypes = `
## Modelled types

Rules, which jobs and query policies count among, and computed navigations hold for derived types too. A trait is a fact in data, such as a default,
and counts for the verbs of the type itself that it bears on.

| Type | Rules | Traits | Computed navigations |
|---|---|---|---|
`
	coveragePartial = `
## Stored, without the consequence

On these verbs the service does more than the emulator, so they are stateful at most.

| Type | Verb | What is missing |
|---|---|---|
`
)

//go:generate go test -count=1 -run ^TestCoveragePage$ . -update-coverage

// coveragePage is docs/COVERAGE.md.
func coveragePage(c *catalog.Coverage) []byte {
	var b bytes.Buffer
	b.WriteString(strings.ReplaceAll(coverageIntro, "~", "`"))
	for _, v := range c.Versions {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d |\n", v.Version, v.Operations, v.Modelled, v.Stateful, v.Generic, v.None, v.Observed)
	}
	b.WriteString(coverageTypesOnly)
	for _, v := range c.Versions {
		fmt.Fprintf(&b, "\n## Workloads of %s\n\n| Workload | Operations | Modelled | Stateful | Generic | None | Observed |\n|---|--:|--:|--:|--:|--:|--:|\n", v.Version)
		for _, w := range v.Workloads {
			fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d |\n", w.Workload, w.Operations, w.Modelled, w.Stateful, w.Generic, w.None, w.Observed)
		}
	}
	b.WriteString(coverageTypes)
	for _, m := range c.Modelled {
		if len(m.Verbs)+len(m.Traits)+len(m.Navigations) > 0 {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", m.Type, strings.Join(m.Verbs, ", "), strings.Join(m.Traits, ", "), strings.Join(m.Navigations, ", "))
		}
	}
	b.WriteString(coveragePartial)
	for _, m := range c.Modelled {
		for _, verb := range slices.Sorted(maps.Keys(m.Partial)) {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", m.Type, verb, m.Partial[verb])
		}
	}
	for _, v := range c.Versions {
		fmt.Fprintf(&b, "\n## Observed types of %s\n\nRecorded answers show the members of these types, so default answers have those.\n\n| Type | Objects | Years |\n|---|--:|---|\n", v.Version)
		for _, t := range v.ObservedTypes {
			fmt.Fprintf(&b, "| %s | %d | %s |\n", t.Type, t.Answers, t.Years)
		}
	}
	for _, v := range c.Versions {
		if len(v.Refused) > 0 {
			fmt.Fprintf(&b, "\n## Refused in %s\n\n", v.Version)
		}
		for _, op := range v.Refused {
			fmt.Fprintf(&b, "- `%s`\n", op)
		}
	}
	return b.Bytes()
}
