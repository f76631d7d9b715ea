package observe

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/schemas/derive"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
	"github.com/graph-emulator/graph-emulator/schemas/observed"
)

// The ledger lists the exchanges that say nothing, and why.
const (
	ledgerFile = "ledger.txt"
	ledgerHead = "# " + derivedBy + "\n# What was recorded and says nothing.\n"
)

const derivedBy = "Derived by graph-derive observe; do not edit."

// Compile returns the derived files of exchanges by their paths, one folder a version,
// and the ledger of what it could not use. examples are those of reference pages by
// version; nil: there are none. Equal exchanges give equal files.
func Compile(exchanges []Exchange, examples map[string][]Exchange, models map[string]*edm.Model) (derive.Files, error) {
	c := newCompiler(models)
	c.add(exchanges)
	out := derive.Files{}
	for name, v := range c.versions {
		if err := v.write(out, name); err != nil {
			return nil, err
		}
	}
	for version, list := range examples {
		orders(out, version, list, models[version])
	}
	ledger := ledgerHead
	for _, l := range c.lost {
		ledger += l + "\n"
	}
	out[ledgerFile] = []byte(ledger)
	return out, nil
}

func (v *version) write(out derive.Files, name string) error {
	for key, t := range v.types {
		if key.personal && v.types[typeKey{key.name, false}].hasAnswers() {
			continue // the services of organizations come first
		}
		f := t.result(string(key.name))
		if f == nil {
			continue
		}
		text, err := typeFile(f)
		if err != nil {
			return err
		}
		out[name+"/types/"+string(key.name)+".json"] = text
	}
	var err error
	if out[name+"/operations.json"], err = listFile(values(v.ops, func(o *opTally) observed.Operation { return o.fact })); err != nil {
		return err
	}
	out[name+"/errors.json"], err = listFile(values(v.errors, func(e *errorTally) observed.Error { return e.fact }))
	return err
}

func (t *typeTally) hasAnswers() bool { return t != nil && t.fact.Answers() > 0 }

// values are the facts of tallies in the order of their keys.
func values[T, F any](m map[string]*T, fact func(*T) F) []F {
	var out []F
	for _, k := range slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		_, pathA, _ := strings.Cut(a, " ")
		_, pathB, _ := strings.Cut(b, " ")
		return cmp.Or(cmp.Compare(pathA, pathB), cmp.Compare(a, b))
	}) {
		out = append(out, fact(m[k]))
	}
	return out
}

// typeFile prints one line a member.
func typeFile(t *observed.Type) ([]byte, error) {
	head, err := compact(t)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("{\"$comment\":" + strconv.Quote(derivedBy) + ",\n")
	b.Write(head[1 : len(head)-1])
	b.WriteString(",\n\"members\":[")
	for i := range t.Members {
		if i > 0 {
			b.WriteByte(',')
		}
		line, err := compact(&t.Members[i])
		if err != nil {
			return nil, err
		}
		b.WriteByte('\n')
		b.Write(line)
	}
	b.WriteString("\n]}\n")
	return b.Bytes(), nil
}

// listFile prints one line a fact.
func listFile[F any](facts []F) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("{\"$comment\":" + strconv.Quote(derivedBy) + ",\n\"facts\":[")
	for i := range facts {
		if i > 0 {
			b.WriteByte(',')
		}
		line, err := compact(&facts[i])
		if err != nil {
			return nil, err
		}
		b.WriteByte('\n')
		b.Write(line)
	}
	b.WriteString("\n]}\n")
	return b.Bytes(), nil
}

// compact prints v on one line, without escapes that only HTML needs.
func compact(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
