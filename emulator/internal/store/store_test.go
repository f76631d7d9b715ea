package store

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// must runs a transaction that has to succeed.
func must(t *testing.T, s *Store, f func(tx *Tx) error) {
	t.Helper()
	if err := s.Update(f); err != nil {
		t.Fatal(err)
	}
}

func object(s *Store, name string) value.Object {
	return s.Shapes().Object("t", value.Members{{Name: "name", Value: value.String(name)}})
}

// journalled prints what changed since, one line a change.
func journalled(s *Store, since int64) string {
	var lines []string
	for c := range s.Changes(since) {
		line := fmt.Sprintf("%d %v %d %d.%s %q", c.Seq-since, c.Kind, c.Ref, c.From, c.Nav, c.Key)
		for _, part := range []string{c.WasKey, c.Part, c.Tag} {
			if part != "" {
				line += " " + part
			}
		}
		if c.New.Len() > 0 {
			line += " " + string(c.New.Raw())
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func expect(t *testing.T, got, want string) {
	t.Helper()
	if got, want = strings.TrimSpace(got), strings.TrimSpace(want); got != want {
		t.Errorf("\n got:\n%s\nwant:\n%s", got, want)
	}
}

func TestJournal(t *testing.T) {
	s := New(Options{Seed: 1})
	var ida, crew, mail Ref
	must(t, s, func(tx *Tx) error {
		tx.Tag("seed")
		ida, _ = tx.Add(0, "users", "Ida", object(s, "a"))
		crew, _ = tx.Add(0, "groups", "crew", object(s, "g"))
		_ = tx.Replace(ida, object(s, "b")) // joins the creation
		_ = tx.Replace(ida, object(s, "b"))
		return tx.Link(crew, "members", ida)
	})
	expect(t, journalled(s, 0), `
1 created 1 0.users "Ida" seed {"name":"b"}
2 created 2 0.groups "crew" seed {"name":"g"}
3 linked 1 2.members "Ida" seed {"name":"b"}`)

	at := s.Seq()
	must(t, s, func(tx *Tx) error {
		mail, _ = tx.Add(ida, "messages", "1", object(s, "m"))
		_ = tx.PutBlob(mail, "content", mustBlob("x"))
		_ = tx.Rekey(ida, "ida2")
		return tx.Detach(ida, 0, "deletedItems")
	})
	expect(t, journalled(s, at), `
1 created 3 1.messages "1" {"name":"m"}
2 updated 3 1.messages "1" content {"name":"m"}
3 updated 1 0.users "ida2" Ida {"name":"b"}
4 detached 1 0.users "ida2"
5 attached 1 0.deletedItems "ida2" {"name":"b"}`)

	at = s.Seq()
	must(t, s, func(tx *Tx) error { return tx.Delete(ida) })
	expect(t, journalled(s, at), `
1 deleted 3 1.messages "1"
2 unlinked 1 2.members "ida2"
3 deleted 1 0.deletedItems "ida2"
4 deleted 1 0.users "ida2"`)

	at = s.Seq()
	snap := New(Options{}).Snapshot()
	s.Restore(snap)
	expect(t, journalled(s, at), `1 reset 0 0. ""`)
	if _, ok := s.Scan().Since(at); ok {
		t.Error("a change number from before a Restore is accepted")
	}
}

func mustBlob(text string) *Blob {
	b, err := ReadBlob("text/plain", strings.NewReader(text), 1<<20)
	if err != nil {
		panic(err)
	}
	return b
}

// A link is a change of the collection it starts, and of no entity's etag; what a
// transaction sees of the past ends with its own changes.
func TestSince(t *testing.T) {
	s := New(Options{Seed: 1})
	var ida, crew Ref
	must(t, s, func(tx *Tx) error {
		ida, _ = tx.Add(0, "users", "ida", object(s, "a"))
		crew, _ = tx.Add(0, "groups", "crew", object(s, "g"))
		return nil
	})
	since := func(tx *Tx, at int64) string {
		var list []string
		changes, ok := tx.Since(at)
		if !ok {
			return "unknown"
		}
		for c := range changes {
			list = append(list, fmt.Sprintf("%v %d %d.%s %s", c.Kind, c.Ref, c.From, c.Nav, c.Key))
		}
		return strings.Join(list, ", ")
	}
	at := s.Seq()
	etag, _ := s.Scan().Get(crew)
	old := s.Scan()
	must(t, s, func(tx *Tx) error {
		if err := tx.Link(crew, "members", ida); err != nil {
			return err
		}
		expect(t, since(tx, at), "linked 1 2.members ida")
		return nil
	})
	if now, _ := s.Scan().Get(crew); now.Seq != etag.Seq {
		t.Error("a link changes the etag")
	}
	must(t, s, func(tx *Tx) error { return tx.Detach(ida, 0, "bin") })
	expect(t, since(s.Scan(), at), "linked 1 2.members ida, detached 1 0.users ida, attached 1 0.bin ida")
	expect(t, since(old, at)+since(old, at+1), "unknown") // it knows nothing of what came later
	at = s.Seq()
	must(t, s, func(tx *Tx) error { return tx.Delete(ida) })
	expect(t, since(s.Scan(), at), "unlinked 1 2.members ida, deleted 1 0.bin ida, deleted 1 0.users ida")
	s.View(func(tx *Tx) error { expect(t, since(tx, s.state.seq-1), "deleted 1 0.users ida"); return nil })
}

func TestJournalBounds(t *testing.T) {
	s := New(Options{Seed: 1, JournalEntries: 100})
	for i := range 1000 {
		must(t, s, func(tx *Tx) error {
			r, err := tx.Add(0, "users", fmt.Sprint(i), object(s, "a"))
			if i%3 == 0 {
				return tx.Delete(r)
			}
			return err
		})
	}
	n := len(slices.Collect(s.Changes(0)))
	if n < 100 || n > 130 || s.Oldest() != s.Seq()-int64(n)+1 {
		t.Errorf("the journal has %d entries from %d, the store is at %d", n, s.Oldest(), s.Seq())
	}
	if _, ok := s.Scan().Since(s.Oldest() - 2); ok {
		t.Error("a change number older than the journal is accepted")
	}
	s = New(Options{Seed: 1, JournalBytes: 100_000})
	big := object(s, strings.Repeat("x", 20_000))
	for i := range 50 {
		must(t, s, func(tx *Tx) error { _, err := tx.Add(0, "users", fmt.Sprint(i), big); return err })
	}
	if n := len(slices.Collect(s.Changes(0))); n > 6 || n == 0 {
		t.Errorf("%d entries of 20 kB within 100 kB", n)
	}
}

func TestUpdateEnds(t *testing.T) {
	s := New(Options{Seed: 1})
	first := func() (id string) {
		_ = s.Update(func(tx *Tx) error { id = tx.NewGUID(); tx.Rand().IntN(6); return errStop })
		return id
	}
	id := first()
	if id != first() || len(id) != 36 || id[14] != '4' {
		t.Errorf("a roll-back changes the dice: %s", id)
	}
	func() {
		defer func() {
			if recover() != "mine" {
				t.Error("the panic is lost")
			}
		}()
		_ = s.Update(func(tx *Tx) error {
			tx.NewGUID()
			_, _ = tx.Add(0, "users", "a", object(s, "a"))
			panic("mine")
		})
	}()
	if id != first() || s.Scan().Count(0, "users") != 0 || s.Seq() != 0 {
		t.Error("a panic leaves traces")
	}
	var kept *Tx
	_ = s.View(func(tx *Tx) error { kept = tx; return nil })
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a Tx works after its end")
			}
		}()
		kept.Get(1)
	}()
}

