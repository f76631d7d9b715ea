package edm

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sync"
	"sync/atomic"
)

// Model is the types of one version of Graph, perhaps in layers. It is safe
// for concurrent use.
type Model struct {
	files fs.FS
	base  *Model
	root  atomic.Pointer[Type]
	memo  sync.Map

	mu    sync.RWMutex
	types map[Name]*Type
	folds map[string]*Type // the same by folded name

	spellings func() map[string]Name // folded name -> name, of this layer's files
	additions func() map[Name][]Name // base type -> types of this layer derived from it
}

// Open returns the model of the type files in files. Types that have no file
// there are read from base, which may be nil; they see the types of files in
// place of those of base. Nothing is read before it is touched, so a broken file
// is a missing type: call Check for files that no test has seen.
func Open(files fs.FS, base *Model) *Model {
	m := &Model{files: files, base: base, types: map[Name]*Type{}, folds: map[string]*Type{}}
	m.spellings = sync.OnceValue(m.readSpellings)
	m.additions = sync.OnceValue(m.readAdditions)
	return m
}

// Base returns the model beneath, nil if there is none.
func (m *Model) Base() *Model { return m.base }

// Root returns the service root. It is never nil: a model without a root file
// has an empty one.
func (m *Model) Root() *Type {
	if t := m.root.Load(); t != nil {
		return t
	}
	t, ok := m.Type(RootName)
	if !ok {
		t = &Type{Name: RootName, Kind: Root, model: m, layer: m}
	}
	m.root.CompareAndSwap(nil, t)
	return m.root.Load()
}

// Type finds a type by its full name, exactly or else without regard to case
// and with graph for microsoft.graph. Primitives are no types of a model.
func (m *Model) Type(n Name) (*Type, bool) {
	return m.known(n, nil)
}

// File returns where the schema of n stands: the files of a layer and the path
// in them. The path is empty when there is none.
func (m *Model) File(n Name) (fs.FS, string) {
	p := n.Path()
	if p == "" {
		return nil, ""
	}
	for l := m; l != nil; l = l.base {
		if info, err := fs.Stat(l.files, p); err == nil && !info.IsDir() {
			return l.files, p
		}
	}
	return nil, ""
}

// Memo returns the value kept under key, made by the first caller. It ties what
// others derive from a model, such as compiled schemas, to the model's life. All
// callers get one value; make may run more than once.
func (m *Model) Memo(key any, make func() any) any {
	if v, ok := m.memo.Load(key); ok {
		return v
	}
	v, _ := m.memo.LoadOrStore(key, make())
	return v
}

// find looks past the types that are read. The chain lists the types whose base
// is being read: a name in it derives from itself.
func (m *Model) find(n Name, chain []Name) (*Type, bool) {
	var b foldBuf
	key, ok := b.foldQualified(string(n))
	if !ok {
		return nil, false
	}
	m.mu.RLock()
	t, ok := m.types[n]
	if !ok {
		t, ok = m.folds[string(key)]
	}
	m.mu.RUnlock()
	if ok {
		return t, true
	}
	if t, err := m.read(n, chain); err == nil {
		return t, true
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, false
	}
	for l := m; l != nil; l = l.base {
		if right, ok := l.spellings()[string(key)]; ok && right != n {
			t, err := m.read(right, chain)
			return t, err == nil
		}
	}
	return nil, false
}

// read decodes the file of n and keeps the type. Two callers may decode at
// once; both get the type that was kept first.
func (m *Model) read(n Name, chain []Name) (*Type, error) {
	if slices.Contains(chain, n) {
		return nil, fmt.Errorf("%s derives from itself", n)
	}
	t, err := m.decode(n, nil)
	if err != nil {
		return nil, err
	}
	if t.parent != "" {
		base, _ := m.known(t.parent, append(chain, n))
		t.inherit(base)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if kept, ok := m.types[t.Name]; ok {
		return kept, nil
	}
	m.types[t.Name], m.folds[folded(string(t.Name))] = t, t
	return t, nil
}

// known is Type for a caller that may stand inside read.
func (m *Model) known(n Name, chain []Name) (*Type, bool) {
	m.mu.RLock()
	t, ok := m.types[n]
	m.mu.RUnlock()
	if ok {
		return t, true
	}
	return m.find(n, chain)
}

// decode reads the file of n from the first layer that has it.
func (m *Model) decode(n Name, strict *findings) (*Type, error) {
	p := n.Path()
	if p == "" {
		return nil, fs.ErrNotExist
	}
	for l := m; l != nil; l = l.base {
		text, err := fs.ReadFile(l.files, p)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		t := &Type{Name: n, model: m, layer: l}
		return t, decodeType(t, text, dirOf(p), strict)
	}
	return nil, fs.ErrNotExist
}

// cached returns the type n refers to, through a pointer that is set once.
func (m *Model) cached(p *atomic.Pointer[Type], n Name) *Type {
	t := p.Load()
	if t == nil {
		found, ok := m.Type(n)
		if !ok {
			found = noType
		}
		p.Store(found) // every caller stores the same
		t = found
	}
	if t == noType {
		return nil
	}
	return t
}

// noType stands in a cache for a primitive or a name without a file.
var noType = &Type{}

// derivedOf resolves the list in t's file and adds what the layers above the
// lowest derive from t. A name that no longer derives from t, because an overlay
// gave it another base, is left out.
func (m *Model) derivedOf(t *Type) []*Type {
	names := derivedNames(t)
	for l := m; l.base != nil; l = l.base {
		names = append(names, l.additions()[t.Name]...)
	}
	list := make([]*Type, 0, len(names))
	for _, n := range names {
		if d, ok := m.Type(n); ok && d.base == t && !slices.Contains(list, d) {
			list = append(list, d)
		}
	}
	return list
}

// readAdditions reads every file of the layer; only overlays are asked.
func (m *Model) readAdditions() map[Name][]Name {
	found := map[Name][]Name{}
	for _, n := range m.layerNames() {
		if t, err := m.decode(n, nil); err == nil && t.parent != "" {
			found[t.parent] = append(found[t.parent], n)
		}
	}
	return found
}

func (m *Model) readSpellings() map[string]Name {
	found := map[string]Name{}
	for _, n := range m.layerNames() {
		found[folded(string(n))] = n
	}
	return found
}

// layerNames lists the types of this layer's own files, in order of the paths.
func (m *Model) layerNames() (names []Name) {
	// An unreadable folder holds no types; Check says so aloud.
	_ = fs.WalkDir(m.files, ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if n := NameOf(p); n != "" && !e.IsDir() {
			names = append(names, n)
		}
		return nil
	})
	return names
}

// dirOf is path.Dir with "" for the top.
func dirOf(p string) string {
	if d := path.Dir(p); d != "." {
		return d
	}
	return ""
}
