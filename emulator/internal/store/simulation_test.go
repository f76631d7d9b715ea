package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

var (
	simNavs = []string{"users", "groups", "members"}
	simKeys = []string{"a", "A", "b", "Bb", "BB", "c", ""}
	simDo   = []string{"expire", "empty"}
	simZero = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
)

// sim runs random verbs on a store and on the model, and compares.
type sim struct {
	t     *testing.T
	seed  uint64
	step  int
	log   []string
	dice  *rand.Rand
	store *Store
	model *model
	saved []savedWorld
	seqs  []int64 // change numbers of earlier commits
}

type savedWorld struct {
	snapshot *Snapshot
	model    *model
}

var errStop = errors.New("stop")

func TestSimulation(t *testing.T) {
	seeds, steps := uint64(25), 120
	if testing.Short() {
		seeds = 6
	}
	for seed := uint64(1); seed <= seeds; seed++ {
		s := &sim{t: t, seed: seed, dice: rand.New(rand.NewPCG(seed, 0)), model: newModel()}
		s.store = New(Options{
			Seed: seed, Now: func() time.Time { return simZero }, JournalEntries: 60,
			Indexes: own(Index{"even", "name"}, Index{"odd", "tags"}),
		})
		for s.step = range steps {
			s.world()
			s.transaction()
			s.compare(s.store, s.model)
			if t.Failed() {
				return
			}
		}
	}
}

// own gives each type the indexes that are declared on it.
func own(list ...Index) func(typ string) []Index {
	return func(typ string) []Index {
		return slices.DeleteFunc(slices.Clone(list), func(x Index) bool { return x.Type != typ })
	}
}

func (s *sim) fail(format string, args ...any) {
	s.t.Helper()
	s.t.Fatalf("seed %d, step %d: %s\n%s", s.seed, s.step, fmt.Sprintf(format, args...), strings.Join(s.log, "\n"))
}

// world now and then takes or restores a snapshot, opens one, or goes on in a fork.
func (s *sim) world() {
	switch n := s.dice.IntN(30); {
	case n == 0:
		s.saved = append(s.saved, savedWorld{s.store.Snapshot(), s.model.clone()})
	case n == 1 && len(s.saved) > 0:
		w := s.saved[s.dice.IntN(len(s.saved))]
		s.store.Restore(w.snapshot)
		s.model = w.model.clone()
		s.seqs = nil
	case n == 2:
		old, model := s.store, s.model.clone()
		s.store = s.store.Fork()
		s.transaction()
		s.compare(old, model) // the fork's writing does not show
	case n == 3 && len(s.saved) > 0:
		w := s.saved[s.dice.IntN(len(s.saved))]
		s.compare(w.snapshot.Open(Options{}), w.model)
	}
}

func (s *sim) transaction() {
	next := s.model.clone()
	before := s.store.state.counters
	end := s.dice.IntN(8) // 0: error, 1: panic, else commit
	ops := 1 + s.dice.IntN(4)
	s.log = append(s.log, fmt.Sprintf("-- step %d, end %d", s.step, end))
	err := s.run(func(tx *Tx) error {
		for range ops {
			s.verb(tx, next)
		}
		switch end {
		case 0:
			return errStop
		case 1:
			panic(errStop)
		}
		return nil
	})
	if (end < 2) != errors.Is(err, errStop) {
		s.fail("Update ends with %v", err)
	}
	if end < 2 {
		if s.store.state.counters != before {
			s.fail("a roll-back leaves %+v, not %+v", s.store.state.counters, before)
		}
		return
	}
	s.model = next
	s.seqs = append(s.seqs, s.store.Seq())
}

// run is Update that hands out what f panics with.
func (s *sim) run(f func(*Tx) error) (err error) {
	defer func() {
		if e, ok := recover().(error); ok {
			err = e
		}
	}()
	return s.store.Update(f)
}

// ref throws an entity, the root, or one that does not exist.
func (s *sim) ref(m *model) Ref {
	list := m.refs()
	switch n := s.dice.IntN(len(list) + 4); {
	case n < len(list):
		return list[n]
	case n == len(list):
		return 9999
	default:
		return 0
	}
}

