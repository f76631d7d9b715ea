package edm

import (
	"path"
	"strings"
)

// Name is the full name of a type: "microsoft.graph.user", "Edm.String".
type Name string

const (
	namespace = "microsoft.graph"
	alias     = "graph"

	// RootName is the type of the service root.
	RootName Name = namespace + ".GraphService"
	// EntityName is the type nearly every entity derives from.
	EntityName Name = namespace + ".entity"
)

// Primitive reports whether n is one of OData's own types.
func (n Name) Primitive() bool { return strings.HasPrefix(string(n), "Edm.") }

// Short returns the name without its namespace.
func (n Name) Short() string {
	return string(n[strings.LastIndexByte(string(n), '.')+1:])
}

// Namespace returns what stands before the short name, without the dot.
func (n Name) Namespace() string {
	return string(n[:max(0, strings.LastIndexByte(string(n), '.'))])
}

// Path returns the file that holds the type: "security/alert.json" for
// microsoft.graph.security.alert. It is empty for names outside the namespace
// microsoft.graph, which have no file.
func (n Name) Path() string {
	rest, ok := strings.CutPrefix(string(n), namespace+".")
	if !ok || rest == "" {
		return ""
	}
	return strings.ReplaceAll(rest, ".", "/") + ".json"
}

// NameOf is the reverse of Path. It is empty for a file that holds no type.
func NameOf(file string) Name {
	rest, ok := strings.CutSuffix(file, ".json")
	if !ok || rest == "" || strings.HasPrefix(rest, "../") || strings.ContainsAny(rest, ":#") {
		return ""
	}
	return Name(namespace + "." + strings.ReplaceAll(rest, "/", "."))
}

// refName resolves a file reference that stands in a file of folder dir.
func refName(dir, ref string) Name {
	if dir != "" || strings.HasPrefix(ref, ".") {
		ref = path.Join(dir, ref)
	}
	return NameOf(ref)
}

// Ref refers to a type, or to a collection of it when Many. Its zero value
// refers to nothing.
type Ref struct {
	Name Name
	Many bool
}

// ParseRef reads "microsoft.graph.user" or "Collection(Edm.String)".
func ParseRef(s string) Ref {
	if inner, ok := strings.CutPrefix(s, "Collection("); ok {
		return Ref{Name: Name(strings.TrimSuffix(inner, ")")), Many: true}
	}
	return Ref{Name: Name(s)}
}

// String prints what ParseRef reads.
func (r Ref) String() string {
	if r.Many {
		return "Collection(" + string(r.Name) + ")"
	}
	return string(r.Name)
}

// foldBuf takes the folded form of any name Graph has; longer text is folded
// on the heap.
type foldBuf [128]byte

// fold writes s in lower case to b. Schema names are ASCII, so no other letter
// has to be folded, and a walk that folds on the stack allocates nothing.
func (b *foldBuf) fold(s string) []byte {
	if len(s) > len(b) {
		return []byte(strings.ToLower(s))
	}
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		b[i] = c
	}
	return b[:len(s)]
}

// foldQualified folds a namespace-qualified name, the alias "graph" written
// out. It reports false for text which is not qualified with Graph's namespace.
func (b *foldBuf) foldQualified(s string) ([]byte, bool) {
	if hasFold(s, namespace+".") {
		return b.fold(s), true
	}
	if !hasFold(s, alias+".") {
		return nil, false
	}
	if n := len(namespace) - len(alias); n+len(s) <= len(b) {
		var tail foldBuf
		copy(b[:], namespace)
		copy(b[len(namespace):], tail.fold(s)[len(alias):])
		return b[:n+len(s)], true
	}
	return b.fold(namespace + s[len(alias):]), true
}

// folded is fold for a caller that keeps the text.
func folded(s string) string {
	var b foldBuf
	return string(b.fold(s))
}

// hasFold reports whether s begins with prefix, which is in lower case.
func hasFold(s, prefix string) bool {
	if len(s) < len(prefix) {
		return false
	}
	var b foldBuf
	return string(b.fold(s[:len(prefix)])) == prefix
}