func TestNested(t *testing.T) {
	s := New(Options{Seed: 1})
	nothing := func(*Tx) error { return nil }
	must(t, s, func(tx *Tx) error {
		r, _ := tx.Add(0, "users", "a", object(s, "a"))
		for name, err := range map[string]error{"Store.Update": s.Update(nothing), "Store.View": s.View(nothing), "Tx.Update": tx.Update(nothing)} {
			if !errors.Is(err, ErrNested) {
				t.Errorf("%s in Update gives %v", name, err)
			}
		}
		return tx.View(func(tx *Tx) error {
			if _, ok := tx.Get(r); !ok {
				t.Error("View in Update does not see the transaction")
			}
			return nil
		})
	})
	_ = s.View(func(tx *Tx) error {
		if err := s.Update(nothing); !errors.Is(err, ErrNested) {
			t.Errorf("Update in View gives %v", err)
		}
		if _, err := tx.Add(0, "users", "b", object(s, "b")); !errors.Is(err, ErrReadOnly) {
			t.Errorf("Add in View gives %v", err)
		}
		return nil
	})
}

func TestKeys(t *testing.T) {
	s := New(Options{Seed: 1})
	must(t, s, func(tx *Tx) error {
		a, _ := tx.Add(0, "users", "Ida@Northgale.example", object(s, "a"))
		if _, err := tx.Add(0, "users", "ida@northgale.example", object(s, "b")); !errors.Is(err, ErrExists) {
			t.Errorf("a key that differs by case gives %v", err)
		}
		if r, ok := tx.Find(0, "users", "IDA@northgale.example"); !ok || r != a {
			t.Error("a key is not folded")
		}
		x, _ := tx.AddExact(a, "messages", "AAMk1", object(s, "m"))
		y, err := tx.AddExact(a, "messages", "aamk1", object(s, "m"))
		if err != nil {
			t.Errorf("exact keys clash: %v", err)
		}
		for key, want := range map[string]Ref{"AAMk1": x, "aamk1": y, "AAMK1": 0} {
			if r, _ := tx.Find(a, "messages", key); r != want {
				t.Errorf("Find %s gives %d", key, r)
			}
		}
		return nil
	})
}

