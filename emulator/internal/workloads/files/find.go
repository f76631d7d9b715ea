package files

import (
	"io"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// search finds items by words in their names and in the text of files (B-14.112).
func search(c *workload.Call) (workload.Result, error) {
	n := c.Self
	if n.Exists && n.Type.Is(drive) {
		root, err := c.System.Member(c, &n, rootName, "")
		if err != nil {
			return workload.Result{}, err
		}
		n = root
	}
	if !n.Exists {
		return workload.Result{}, grapherr.NotFound("driveItem", n.Home.Key)
	}
	words := strings.Fields(strings.ToLower(strings.ReplaceAll(c.Args.Text("q"), "''", "'")))
	res := workload.Result{IsList: true, Total: -1}
	if n.Ref <= 0 {
		return res, nil
	}
	for _, ref := range underneath(c.Tx, n.Ref) {
		item, ok := nodeOf(c, ref, driveItem)
		if !ok || !matches(c.Tx, &item, words) {
			continue
		}
		if err := list(c, &res, item, value.Member{Name: "searchResult", Value: "{}"}); err != nil {
			return res, err
		}
	}
	return cut(c, res), nil
}

// list adds an item to an answer, with members that only this answer has.
func list(c *workload.Call, res *workload.Result, n workload.Node, extra ...value.Member) error {
	e, err := show(c, n)
	if err != nil {
		return err
	}
	e.Show(extra...)
	res.List = append(res.List, *e)
	return nil
}

// cut leaves as many items as the request wants.
func cut(c *workload.Call, res workload.Result) workload.Result {
	if top := c.Query.Top; top != nil && *top < len(res.List) {
		res.List = res.List[:*top]
	}
	return res
}

// searched is how much of a text file is searched.
const searched = 1 << 20

func matches(tx *store.Reader, n *workload.Node, words []string) bool {
	name := strings.ToLower(n.Text("name"))
	all := func(text string) bool {
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
	}
	if all(name) {
		return true
	}
	if isFolder(n) || !strings.HasPrefix(mimeOf(name), "text/") {
		return false
	}
	blob, _, ok := tx.Blob(n.Ref, content)
	if !ok {
		return false
	}
	text, err := io.ReadAll(io.NewSectionReader(blob, 0, min(blob.Len(), searched)))
	return err == nil && all(name+" "+strings.ToLower(string(text)))
}

// recent lists the files of a drive, the one that was changed last first (B-14.114).
func recent(c *workload.Call) (workload.Result, error) {
	if !c.Self.Exists {
		return workload.Result{}, grapherr.NotFound("drive", c.Self.Home.Key)
	}
	res := workload.Result{IsList: true, Total: -1}
	root, err := c.System.Member(c, &c.Self, rootName, "")
	if err != nil || root.Ref <= 0 {
		return res, err
	}
	var files []workload.Node
	for _, ref := range underneath(c.Tx, root.Ref) {
		if n, ok := nodeOf(c, ref, driveItem); ok && !isFolder(&n) {
			files = append(files, n)
		}
	}
	slices.SortStableFunc(files, func(a, b workload.Node) int {
		return strings.Compare(b.Text("lastModifiedDateTime"), a.Text("lastModifiedDateTime"))
	})
	for _, n := range files[:min(len(files), 200)] {
		if err := list(c, &res, n); err != nil {
			return res, err
		}
	}
	return cut(c, res), nil
}

// underneath lists what lies below an item, the folders before what is in them.
func underneath(tx *store.Reader, ref store.Ref) []store.Ref {
	all := []store.Ref{ref}
	for i := 0; i < len(all); i++ {
		all = slices.AppendSeq(all, tx.Members(all[i], children, 0))
	}
	return all[1:]
}
