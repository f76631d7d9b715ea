package grapherr_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/schemas/observed"
)

// answers are the constructors whose words a recorded answer has, with the operation
// that it is of.
var answers = map[string]struct {
	path string
	made *grapherr.Error
}{
	"NoSegment": {"/thiswillgiveanerror", grapherr.NoSegment("thiswillgiveanerror")},
	"NotFound":  {"/users/{}", grapherr.NotFound("user", "{}")},
	"Denied":    {"/organization", grapherr.Denied(nil)},
}

// unseen are those that no recording shows. The rule in the comment of each says where
// its words are from; a constructor without one has words of our own.
var unseen = strings.Fields(`AnswerTooLarge BadBody BadMedia BadPayload BadRange BadRequest BadTag BadToken Busy ByIDOnly Changed
	ClientGone EmptyPayload Exists ExpandsTooMuch FragmentOrder FragmentOverlap FragmentTooLong FragmentUnit Injected InvalidValue Linked MeNeedsUser NamedTwice NoContentType NoExpand
	NoProperty NoRange NoReference NoReferenceBody NoSpace NoTag NoType NoUploadSession NoValue NoVersion NoZone NotAllowed NotEmulated NotLinked
	NotListed NotNamed NotOnCreate NotSupported OtherTotal ReadOnly Required Resync Taken Throttled TooComplex TooLarge URITooLong UploadIncomplete
	WrongValue`)

// TestObserved: a constructor says what recorded answers say, or is known to be in none.
func TestObserved(t *testing.T) {
	for name, a := range answers {
		i := slices.IndexFunc(observed.Errors("v1.0"), func(e observed.Error) bool { return e.Path == a.path && e.Status == a.made.Status })
		if i < 0 {
			t.Errorf("%s: no recorded answer of %s has status %d", name, a.path, a.made.Status)
			continue
		}
		if e := observed.Errors("v1.0")[i]; e.Message != a.made.Message {
			t.Errorf("%s says %q, the service %q", name, a.made.Message, e.Message)
		}
	}
	known := slices.Sorted(slices.Values(append(slices.Collect(maps.Keys(answers)), unseen...)))
	if have := constructors(t); !slices.Equal(have, known) {
		t.Errorf("the constructors are\n%v, the table has\n%v", have, known)
	}
}

// constructors are the exported functions of the package that make an error of their own.
func constructors(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !fn.Name.IsExported() || fn.Type.Results == nil || fn.Name.Name == "From" {
				continue
			}
			if star, ok := fn.Type.Results.List[0].Type.(*ast.StarExpr); ok && star.X.(*ast.Ident).Name == "Error" {
				out = append(out, fn.Name.Name)
			}
		}
	}
	slices.Sort(out)
	return out
}
