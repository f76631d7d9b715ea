package wire

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// expanded appends a navigation inside its owner, with what was asked of its members.
func (x *exchange) expanded(dst []byte, e *workload.Expanded) []byte {
	name := string(value.AppendString(nil, e.By.Name))
	bare := name[1 : len(name)-1]
	if e.Count >= 0 {
		dst = append(append(append(dst, '"'), bare...), `@odata.count":`...)
		dst = append(x.appendCount(dst, e.Count), ',')
	}
	if e.By.CountOnly {
		return dst
	}
	dst = append(append(dst, name...), ':')
	if e.One != nil {
		dst = append(dst, '{')
		return append(trimComma(x.inner(dst, e.One, e)), "},"...)
	}
	dst = append(dst, '[')
	for i := range e.List {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '{')
		dst = append(trimComma(x.inner(dst, &e.List[i], e)), '}')
	}
	return append(dst, "],"...)
}

// inner appends the members of an entity inside another.
func (x *exchange) inner(dst []byte, e *workload.Entity, by *workload.Expanded) []byte {
	if by.By.Ref {
		dst = append(dst, `"@odata.id":`...)
		return append(value.AppendString(dst, x.reference(&e.Node)), ',')
	}
	return x.entity(dst, e, by.By.Type, by.By.Select)
}