func TestBlob(t *testing.T) {
	text := strings.Repeat("0123456789", 20_000)
	b := mustBlob(text)
	sum := b.Append(mustBlob("end")).As("image/png")
	if got, err := io.ReadAll(sum.Reader()); err != nil || string(got) != text+"end" || sum.Len() != 200_003 || sum.MediaType() != "image/png" {
		t.Errorf("content comes back with %d bytes, %v", len(got), err)
	}
	p := make([]byte, 10)
	if n, err := sum.ReadAt(p, 65_530); n != 10 || err != nil || string(p) != text[65_530:65_540] {
		t.Errorf("across chunks: %q, %v", p[:n], err)
	}
	if n, err := sum.ReadAt(p, 199_998); string(p[:n]) != "89end" || !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %q, %v", p[:n], err)
	}
	for _, tt := range []struct {
		n, limit int
		err      error
	}{{65536, 65536, nil}, {65537, 65536, ErrBlobs}, {0, 0, nil}, {1, 0, ErrBlobs}, {131072, 131072, nil}} {
		got, err := ReadBlob("", strings.NewReader(text[:tt.n]), int64(tt.limit))
		if !errors.Is(err, tt.err) || err == nil && got.Len() != int64(tt.n) {
			t.Errorf("%d bytes within %d: %v", tt.n, tt.limit, err)
		}
	}
	s := New(Options{Seed: 1, BlobLimit: 10})
	must(t, s, func(tx *Tx) error {
		r, _ := tx.Add(0, "items", "a", object(s, "a"))
		for _, tt := range []struct {
			name, text string
			err        error
		}{{"a", "12345678", nil}, {"b", "123", ErrBlobs}, {"a", "1234567890", nil}, {"a", "1", nil}, {"b", "123456789", nil}} {
			if err := tx.PutBlob(r, tt.name, mustBlob(tt.text)); !errors.Is(err, tt.err) {
				t.Errorf("%s of %d: %v", tt.name, len(tt.text), err)
			}
		}
		return tx.Delete(r)
	})
	if s.state.blobBytes != 0 {
		t.Errorf("%d bytes stay", s.state.blobBytes)
	}
}

func TestWakeups(t *testing.T) {
	s := New(Options{Seed: 1})
	at := func(n int) time.Time { return time.Unix(int64(n), 0).UTC() }
	must(t, s, func(tx *Tx) error {
		r, _ := tx.Add(0, "users", "a", object(s, "a"))
		gone, _ := tx.Add(0, "users", "b", object(s, "b"))
		_ = tx.Wake(at(5), r, "expire", "s1")
		_ = tx.Wake(at(3), r, "expire", "s2")
		_ = tx.Wake(at(2), r, "expire", "s1") // moved
		_ = tx.Wake(at(1), gone, "expire", "")
		_ = tx.Wake(at(9), 0, "empty", "")
		_ = tx.Wake(at(4), 0, "stop", "")
		_ = tx.Wake(time.Time{}, 0, "stop", "")
		return tx.Delete(gone)
	})
	if next, ok := s.NextDue(); !ok || !next.Equal(at(2)) {
		t.Errorf("the next is due at %v", next)
	}
	var got []string
	must(t, s, func(tx *Tx) error {
		for w, ok := tx.TakeDue(at(8)); ok; w, ok = tx.TakeDue(at(8)) {
			got = append(got, strings.TrimSpace(fmt.Sprintln(w.At.Unix(), w.Ref, w.Do, w.Arg)))
		}
		return nil
	})
	expect(t, strings.Join(got, ", "), "2 1 expire s1, 3 1 expire s2")
	if len(s.Due(at(10))) != 1 {
		t.Errorf("left is %v", s.Due(at(10)))
	}
}

