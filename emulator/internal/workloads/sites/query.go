package sites

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// filtered lists the columns that a filter names; false: it names something else.
func filtered(a *workload.Ask) (names []string, ok bool) {
	if a.Query.Filter == nil {
		return nil, true
	}
	for _, use := range eval.Uses(a.Type, a.Query.Filter) {
		name, field := strings.CutPrefix(use.Path, "fields/")
		if !field {
			return nil, false
		}
		names = append(names, name)
	}
	return names, true
}

// askLists takes filters by title alone (B-14.165).
func askLists(a *workload.Ask) error {
	if a.Query.Filter == nil {
		return nil
	}
	for _, use := range eval.Uses(a.Type, a.Query.Filter) {
		if use.Path != "displayName" {
			return invalid("The provided filter statement is not supported")
		}
	}
	return nil
}
