package decl

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"
)

var errNoModels = errors.New("declarations: the package holds no models")

// IsPackage reports whether files is an unpacked SDK package rather than a
// folder with the condensed form.
func IsPackage(files fs.FS) bool {
	_, ok := packageRoot(files)
	return ok
}

func packageRoot(files fs.FS) (string, bool) {
	for _, dir := range []string{".", "package"} {
		if _, err := fs.Stat(files, path.Join(dir, "package.json")); err == nil {
			return dir, true
		}
	}
	return "", false
}

// ReadPackage reads the models of an unpacked SDK package: the deserializers
// of every models/**/index.js say which members a model has and of what type,
// the constants beside them which members an enumeration has.
func ReadPackage(files fs.FS) (*Facts, error) {
	root, ok := packageRoot(files)
	if !ok {
		return nil, errNoModels
	}
	s := &source{types: map[string]rawType{}, enums: map[string][]string{}}
	models := path.Join(root, "models")
	err := fs.WalkDir(files, models, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path.Base(p) != "index.js" {
			return err
		}
		b, err := fs.ReadFile(files, p)
		if err != nil {
			return err
		}
		m := module{dir: path.Dir(p), models: models, from: map[string]string{}, source: s}
		if err := m.read(b); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("declarations: %w", err)
	}
	if len(s.types) == 0 {
		return nil, errNoModels
	}
	return s.facts(), nil
}

// module is one index.js: the models of one namespace.
type module struct {
	dir, models string
	from        map[string]string // local name of an import -> full name of the model
	source      *source
	model       string // full name of the model being read, "" outside
	raw         rawType
	enum        string // full name of the enumeration being read
	members     []string
}

var (
	importLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^import \{(.*)\} from '([^']+)';`) })
	modelLine  = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^export function deserializeInto(\w+)\(\w+ = \{\}\) \{`)
	})
	baseCall    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`Object\.assign\(\{\}, ([\w$]+)\(\w+\)\)`) })
	memberEntry = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`"([^"]+)": n => \{ [\w$.]+ = (?:n\.get(\w+)\(([^()]*)\)|([^;]*)); \}`)
	})
	enumLine  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^export const (\w+)Object = \{`) })
	enumEntry = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^    \w+: "([^"]*)",`) })
)

func (m *module) read(text []byte) error {
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 8<<20)
	for lines.Scan() {
		if err := m.line(lines.Text()); err != nil {
			return err
		}
	}
	return lines.Err()
}

func (m *module) line(l string) error {
	switch {
	case m.model != "":
		return m.inModel(l)
	case m.enum != "":
		if e := enumEntry().FindStringSubmatch(l); e != nil {
			m.members = append(m.members, e[1])
		} else if strings.HasPrefix(l, "}") {
			m.source.enums[m.enum], m.enum, m.members = m.members, "", nil
		}
	case strings.HasPrefix(l, "import "):
		if f := importLine().FindStringSubmatch(l); f != nil {
			m.imports(f[1], f[2])
		}
	default:
		if f := modelLine().FindStringSubmatch(l); f != nil {
			m.model, m.raw = m.full(f[1]), rawType{Props: map[string]string{}}
		} else if f := enumLine().FindStringSubmatch(l); f != nil {
			m.enum = m.full(f[1])
		}
	}
	return nil
}

func (m *module) inModel(l string) error {
	if l == "}" {
		if !strings.HasSuffix(m.raw.Base, ".baseCollectionPaginationCountResponse") { // a page of answers is no type of Graph
			m.source.types[m.model] = m.raw
		}
		m.model = ""
		return nil
	}
	if b := baseCall().FindStringSubmatch(l); b != nil {
		m.raw.Base = m.named(b[1], "deserializeInto", "")
	}
	for _, e := range memberEntry().FindAllStringSubmatch(l, -1) {
		name, getter, arg := e[1], e[2], e[3]
		if getter == "" || strings.HasPrefix(name, "@") {
			continue // bookkeeping of the library; annotations
		}
		t, err := m.memberType(getter, strings.TrimSpace(arg))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		m.raw.Props[name] = t
	}
	return nil
}

// getters are the parse functions and the primitive each reads.
var getters = map[string]string{
	"StringValue": "Edm.String", "BooleanValue": "Edm.Boolean", "NumberValue": "Edm.Number", "DateValue": "Edm.DateTimeOffset",
	"DateOnlyValue": "Edm.Date", "TimeOnlyValue": "Edm.TimeOfDay", "DurationValue": "Edm.Duration", "GuidValue": "Edm.Guid", "ByteArrayValue": "Edm.Binary",
}

var scripts = map[string]string{`"string"`: "Edm.String", `"number"`: "Edm.Number", `"boolean"`: "Edm.Boolean", `"Date"`: "Edm.DateTimeOffset", `"Guid"`: "Edm.Guid"}

func (m *module) memberType(getter, arg string) (string, error) {
	if t, ok := getters[getter]; ok {
		return t, nil
	}
	switch getter {
	case "ObjectValue":
		return m.named(arg, "create", "FromDiscriminatorValue"), nil
	case "CollectionOfObjectValues":
		return "Collection(" + m.named(arg, "create", "FromDiscriminatorValue") + ")", nil
	case "EnumValue":
		return m.named(arg, "", "Object"), nil
	case "CollectionOfEnumValues":
		return "Collection(" + m.named(arg, "", "Object") + ")", nil
	case "CollectionOfPrimitiveValues":
		if t, ok := scripts[arg]; ok {
			return "Collection(" + t + ")", nil
		}
		return "", fmt.Errorf("unknown primitive %s", arg)
	}
	return "", fmt.Errorf("unknown getter %s", getter)
}

// imports notes which model each imported function or constant is about.
func (m *module) imports(list, from string) {
	dir := path.Join(m.dir, path.Dir(from))
	for _, item := range strings.Split(list, ",") {
		name, local, renamed := strings.Cut(strings.TrimSpace(item), " as ")
		if !renamed {
			local = name
		}
		for _, form := range [][2]string{{"create", "FromDiscriminatorValue"}, {"deserializeInto", ""}, {"", "Object"}} {
			if in, ok := strings.CutPrefix(name, form[0]); ok {
				if in, ok = strings.CutSuffix(in, form[1]); ok && in != "" {
					m.from[local] = fullName(m.models, dir, in)
					break
				}
			}
		}
	}
}

// named is the full name of the model a function or constant is about.
func (m *module) named(id, prefix, suffix string) string {
	if full, ok := m.from[id]; ok {
		return full
	}
	return m.full(strings.TrimSuffix(strings.TrimPrefix(id, prefix), suffix))
}

func (m *module) full(class string) string { return fullName(m.models, m.dir, class) }

// fullName is the name of a class of the library as Graph spells it.
func fullName(models, dir, class string) string {
	ns := graph
	if rest, ok := strings.CutPrefix(dir, models+"/"); ok {
		ns += "." + strings.ReplaceAll(rest, "/", ".")
	}
	return ns + "." + strings.ToLower(class[:1]) + class[1:]
}
