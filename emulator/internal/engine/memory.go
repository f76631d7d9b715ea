package engine

import (
	"iter"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// hidden is what the navigations begin with that hold a workload's own records. No
// model has one, so no path leads there and no export shows them.
const hidden = "$"

// Remember implements workload.System.
func (x *exchange) Remember(c *workload.Call, n *workload.Node, what, key string, record value.Members) error {
	if err := x.keep(c, n); err != nil {
		return err
	}
	ref, ok := c.Tx.Find(n.Ref, hidden+what, key)
	switch {
	case ok && record == nil:
		return c.Tx.Delete(ref)
	case record == nil:
		return nil
	}
	object := x.e.shapes.Object(hidden+what, record)
	if ok {
		return c.Tx.Replace(ref, object)
	}
	_, err := c.Tx.Add(n.Ref, hidden+what, key, object)
	return err
}

// Remembered implements workload.System.
func (x *exchange) Remembered(c *workload.Call, n *workload.Node, what string) iter.Seq2[string, value.Object] {
	return func(yield func(string, value.Object) bool) {
		if n.Ref == workload.NoRef {
			return
		}
		for ref := range c.Tx.Members(n.Ref, hidden+what, 0) {
			ent, _ := c.Tx.Get(ref)
			if _, _, key, ok := c.Tx.Owner(ref); ok && !yield(key, ent.Object) {
				return
			}
		}
	}
}