func pick[T any](s *sim, list []T) T { return list[s.dice.IntN(len(list))] }

func (s *sim) object() value.Object {
	m := value.Members{{Name: "name", Value: value.String(pick(s, []string{"Ida", "ida", "Tomas", "x"}))}}
	if s.dice.IntN(2) == 0 {
		m.Set("tags", value.Strings([]string{pick(s, simKeys), pick(s, simKeys)}))
	}
	return s.store.Shapes().Object(pick(s, []string{"even", "odd"}), m)
}

func text(o value.Object) string { return o.Type() + string(o.Raw()) }

// verb does one random thing to both and compares the errors.
func (s *sim) verb(tx *Tx, m *model) {
	a, b, nav, key := s.ref(m), s.ref(m), pick(s, simNavs), pick(s, simKeys)
	o := s.object()
	var got, want error
	var name string
	switch n := s.dice.IntN(20); n {
	case 0, 1, 2, 3, 4:
		name = "add"
		exact := nav == "members"
		var r Ref
		if exact {
			r, got = tx.AddExact(a, nav, key, o)
		} else {
			r, got = tx.Add(a, nav, key, o)
		}
		want = m.add(tx.st.ref, a, nav, key, text(o), exact)
		if got == nil && r != tx.st.ref {
			s.fail("Add returns %d", r)
		}
	case 5, 6, 7:
		name, got, want = "replace", tx.Replace(a, o), m.replace(a, text(o))
	case 8:
		name, got, want = "rekey", tx.Rekey(a, key), m.rekey(a, key)
	case 9:
		name, got, want = "delete", tx.Delete(a), m.delete(a)
	case 10, 11, 12:
		name, got, want = "link", tx.Link(a, nav, b), m.link(a, nav, b)
	case 13:
		name, got, want = "unlink", tx.Unlink(a, nav, b), m.unlink(a, nav, b)
	case 14, 15:
		name, got, want = "detach", tx.Detach(a, b, "groups"), m.detach(a, b, "groups")
	case 16:
		name, got, want = "attach", tx.Attach(a), m.attach(a)
	case 17:
		name, got, want = "move", tx.Move(a, b, nav, key), m.move(a, b, nav, key)
	case 18:
		name, got, want = "blob", s.putBlob(tx, m, a, key), nil
	case 19:
		name, got, want = "wake", s.wake(tx, m, a), nil
	}
	s.log = append(s.log, fmt.Sprintf("%s %d %s %q %d: %v", name, a, nav, key, b, got))
	if !errors.Is(got, want) {
		s.fail("%s gives %v, expected %v", name, got, want)
	}
}

func (s *sim) putBlob(tx *Tx, m *model, r Ref, content string) error {
	var b *Blob
	if content != "" {
		b, _ = ReadBlob("text/plain", strings.NewReader(content), 100)
	}
	err := tx.PutBlob(r, "content", b)
	if r == 0 || !m.exists(r) {
		if !errors.Is(err, ErrNotFound) {
			s.fail("PutBlob on %d gives %v", r, err)
		}
		return nil
	}
	m.blobs[r] = content
	if content == "" {
		delete(m.blobs, r)
	}
	return err
}

func (s *sim) wake(tx *Tx, m *model, r Ref) error {
	if s.dice.IntN(3) == 0 {
		now := simZero.Add(2)
		w, ok := tx.TakeDue(now)
		if ok {
			name := timerName{w.Ref, w.Do}
			if at, has := m.wakes[name]; !has || at != w.At.UnixNano() {
				s.fail("TakeDue gives %v", w)
			}
			delete(m.wakes, name)
		}
		return nil
	}
	do, at := pick(s, simDo), simZero.Add(time.Duration(s.dice.IntN(4)))
	err := tx.Wake(at, r, do, "")
	if !m.exists(r) {
		if !errors.Is(err, ErrNotFound) {
			s.fail("Wake on %d gives %v", r, err)
		}
		return nil
	}
	m.wakes[timerName{r, do}] = at.UnixNano()
	return err
}

// compare asks the store everything the model knows, on a scan and inside a
// transaction that changes nothing.
func (s *sim) compare(st *Store, m *model) {
	s.compareTx(st.Scan(), m)
	_ = st.Update(func(tx *Tx) error {
		s.compareTx(tx, m)
		return errStop
	})
	s.compareDue(st, m)
	s.compareJournal(st, m)
}

