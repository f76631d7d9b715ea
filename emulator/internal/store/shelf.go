package store

// shelf holds the records by their Ref. Refs are given one after the other, so
// that a record is found by arithmetic: a sorted tree would cost a cache miss for
// each of its levels. Pages are copied when they are written to after a copy of the
// shelf was made. Nothing here locks: the store does.
type shelf struct {
	pages []*shelfPage
	owner *shelfOwner // pages that carry it may be written to
	own   bool        // and so may the list of pages
	undo  []shelved
}

const (
	shelfBits = 8
	shelfSize = 1 << shelfBits // records on a page: what the first write to it after a fork copies
)

type shelfPage struct {
	records [shelfSize]*record
	used    int
	owner   *shelfOwner
}

// shelfOwner tells two shelves apart; it must not be of size zero.
type shelfOwner struct{ _ byte }

// shelved is what a Ref had before; nil: nothing.
type shelved struct {
	ref Ref
	rec *record
}

// get returns nil when there is nothing.
func (s *shelf) get(r Ref) *record {
	if i := uint64(r) >> shelfBits; i < uint64(len(s.pages)) {
		if p := s.pages[i]; p != nil {
			return p.records[r%shelfSize]
		}
	}
	return nil
}

func (s *shelf) set(r Ref, rec *record) { s.undo = append(s.undo, shelved{r, s.put(r, rec)}) }

func (s *shelf) delete(r Ref) {
	if s.get(r) != nil {
		s.set(r, nil)
	}
}

// put returns what was there before. A page without a record is given up.
func (s *shelf) put(r Ref, rec *record) *record {
	p := s.page(int(r >> shelfBits))
	old := p.records[r%shelfSize]
	p.records[r%shelfSize] = rec
	switch {
	case old == nil && rec != nil:
		p.used++
	case old != nil && rec == nil:
		if p.used--; p.used == 0 {
			s.pages[r>>shelfBits] = nil
		}
	}
	return old
}

// page is the i-th page, ready to be written to.
func (s *shelf) page(i int) *shelfPage {
	if s.owner == nil {
		s.owner = new(shelfOwner)
	}
	if !s.own {
		s.pages, s.own = append(make([]*shelfPage, 0, len(s.pages)+len(s.pages)/4+1), s.pages...), true
	}
	for i >= len(s.pages) {
		s.pages = append(s.pages, nil)
	}
	p := s.pages[i]
	switch {
	case p == nil:
		p = &shelfPage{owner: s.owner}
	case p.owner == s.owner:
		return p
	default:
		c := *p
		c.owner = s.owner
		p = &c
	}
	s.pages[i] = p
	return p
}

// copy changes the shelf it copies from, too: it needs the write lock.
func (s *shelf) copy() shelf {
	s.owner, s.own = nil, false
	return shelf{pages: s.pages}
}

func (s *shelf) commit() {
	clear(s.undo) // old versions must not stay in memory for it
	if s.undo = s.undo[:0]; cap(s.undo) > keepUndo {
		s.undo = nil
	}
}

func (s *shelf) rollback() {
	for i := len(s.undo) - 1; i >= 0; i-- {
		s.put(s.undo[i].ref, s.undo[i].rec)
	}
	s.commit()
}
