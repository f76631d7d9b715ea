package queries

import (
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// outlook refuses what Exchange refuses: a filter on extensions (B-3.49), and a sort
// order that the filter does not begin with (B-3.63).
func outlook(a *workload.Ask) error {
	if a.Query.Filter == nil {
		return nil
	}
	var filtered []string
	for _, use := range eval.Uses(a.Type, a.Query.Filter) {
		name, _, _ := strings.Cut(use.Path, "/")
		if name == "" {
			continue
		}
		if _, ok := a.Type.Property(name); !ok {
			if _, ok := a.Type.Navigation(name); !ok {
				return notFilterable(name)
			}
		}
		if !slices.Contains(filtered, use.Path) {
			filtered = append(filtered, use.Path)
		}
	}
	for i, key := range a.Query.OrderBy {
		path := eval.Path(a.Type, key.Expr)
		if i >= len(filtered) || filtered[i] != path {
			return (&grapherr.Error{Status: 400, Code: "InefficientFilter", Target: "$orderby",
				Message: "The restriction or sort order is too complex for this operation."}).
				Because("The properties of $orderby have to be in $filter too, in the same order and before all others; "+path+" is not.",
					"Begin $filter with a condition on "+path+", such as "+path+" ge 1900-01-01T00:00:00Z for a time.")
		}
	}
	return nil
}

func notFilterable(property string) error { // B-3.47
	return (&grapherr.Error{Status: 400, Code: "ErrorInvalidProperty", Target: "$filter",
		Message: "The property '" + property + "' does not support filtering."}).
		Because("It is an extension, and Exchange filters its own properties only.", "Filter by extensions through singleValueExtendedProperties, or in the client.")
}

// message refuses besides what a search of mail does not take (B-3.82).
func message(a *workload.Ask) error {
	if a.Query.Search != nil {
		switch {
		case a.Query.Filter != nil:
			return alone("SearchWithFilter", "$filter", "Put the condition into $search, such as from:ida.")
		case a.Query.OrderBy != nil:
			return alone("SearchWithOrderBy", "$orderby", "What $search finds comes by the time it was sent.")
		}
	}
	return outlook(a)
}

func alone(code, option, cure string) error {
	return (&grapherr.Error{Status: 400, Code: code, Target: option,
		Message: "The query parameter '" + option + "' is not supported with '$search'."}).
		Because("Mail is searched without other conditions.", cure)
}
