package store

import (
	"errors"
	"io"
	"sort"
	"strings"
)

// Blob is file content: immutable chunks, shared by snapshots, forks and the
// blobs made from it. It lies beside the heap and is read before the
// transaction opens.
type Blob struct {
	media  string
	chunks [][]byte
	ends   []int64 // of each chunk, from the start
}

const chunkBytes = 64 << 10

// ReadBlob reads content up to limit bytes; beyond it returns ErrBlobs, and
// nothing more is read.
func ReadBlob(mediaType string, r io.Reader, limit int64) (*Blob, error) {
	b := &Blob{media: strings.Clone(mediaType)}
	for {
		chunk := make([]byte, min(chunkBytes, max(limit-b.Len()+1, 1)))
		n, err := io.ReadFull(r, chunk)
		if b.Len()+int64(n) > limit {
			return nil, ErrBlobs
		}
		if n > 0 {
			if n < len(chunk) { // the last one, cut to size
				chunk = append(make([]byte, 0, n), chunk[:n]...)
			}
			b.push(chunk)
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return b, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func (b *Blob) push(chunk []byte) {
	b.ends = append(b.ends, b.Len()+int64(len(chunk)))
	b.chunks = append(b.chunks, chunk)
}

// Append returns a blob with the content of both, as an upload in parts needs
// it. It copies no content, and has the media type of b.
func (b *Blob) Append(more *Blob) *Blob {
	sum := &Blob{media: b.media}
	for _, part := range [...]*Blob{b, more} {
		for _, c := range part.chunks {
			sum.push(c)
		}
	}
	return sum
}

// As returns the same content under another media type.
func (b *Blob) As(mediaType string) *Blob {
	c := *b
	c.media = strings.Clone(mediaType)
	return &c
}

// MediaType returns what the content was given as.
func (b *Blob) MediaType() string { return b.media }

// Len returns the number of bytes.
func (b *Blob) Len() int64 {
	if len(b.ends) == 0 {
		return 0
	}
	return b.ends[len(b.ends)-1]
}

// ReadAt implements io.ReaderAt.
func (b *Blob) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errors.New("store: negative offset")
	}
	n := 0
	for i := sort.Search(len(b.ends), func(i int) bool { return b.ends[i] > off }); i < len(b.chunks) && n < len(p); i++ {
		start := b.ends[i] - int64(len(b.chunks[i]))
		n += copy(p[n:], b.chunks[i][off+int64(n)-start:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Reader returns a reader of the whole content that can seek.
func (b *Blob) Reader() *io.SectionReader { return io.NewSectionReader(b, 0, b.Len()) }

type blobItem struct {
	ref  Ref
	name string
	blob *Blob
	seq  int64
}

func lessBlob(a, b blobItem) bool {
	if a.ref != b.ref {
		return a.ref < b.ref
	}
	return a.name < b.name
}

// PutBlob gives an entity content under a name ("content", "photo"), nil takes
// it away. The entity counts as updated. It returns ErrNotFound, and ErrBlobs
// beyond Options.BlobLimit, which counts the content of all entities together.
func (tx *Tx) PutBlob(r Ref, name string, b *Blob) error {
	old, err := tx.present(r)
	if err != nil {
		return err
	}
	st := tx.st
	item := blobItem{ref: r, name: name}
	was, had := st.blobs.get(item)
	size := st.blobBytes
	if had {
		size -= was.blob.Len()
	}
	if b != nil {
		if size += b.Len(); size > tx.w.blobLimit {
			return ErrBlobs
		}
	} else if !had {
		return nil
	}
	rec := *old
	name = strings.Clone(name)
	tx.revise(r, old, &rec, note{part: name})
	st.blobBytes = size
	if had {
		st.replaced += was.blob.Len()
	}
	if b == nil {
		st.blobs.delete(item)
	} else {
		st.blobs.set(blobItem{ref: r, name: name, blob: b, seq: st.seq})
	}
	return nil
}

// Blob returns the content of an entity under a name, and the change that put
// it there. False when there is none.
func (tx *Reader) Blob(r Ref, name string) (b *Blob, seq int64, ok bool) {
	it, ok := tx.st.blobs.get(blobItem{ref: r, name: name})
	return it.blob, it.seq, ok
}

// Blobs returns the names under which an entity has content, sorted.
func (tx *Reader) Blobs(r Ref) []string {
	var names []string
	tx.st.blobs.from(blobItem{ref: r}, func(it blobItem) bool {
		if it.ref == r {
			names = append(names, it.name)
		}
		return it.ref == r
	})
	return names
}

func (st *state) dropBlobs(r Ref) {
	var list []blobItem
	st.blobs.from(blobItem{ref: r}, func(it blobItem) bool {
		if it.ref == r {
			list = append(list, it)
		}
		return it.ref == r
	})
	for _, it := range list {
		st.blobs.delete(it)
		st.blobBytes -= it.blob.Len()
		st.replaced += it.blob.Len()
	}
}
