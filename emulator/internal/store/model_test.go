package store

import (
	"maps"
	"slices"
	"strings"
)

// model is the store as plain maps and loops: what the simulation believes.
type model struct {
	entities map[Ref]modelEntity
	links    map[Link]bool // hidden ones too
	blobs    map[Ref]string
	wakes    map[timerName]int64
}

type modelEntity struct {
	from     Ref
	nav, key string
	exact    bool
	text     string
	detached bool
	was      Link // From, Nav of where it was detached
}

type timerName struct {
	ref Ref
	do  string
}

func newModel() *model {
	return &model{entities: map[Ref]modelEntity{}, links: map[Link]bool{}, blobs: map[Ref]string{}, wakes: map[timerName]int64{}}
}

func (m *model) clone() *model {
	return &model{entities: maps.Clone(m.entities), links: maps.Clone(m.links), blobs: maps.Clone(m.blobs), wakes: maps.Clone(m.wakes)}
}

func (m *model) refs() []Ref { return slices.Sorted(maps.Keys(m.entities)) }

func (m *model) exists(r Ref) bool {
	_, ok := m.entities[r]
	return ok || r == 0
}

func (m *model) isDetached(r Ref) bool {
	for ; r != 0; r = m.entities[r].from {
		if m.entities[r].detached {
			return true
		}
	}
	return false
}

func (m *model) visible(l Link) bool {
	return m.links[l] && !m.isDetached(l.From) && !m.isDetached(l.To)
}

func (m *model) members(from Ref, nav string) []Ref {
	var list []Ref
	for r, e := range m.entities {
		if e.from == from && e.nav == nav || m.visible(Link{from, nav, r}) {
			list = append(list, r)
		}
	}
	slices.Sort(list)
	return list
}

func (m *model) find(from Ref, nav, key string) Ref {
	var loose Ref
	for _, r := range m.members(from, nav) {
		e := m.entities[r]
		switch {
		case e.key == key && (e.exact || loose != 0):
			return r
		case !e.exact && strings.EqualFold(e.key, key) && loose == 0:
			loose = r
		}
	}
	return loose
}

func (m *model) taken(from Ref, nav, key string, exact bool, self Ref) bool {
	for _, r := range m.members(from, nav) {
		e := m.entities[r]
		if r == self || !strings.EqualFold(e.key, key) {
			continue
		}
		if !(exact && e.exact && e.key != key) {
			return true
		}
	}
	return false
}

func (m *model) add(r, from Ref, nav, key, text string, exact bool) error {
	switch {
	case !m.exists(from):
		return ErrNotFound
	case m.taken(from, nav, key, exact, 0):
		return ErrExists
	}
	m.entities[r] = modelEntity{from: from, nav: nav, key: key, text: text, exact: exact}
	return nil
}

func (m *model) replace(r Ref, text string) error {
	e, ok := m.entities[r]
	if !ok {
		return ErrNotFound
	}
	e.text = text
	m.entities[r] = e
	return nil
}

func (m *model) rekey(r Ref, key string) error {
	e, ok := m.entities[r]
	switch {
	case !ok:
		return ErrNotFound
	case e.key == key:
		return nil
	case m.taken(e.from, e.nav, key, e.exact, r):
		return ErrExists
	}
	e.key = key
	m.entities[r] = e
	return nil
}

func (m *model) delete(r Ref) error {
	if _, ok := m.entities[r]; !ok {
		return ErrNotFound
	}
	for c, e := range m.entities {
		if e.from == r && m.exists(c) {
			_ = m.delete(c)
		}
	}
	for l := range m.links {
		if l.From == r || l.To == r {
			delete(m.links, l)
		}
	}
	for t := range m.wakes {
		if t.ref == r {
			delete(m.wakes, t)
		}
	}
	delete(m.entities, r)
	delete(m.blobs, r)
	return nil
}

func (m *model) move(r, from Ref, nav, key string) error {
	e, ok := m.entities[r]
	switch {
	case !ok, !m.exists(from):
		return ErrNotFound
	}
	for up := from; up != 0; up = m.entities[up].from {
		if up == r {
			return ErrCycle
		}
	}
	switch {
	case m.visible(Link{from, nav, r}):
		return ErrLinked
	case m.hiddenLink(Link{from, nav, r}):
		return ErrLinked
	case m.taken(from, nav, key, e.exact, r):
		return ErrExists
	}
	e.from, e.nav, e.key = from, nav, key
	m.entities[r] = e
	return nil
}

func (m *model) hiddenLink(l Link) bool { return m.links[l] }

func (m *model) detach(r, to Ref, nav string) error {
	e, ok := m.entities[r]
	switch {
	case !ok:
		return ErrNotFound
	case e.detached:
		return ErrDetached
	}
	if err := m.move(r, to, nav, e.key); err != nil {
		return err
	}
	was := Link{From: e.from, Nav: e.nav}
	e = m.entities[r]
	e.detached, e.was = true, was
	m.entities[r] = e
	return nil
}

func (m *model) attach(r Ref) error {
	e, ok := m.entities[r]
	switch {
	case !ok:
		return ErrNotFound
	case !e.detached:
		return ErrAttached
	}
	if err := m.move(r, e.was.From, e.was.Nav, e.key); err != nil {
		return err
	}
	e = m.entities[r]
	e.detached = false
	m.entities[r] = e
	return nil
}

func (m *model) link(from Ref, nav string, to Ref) error {
	e, ok := m.entities[to]
	switch {
	case !ok, !m.exists(from):
		return ErrNotFound
	case m.isDetached(from), m.isDetached(to):
		return ErrDetached
	case m.links[Link{from, nav, to}], e.from == from && e.nav == nav:
		return ErrLinked
	}
	m.links[Link{from, nav, to}] = true
	return nil
}

func (m *model) unlink(from Ref, nav string, to Ref) error {
	if !m.visible(Link{from, nav, to}) {
		return ErrNoLink
	}
	delete(m.links, Link{from, nav, to})
	return nil
}