func (s *sim) compareTx(tx *Tx, m *model) {
	refs := m.refs()
	if n := stored(&tx.st.entities); n != len(refs) {
		s.fail("%d entities, expected %d", n, len(refs))
	}
	for _, r := range append([]Ref{0}, refs...) {
		s.compareEntity(tx, m, r)
		var navs []string
		for _, nav := range simNavs {
			want := m.members(r, nav)
			if got := slices.Collect(tx.Members(r, nav, 0)); !slices.Equal(got, want) {
				s.fail("members of %d.%s are %v, expected %v", r, nav, got, want)
			}
			if n := tx.Count(r, nav); n != len(want) {
				s.fail("%d.%s counts %d, expected %d", r, nav, n, len(want))
			}
			if len(want) > 0 {
				navs = append(navs, nav)
				s.compareParts(tx, r, nav, want)
			}
			for _, key := range simKeys {
				found := m.find(r, nav, key)
				if got, _ := tx.Find(r, nav, key); got != found {
					s.fail("Find %d.%s %q gives %d, expected %d", r, nav, key, got, found)
				}
				var keyed []Ref
				for _, member := range want {
					if strings.EqualFold(m.entities[member].key, key) {
						keyed = append(keyed, member)
					}
				}
				if got := slices.Collect(tx.Keyed(r, nav, key)); !slices.Equal(got, keyed) {
					s.fail("Keyed %d.%s %q gives %v, expected %v", r, nav, key, got, keyed)
				}
			}
		}
		slices.Sort(navs)
		if got := tx.Navs(r); !slices.Equal(got, navs) {
			s.fail("navigations of %d are %v, expected %v", r, got, navs)
		}
	}
	s.compareLookups(tx, m)
}

func (s *sim) compareParts(tx *Tx, r Ref, nav string, want []Ref) {
	half := len(want) / 2
	if got, ok := tx.Skip(r, nav, half); !ok || got != want[half] {
		s.fail("Skip %d of %d.%s gives %d", half, r, nav, got)
	}
	if _, ok := tx.Skip(r, nav, len(want)); ok {
		s.fail("Skip past the end of %d.%s finds something", r, nav)
	}
	if got := slices.Collect(tx.Members(r, nav, want[half])); !slices.Equal(got, want[half+1:]) {
		s.fail("members of %d.%s behind %d are %v", r, nav, want[half], got)
	}
	kept := func(o value.Object) bool { return len(text(o))%2 == 0 }
	var got, sieved []Ref
	for _, member := range want[half+1:] {
		if e, _ := tx.Get(member); kept(e.Object) {
			sieved = append(sieved, member)
		}
	}
	for member, e := range tx.Entities(r, nav, want[half], kept) {
		if also, _ := tx.Get(member); e != also {
			s.fail("Entities of %d.%s gives %d otherwise than Get", r, nav, member)
		}
		got = append(got, member)
	}
	if !slices.Equal(got, sieved) {
		s.fail("Entities of %d.%s behind %d are %v, expected %v", r, nav, want[half], got, sieved)
	}
	if one, _ := tx.One(r, nav); one != want[0] || !tx.Contains(r, nav, one) {
		s.fail("One of %d.%s is %d", r, nav, one)
	}
}

func (s *sim) compareEntity(tx *Tx, m *model, r Ref) {
	e, ok := tx.Get(r)
	if r == 0 {
		if ok {
			s.fail("the root is an entity")
		}
		return
	}
	want := m.entities[r]
	from, nav, key, _ := tx.Owner(r)
	if !ok || text(e.Object) != want.text || from != want.from || nav != want.nav || key != want.key {
		s.fail("entity %d is %s in %d.%s as %q, expected %+v", r, text(e.Object), from, nav, key, want)
	}
	if tx.Detached(r) != m.isDetached(r) {
		s.fail("entity %d detached: %t", r, tx.Detached(r))
	}
	var links []Link
	for l := range m.links {
		if l.To == r && m.visible(l) {
			links = append(links, l)
		}
	}
	got := slices.Collect(tx.Referrers(r))
	if len(got) != len(links) {
		s.fail("referrers of %d are %v, expected %v", r, got, links)
	}
	for _, l := range links {
		if !slices.Contains(got, l) || !tx.Linked(l.From, l.Nav, l.To) {
			s.fail("referrers of %d lack %v", r, l)
		}
	}
	content := ""
	if b, _, ok := tx.Blob(r, "content"); ok {
		p := make([]byte, b.Len())
		_, _ = b.ReadAt(p, 0)
		content = string(p)
	}
	if content != m.blobs[r] || len(tx.Blobs(r)) != min(len(content), 1) {
		s.fail("content of %d is %q, expected %q", r, content, m.blobs[r])
	}
}

