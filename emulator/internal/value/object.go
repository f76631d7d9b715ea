package value

import "encoding/binary"

// Object is an entity's members in the form the store keeps: 24 bytes that point
// to a shape and to one string. The string starts with the offset of each value
// (two bytes each, four when the text is longer than 64 kB) and goes on with the
// canonical text of the members, without the braces. An Object is immutable;
// the zero Object has no type and no members.
type Object struct {
	shape *Shape
	data  string
}

const (
	wideText  = 1 << 16
	stackRoom = 1024 // what fits here is put together on the stack
)

// Object packs members of the named type, in the order given: who stores puts
// them in model order, so that shapes differ by which members there are and not
// by the caller's habits. It shares nothing with m.
func (s *Shapes) Object(typ string, m Members) Object {
	sh := s.of(typ, m)
	text := max(len(m)-1, 0)
	for i := range m {
		text += len(sh.keys[i]) + len(m[i].Value.orNull())
	}
	width := 2
	if text >= wideText {
		width = 4
	}
	var room [stackRoom]byte
	b := room[:0]
	if n := text + width*len(m); n > len(room) {
		b = make([]byte, 0, n)
	}
	b = b[:width*len(m)]
	for i := range m {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, sh.keys[i]...)
		at := len(b) - width*len(m)
		if width == 2 {
			binary.LittleEndian.PutUint16(b[2*i:], uint16(at))
		} else {
			binary.LittleEndian.PutUint32(b[4*i:], uint32(at))
		}
		b = append(b, m[i].Value.orNull()...)
	}
	return Object{shape: sh, data: string(b)}
}

// Type returns the name of the entity's type.
func (o Object) Type() string {
	if o.shape == nil {
		return ""
	}
	return o.shape.typ
}

// Shape returns the list of names, nil for the zero Object.
func (o Object) Shape() *Shape { return o.shape }

// Len returns the number of members.
func (o Object) Len() int {
	if o.shape == nil {
		return 0
	}
	return len(o.shape.names)
}

// Size returns the bytes the object holds.
func (o Object) Size() int { return len(o.data) }

// head returns the length of the offsets. Two bytes each leave less than 64 kB
// of text and four bytes leave at least that, so the length alone tells.
func (o Object) head() int {
	n := len(o.shape.names)
	if len(o.data)-2*n < wideText {
		return 2 * n
	}
	return 4 * n
}

// start returns where, in data, value i starts.
func (o Object) start(i, head int) int {
	d := o.data
	if head == 2*len(o.shape.names) {
		return head + int(d[2*i]) + int(d[2*i+1])<<8
	}
	return head + int(d[4*i]) + int(d[4*i+1])<<8 + int(d[4*i+2])<<16 + int(d[4*i+3])<<24
}

// At returns the value in a slot of the object's shape.
func (o Object) At(slot int) Raw {
	head := o.head()
	return Raw(o.data[o.start(slot, head):o.end(slot, head)])
}

// Tail returns the text of the object from the value in a slot on: what a comparison
// needs that knows by itself where a value ends.
func (o Object) Tail(slot int) string { return o.data[o.start(slot, o.head()):] }

// end is where the next member's comma and name begin.
func (o Object) end(i, head int) int {
	if i+1 == len(o.shape.names) {
		return len(o.data)
	}
	return o.start(i+1, head) - len(o.shape.keys[i+1]) - 1
}

// Get returns the value of the member with exactly this name.
func (o Object) Get(name string) (Raw, bool) {
	i := o.shape.Slot(name)
	if i < 0 {
		return "", false
	}
	return o.At(i), true
}

// Bool reports whether a member is true; false when it is absent, null or no Boolean.
func (o Object) Bool(name string) bool {
	v, _ := o.Get(name)
	return v == "true"
}

// Members takes the object apart; the values share its memory.
func (o Object) Members() Members {
	if o.shape == nil {
		return nil
	}
	m := make(Members, len(o.shape.names), len(o.shape.names)+2)
	for i, name := range o.shape.names {
		m[i] = Member{Name: name, Value: o.At(i)}
	}
	return m
}

// Equal reports whether two objects have the same type, names and bytes.
func (o Object) Equal(p Object) bool {
	if o.shape == p.shape {
		return o.data == p.data
	}
	if o.Type() != p.Type() || o.data != p.data || o.Len() != p.Len() {
		return false
	}
	for i, k := range o.shape.keys {
		if k != p.shape.keys[i] {
			return false
		}
	}
	return true
}

// AppendTo appends all members without braces: "a":1,"b":2.
func (o Object) AppendTo(dst []byte) []byte {
	if o.shape == nil {
		return dst
	}
	return append(dst, o.data[o.head():]...)
}

// AppendRun appends the members of neighbouring slots, both ends included, without braces.
func (o Object) AppendRun(dst []byte, from, to int) []byte {
	head := o.head()
	return append(dst, o.data[o.start(from, head)-len(o.shape.keys[from]):o.end(to, head)]...)
}

// AppendSelected appends the named members, without braces, in the order of
// names; what the object lacks is left out.
func (o Object) AppendSelected(dst []byte, names ...string) []byte {
	if o.shape == nil {
		return dst
	}
	head, first := o.head(), true
	for _, name := range names {
		i := o.shape.Slot(name)
		if i < 0 {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		from := o.start(i, head) - len(o.shape.keys[i])
		dst = append(dst, o.data[from:o.end(i, head)]...)
	}
	return dst
}

// Raw returns the object with its braces.
func (o Object) Raw() Raw {
	b := make([]byte, 0, len(o.data)+2)
	return Raw(append(o.AppendTo(append(b, '{')), '}'))
}
