package store

import (
	"reflect"
	"testing"
)

// Code that gets a Reader cannot write: it has no method of its own that does.
func TestReaderCannotWrite(t *testing.T) {
	writes := []string{"Add", "AddExact", "Attach", "Delete", "Detach", "Link", "Move", "PutBlob", "Rekey", "Replace", "SetOne", "Tag", "TakeDue", "Unlink", "Update", "View", "Wake"}
	reader, tx := reflect.TypeFor[*Reader](), reflect.TypeFor[*Tx]()
	for _, name := range writes {
		if _, ok := reader.MethodByName(name); ok {
			t.Errorf("a Reader has %s", name)
		}
		if _, ok := tx.MethodByName(name); !ok {
			t.Errorf("a Tx has no %s: take it from this list", name)
		}
	}
	if all := tx.NumMethod(); all != reader.NumMethod()+len(writes) {
		t.Errorf("a Tx has %d methods, a Reader %d and this list %d: enter the new one where it belongs", all, reader.NumMethod(), len(writes))
	}
}