func (s *sim) compareLookups(tx *Tx, m *model) {
	for _, x := range []Index{{"even", "name"}, {"odd", "tags"}} {
		for _, key := range append([]string{"Ida", "tomas", "x"}, simKeys...) {
			var want []Ref
			for _, r := range m.refs() {
				if m.isDetached(r) || !strings.HasPrefix(m.entities[r].text, x.Type) {
					continue
				}
				v, _ := value.Raw(m.entities[r].text[len(x.Type):]).Members().Get(x.Member)
				if slices.ContainsFunc(slices.Collect(IndexKeys(v)), func(k string) bool { return strings.EqualFold(k, key) }) {
					want = append(want, r)
				}
			}
			if got := slices.Collect(tx.Lookup(x.Name(), key)); !slices.Equal(got, want) {
				s.fail("Lookup %s %q gives %v, expected %v", x.Name(), key, got, want)
			}
		}
	}
}

func (s *sim) compareDue(st *Store, m *model) {
	due := st.Due(simZero.Add(time.Hour))
	if len(due) != len(m.wakes) {
		s.fail("%d wake-ups, expected %d", len(due), len(m.wakes))
	}
	for i, w := range due {
		if m.wakes[timerName{w.Ref, w.Do}] != w.At.UnixNano() || i > 0 && w.At.Before(due[i-1].At) {
			s.fail("wake-up %v is wrong", w)
		}
	}
}

// compareJournal checks that the journal has no holes and ends with the present.
func (s *sim) compareJournal(st *Store, m *model) {
	last := map[Ref]Change{}
	next := st.Oldest()
	for c := range st.Changes(0) {
		if c.Seq != next {
			s.fail("change %d follows %d", c.Seq, next-1)
		}
		next++
		switch c.Kind {
		case Created, Updated, Deleted, Attached:
			last[c.Ref] = c
		case Reset:
			clear(last)
		}
	}
	if next != st.Seq()+1 {
		s.fail("the journal ends at %d, the store is at %d", next-1, st.Seq())
	}
	for r, c := range last {
		e, ok := m.entities[r]
		if ok != (c.Kind != Deleted) || ok && text(c.New) != e.text {
			s.fail("the journal's last word on %d is %v, the entity is %v", r, c, e)
		}
	}
	if st == s.store && len(s.seqs) > 0 {
		s.compareSince(st, pick(s, s.seqs))
	}
}

// compareSince checks that a transaction sees the same past as the store.
func (s *sim) compareSince(st *Store, since int64) {
	past, ok := st.Scan().Since(since)
	if ok != (since >= st.Oldest()-1) {
		s.fail("Since %d answers %t, the oldest is %d", since, ok, st.Oldest())
	}
	if !ok {
		return
	}
	want := slices.Collect(st.Changes(since))
	got := slices.Collect(past)
	if int64(len(got)) != st.Seq()-since || !slices.EqualFunc(got, want, func(a, b Change) bool { return a.Seq == b.Seq && a.Kind == b.Kind && a.Ref == b.Ref }) {
		s.fail("Since %d gives %v, want %v", since, got, want)
	}
}

// stored counts the records of a shelf, and pages that should have gone.
func stored(s *shelf) int {
	n := 0
	for _, p := range s.pages {
		if p == nil {
			continue
		}
		for _, rec := range p.records {
			if rec != nil {
				n++
			}
		}
		if p.used == 0 {
			n++
		}
	}
	return n
}
