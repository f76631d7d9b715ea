package store

import (
	"iter"
	"slices"
	"sort"
)

const chunkEntries = 256

// journal is a list of changes in chunks. What has been written into a chunk is
// never changed, so readers and forks share it by copying slice headers. The
// last chunk is appended to in place; a fork closes its view of it when it first
// writes, and starts one of its own.
type journal struct {
	sealed  [][]entry
	sizes   []int // bytes of each sealed chunk
	open    []entry
	size    int // bytes of open
	entries int // of all sealed
	bytes   int
	forked  bool // the room behind open belongs to another journal
}

// add appends changes and drops the oldest chunks beyond the limits. The chunk in
// use is never dropped.
func (j *journal) add(list []entry, entries, bytes int) {
	chunk := min(chunkEntries, max(entries/8, 1))
	for i := range list {
		if len(j.open) >= chunk || j.size > bytes/8 || j.forked {
			j.seal()
			j.forked = false
		}
		j.open = append(j.open, list[i])
		j.size += list[i].size()
	}
	if j.entries+len(j.open) > entries+chunk || j.bytes+j.size > bytes {
		j.drop(entries, bytes)
	}
}

// drop lets go of old chunks. It is called when the journal is a chunk too long,
// so that a fork of a full journal does not pay for it at its first write.
func (j *journal) drop(entries, bytes int) {
	drop := 0
	for drop < len(j.sealed) && (j.entries+len(j.open) > entries || j.bytes+j.size > bytes) {
		j.entries -= len(j.sealed[drop])
		j.bytes -= j.sizes[drop]
		drop++
	}
	if drop > 0 { // a new list: readers hold the old one, which must not pin chunks here
		j.sealed = slices.Clone(j.sealed[drop:])
		j.sizes = slices.Clone(j.sizes[drop:])
	}
}

func (j *journal) seal() {
	if len(j.open) == 0 {
		return
	}
	j.sealed = append(j.sealed, j.open)
	j.sizes = append(j.sizes, j.size)
	j.entries += len(j.open)
	j.bytes += j.size
	j.open, j.size = nil, 0
}

// fork returns a journal with the same past.
func (j *journal) fork() journal {
	c := *j
	c.sealed = slices.Clip(j.sealed)
	c.sizes = slices.Clip(j.sizes)
	c.open = slices.Clip(j.open)
	c.forked = true
	return c
}

// oldest returns the number of the first change kept, next when there is none.
func (j *journal) oldest(next int64) int64 {
	if len(j.sealed) > 0 {
		return j.sealed[0][0].seq
	}
	if len(j.open) > 0 {
		return j.open[0].seq
	}
	return next
}

// before returns the number of the last change before a time, otherwise when it has none. The
// clock of a store does not go back.
func (j *journal) before(at, otherwise int64) int64 {
	chunks := append(j.sealed[:len(j.sealed):len(j.sealed)], j.open)
	i := sort.Search(len(chunks), func(i int) bool { return len(chunks[i]) == 0 || chunks[i][0].at >= at })
	if i == 0 {
		return otherwise
	}
	chunk := chunks[i-1]
	return chunk[sort.Search(len(chunk), func(i int) bool { return chunk[i].at >= at })-1].seq
}

// since walks the changes behind a number. It works on the headers it was called
// with: what is added later is not seen, what is dropped later still is.
func (j *journal) since(seq int64, n *navs) iter.Seq[Change] {
	sealed, open := j.sealed, j.open
	return func(yield func(Change) bool) {
		first := sort.Search(len(sealed), func(i int) bool {
			return sealed[i][len(sealed[i])-1].seq > seq
		})
		for _, chunk := range append(sealed[first:len(sealed):len(sealed)], open) {
			for i := range chunk {
				if chunk[i].seq > seq && !yield(chunk[i].change(n)) {
					return
				}
			}
		}
	}
}
