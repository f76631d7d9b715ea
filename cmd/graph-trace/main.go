// Command graph-trace counts what a request calls: the module's own functions, literals
// included, and how often a call goes from one package to another. It builds a copy of the
// emulator whose functions begin with a counter, by an overlay of go build, so that no file
// changes, and runs each request in it when it has been asked before. Calls of the standard
// library and of other modules are not counted; what they call back is, as if their caller
// had called it.
package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	module = "github.com/graph-emulator/graph-emulator"
	probe  = module + "/internal/calltrace" // a package of the copy
	driver = module + "/cmd/graph-trace/run"
)

var (
	//go:embed driver/probe.go.txt
	probeText []byte
	//go:embed driver/main.go.txt
	driverText []byte
)

func main() {
	verbose := flag.Bool("v", false, "list the functions with their calls")
	flag.Parse()
	if err := run(*verbose); err != nil {
		fmt.Fprintln(os.Stderr, "graph-trace:", err)
		os.Exit(1)
	}
}

func run(verbose bool) error {
	root, err := output("go", "list", "-m", "-f", "{{.Dir}}", module)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "graph-trace")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	o := &overlay{root: strings.TrimSpace(root), dir: dir, Replace: map[string]string{}}
	if err := o.build(); err != nil {
		return err
	}
	args := []string{}
	if verbose {
		args = append(args, "-v")
	}
	cmd := exec.Command(o.binary(), args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

// overlay is the copy: files that stand in for those of the module.
type overlay struct {
	root, dir string
	names     []string          // of functions, by their numbers
	Replace   map[string]string // as go build reads it
}

func (o *overlay) binary() string { return filepath.Join(o.dir, "run") }

// build makes the program that counts.
func (o *overlay) build() error {
	list, err := output("go", "list", "-deps", "-json=ImportPath,Dir,GoFiles", module+"/emulator")
	if err != nil {
		return err
	}
	for d := json.NewDecoder(strings.NewReader(list)); d.More(); {
		var p struct {
			ImportPath, Dir string
			GoFiles         []string
		}
		if err := d.Decode(&p); err != nil {
			return err
		}
		if !strings.HasPrefix(p.ImportPath, module+"/") {
			continue
		}
		for _, name := range p.GoFiles {
			if err := o.file(strings.TrimPrefix(p.ImportPath, module+"/"), filepath.Join(p.Dir, name)); err != nil {
				return err
			}
		}
	}
	var table bytes.Buffer
	fmt.Fprintf(&table, "package calltrace\n\nvar names = []string{\n")
	for _, name := range o.names {
		fmt.Fprintf(&table, "\t%q,\n", name)
	}
	table.WriteString("}\n")
	for path, text := range map[string][]byte{probe + "/probe.go": probeText, probe + "/names.go": table.Bytes(), driver + "/main.go": driverText} {
		if err := o.put(filepath.Join(o.root, filepath.FromSlash(strings.TrimPrefix(path, module))), text); err != nil {
			return err
		}
	}
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	config := filepath.Join(o.dir, "overlay.json")
	if err := os.WriteFile(config, text, 0o600); err != nil {
		return err
	}
	_, err = output("go", "build", "-C", o.root, "-overlay", config, "-o", o.binary(), driver)
	return err
}

// put lets text stand in for a file, which need not be there.
func (o *overlay) put(path string, text []byte) error {
	copied := filepath.Join(o.dir, strconv.Itoa(len(o.Replace))+".go")
	o.Replace[path] = copied
	return os.WriteFile(copied, text, 0o600)
}

// file adds the counter to a file's functions. Lines keep their numbers.
func (o *overlay) file(pkg, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	out, names, err := instrument(text, pkg, len(o.names))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if len(names) == 0 {
		return nil
	}
	o.names = append(o.names, names...)
	return o.put(path, out)
}

// instrument puts the counter at the head of each function of a file. The functions are
// numbered from first.
func instrument(text []byte, pkg string, first int) (out []byte, names []string, err error) {
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, err
	}
	type insertion struct {
		at   int
		text string
	}
	offset := func(p token.Pos) int { return files.Position(p).Offset }
	insertions := []insertion{{offset(f.Name.End()), "; import calltrace_ " + strconv.Quote(probe)}}
	add := func(name string, body *ast.BlockStmt) {
		insertions = append(insertions, insertion{offset(body.Lbrace) + 1, fmt.Sprintf(" calltrace_.Enter(%d); defer calltrace_.Leave(); ", first+len(names))})
		names = append(names, pkg+" "+name)
	}
	within := "a variable"
	for _, decl := range f.Decls {
		within = "a variable"
		if d, ok := decl.(*ast.FuncDecl); ok && d.Body != nil {
			within = funcName(d)
			add(within, d.Body)
		}
		ast.Inspect(decl, func(n ast.Node) bool {
			if lit, ok := n.(*ast.FuncLit); ok {
				add("literal in "+within, lit.Body)
			}
			return true
		})
	}
	slices.SortFunc(insertions, func(a, b insertion) int { return a.at - b.at })
	last := 0
	for _, i := range insertions {
		out = append(append(out, text[last:i.at]...), i.text...)
		last = i.at
	}
	return append(out, text[last:]...), names, nil
}

func funcName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name + "." + d.Name.Name
		default:
			return d.Name.Name
		}
	}
}

// output runs a command and returns what it prints.
func output(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return "", errors.Join(fmt.Errorf("%s %s: %w", name, strings.Join(args[:1], " "), err), errors.New(strings.TrimSpace(errs.String())))
	}
	return string(out), nil
}
