package learn

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// Omit leaves out what stands in a place of the files, with a note: a member, a link, an
// entity with all below it. The place is told by the names of members and the indexes of
// elements, from the navigation of the service root on. It reports false where nothing is.
func (l *Learner) Omit(place []string, reason string) bool {
	n := l.root
	for len(place) > 0 {
		i := slices.IndexFunc(n.below, func(b *below) bool { return b.nav.Name == place[0] })
		if i < 0 {
			return n.omit(l, place[0], reason)
		}
		b := n.below[i]
		place = place[1:]
		at := len(b.written) - 1
		if b.nav.Type.Many && len(place) > 0 {
			var err error
			if at, err = strconv.Atoi(place[0]); err != nil {
				return false
			}
			place = place[1:]
		}
		switch {
		case at < 0 || at >= len(b.written):
			return false
		case b.written[at].link:
			to := b.written[at].node
			b.unlink(to)
			l.note(cmp.Or(n.from, to.from), "the link of "+n.called()+" to "+to.called()+" in "+b.nav.Name, reason)
			return true
		}
		n = b.written[at].node
	}
	n.left = true
	l.note(n.from, n.called(), reason)
	return n != l.root
}

// omit leaves out a member; without some, the entity is none or another one.
func (n *node) omit(l *Learner, name, reason string) bool {
	if i := slices.IndexFunc(n.streams, func(s stream) bool { return s.name == name }); i >= 0 {
		n.streams = slices.Delete(n.streams, i, i+1)
		l.note(n.from, name+" of "+n.called(), reason)
		return true
	}
	_, there := n.members.Get(name)
	if !there || name == "id" || n.owner == nil {
		n.left = true
		l.note(n.from, n.called(), reason)
		return n.owner != nil
	}
	called := n.called()
	n.members = slices.DeleteFunc(n.members, func(m value.Member) bool { return m.Name == name })
	l.note(cmp.Or(n.by[name], n.from), name+" of "+called, reason)
	return true
}

func (l *Learner) note(from Note, what, reason string) {
	from.Reason = what + " is left out: " + reason
	l.notes = append(l.notes, from)
}

// called names a node for a note.
func (n *node) called() string {
	for _, name := range [...]string{"userPrincipalName", "displayName", "name", "subject"} {
		if text := n.text(name); text != "" {
			return strings.TrimSuffix(n.typ.Short()+" "+quoted(text)+" ("+n.id()+")", " ()")
		}
	}
	return n.typ.Short() + " " + quoted(n.id())
}

// domains adds those that users sign in with, and that no answer has told: only a
// verified one can stand there.
func (l *Learner) domains() {
	m := l.models[0].Model
	users, ok := m.Root().Navigation("users")
	set, there := m.Root().Navigation("domains")
	if !ok || !there {
		return
	}
	known := map[string]bool{}
	for _, b := range l.root.below {
		for _, n := range b.nodes {
			switch b.nav.Name {
			case "organization":
				list, _ := n.members.Get("verifiedDomains")
				for el := range list.Elements() {
					known[strings.ToLower(el.Members().Text("name"))] = true
				}
			case "domains":
				known[strings.ToLower(n.id())] = true
			}
		}
	}
	for _, n := range l.root.at(users).nodes {
		upn := n.text("userPrincipalName")
		if upn == "" {
			upn = n.id()
		}
		_, domain, ok := strings.Cut(upn, "@")
		if domain = strings.ToLower(domain); !ok || !strings.Contains(domain, ".") || known[domain] || !n.told() {
			continue
		}
		known[domain] = true
		d := l.root.member(set, domain)
		d.seen, d.from = true, n.from
		d.members.Set("id", value.String(domain))
		d.members.Set("isVerified", "true")
	}
}
