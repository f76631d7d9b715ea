package value

// Builder collects members whose names may repeat. The time for n members is proportional
// to n, where that of Members.Set is to its square.
type Builder struct {
	members Members
	at      index
}

// NewBuilder returns a builder with room for n members.
func NewBuilder(n int) Builder { return Builder{members: make(Members, 0, n)} }

// Set adds a member, or replaces the value of the one with its name.
func (b *Builder) Set(name string, v Raw) {
	if i := b.at.of(b.members, name); i >= 0 {
		b.members[i].Value = v
		return
	}
	b.members = append(b.members, Member{name, v})
	b.at.added(b.members)
}

// Members returns what was set, in the order of the first Set of each name.
func (b *Builder) Members() Members { return b.members }

// index finds members by name: short lists are searched, longer ones are hashed. The zero
// value is that of an empty list.
type index map[string]int

func (x *index) of(m Members, name string) int {
	if len(m) <= manyNames {
		return m.index(name)
	}
	if *x == nil {
		*x = make(index, 2*len(m))
		for i := range m {
			(*x)[m[i].Name] = i
		}
	}
	if i, ok := (*x)[name]; ok {
		return i
	}
	return -1
}

// added tells the index of the last member of a list.
func (x index) added(m Members) {
	if x != nil {
		x[m[len(m)-1].Name] = len(m) - 1
	}
}