// TestRestoreRepeats: after a Restore the same requests give the same ids, but
// no Ref and no change number comes again.
func TestRestoreRepeats(t *testing.T) {
	s := New(Options{Seed: 1})
	snap := s.Snapshot()
	run := func() (id string, r Ref, seq int64) {
		must(t, s, func(tx *Tx) error {
			id = tx.NewGUID()
			r, _ = tx.Add(0, "users", id, object(s, "a"))
			return nil
		})
		return id, r, s.Seq()
	}
	id, r, seq := run()
	s.Restore(snap)
	again, r2, seq2 := run()
	if again != id || r2 <= r || seq2 <= seq {
		t.Errorf("%s %d %d, then %s %d %d", id, r, seq, again, r2, seq2)
	}
	if o := snap.Open(Options{Seed: 7}); o.Scan().Count(0, "users") != 0 {
		t.Error("a snapshot has changed")
	}
}

func TestDeepDelete(t *testing.T) {
	s := New(Options{Seed: 1})
	const depth = 50_000
	must(t, s, func(tx *Tx) error {
		r := Ref(0)
		for range depth {
			r, _ = tx.Add(r, "children", "c", object(s, "x"))
		}
		return nil
	})
	must(t, s, func(tx *Tx) error { return tx.Delete(1) })
	if stored(&s.state.entities) != 0 || s.state.edges.len() != 0 || s.state.keys.len() != 0 || s.state.heads.len() != 0 {
		t.Error("something is left")
	}
}

func TestMembersWhileWriting(t *testing.T) {
	s := New(Options{Seed: 1})
	must(t, s, func(tx *Tx) error {
		for i := range 300 {
			_, _ = tx.Add(0, "users", fmt.Sprint(i), object(s, "x"))
		}
		seen := 0
		for r := range tx.Members(0, "users", 0) {
			seen++
			_ = tx.Delete(r)
			if r%3 == 1 && r < 290 {
				_ = tx.Delete(r + 1) // not seen
			}
		}
		if seen != 300-97 || tx.Count(0, "users") != 0 {
			t.Errorf("%d seen, %d left", seen, tx.Count(0, "users"))
		}
		return nil
	})
}

func TestNext(t *testing.T) {
	s := New(Options{Seed: 1})
	next := s.Next()
	must(t, s, func(tx *Tx) error { tx.NewGUID(); return nil })
	select {
	case <-next:
		t.Error("a commit without a change is announced")
	default:
	}
	must(t, s, func(tx *Tx) error { _, err := tx.Add(0, "users", "a", object(s, "a")); return err })
	<-next
}

// An index holds the types that derive from its own, also those that only the opener
// of a snapshot knows; letters that differ by case alone are one.
func TestIndexOfBases(t *testing.T) {
	users := func(also string) func(string) []Index {
		return func(typ string) []Index {
			if typ == "user" || typ == also {
				return []Index{{"user", "name"}}
			}
			return nil
		}
	}
	o := Options{Seed: 1, Indexes: users("agent")}
	s := New(o)
	add := func(s *Store, typ, name string) (r Ref) {
		must(t, s, func(tx *Tx) (err error) {
			r, err = tx.Add(0, "users", tx.NewGUID(), s.Shapes().Object(typ, value.Members{{Name: "name", Value: value.String(name)}}))
			return err
		})
		return r
	}
	u, a, _ := add(s, "user", "Åsμ"), add(s, "agent", "åSµ"), add(s, "robot", "Åsµ")
	o.Indexes, o.Seed = users("robot"), 2
	again := s.Snapshot().Open(o)
	b := add(again, "robot", "ÅSΜ")
	for _, tt := range []struct {
		s    *Store
		want []Ref
	}{{s, []Ref{u, a}}, {again, []Ref{u, a, b}}} {
		must(t, tt.s, func(tx *Tx) error {
			if got := slices.Collect(tx.Lookup("user/name", "åsµ")); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			return nil
		})
	}
}

// A page that a copy shares is left as it is, and its own copy is written to in place.
func TestShelfCopiesPagesOnce(t *testing.T) {
	var s shelf
	s.set(1, &record{seq: 1})
	s.commit()
	shared := s.copy()
	before := *shared.pages[0]
	s.set(2, &record{seq: 2})
	own := s.pages[0]
	s.set(3, &record{seq: 3})
	if *shared.pages[0] != before || own == shared.pages[0] || s.pages[0] != own {
		t.Error("a shared page was written to, or an own one was copied again")
	}
}
