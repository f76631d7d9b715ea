package store

import (
	"iter"
	"time"
)

// Since walks the changes behind number since, those of the open transaction
// included. It reports false when the journal no longer reaches back that far, or a
// Restore lies between: what happened meanwhile cannot be known then.
//
// The walk costs as many steps as there are changes, whatever is stored. It is the
// only source of delta queries, so that nothing has to be kept for them: how long a
// client may stay away is how long the journal is.
func (tx *Reader) Since(since int64) (iter.Seq[Change], bool) {
	st := tx.st
	if since < st.oldest-1 || since < st.reset || since > st.seq {
		return nil, false
	}
	past := tx.past.since(since, st.navs)
	if tx.w == nil || len(tx.w.changes) == 0 {
		return past, true
	}
	return func(yield func(Change) bool) {
		for c := range past {
			if !yield(c) {
				return
			}
		}
		for i := 0; i < len(tx.w.changes); i++ {
			if !yield(tx.w.changes[i].change(st.navs)) {
				return
			}
		}
	}, true
}

// SeqBefore returns the number of the last committed change before a time, for Since to
// begin with. It reports false when the journal does not reach back to that time.
func (tx *Reader) SeqBefore(at time.Time) (seq int64, ok bool) {
	st := tx.st
	seq = tx.past.before(at.UnixNano(), st.oldest-1)
	return seq, seq >= st.reset && (seq >= st.oldest || st.oldest <= 1)
}
