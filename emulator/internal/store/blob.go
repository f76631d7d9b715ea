package store

import (
	"bytes"
	"errors"
	"io"
	"os"
	"runtime"
	"sort"
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/quickxor"
)

// Blob is file content: immutable parts, shared by snapshots, forks and the blobs made
// from it. It lies beside the heap, in memory or in files of a Contents, and is read
// before the transaction opens.
type Blob struct {
	media string
	parts []part
	ends  []int64   // of each part, from the start
	home  *Contents // where more of it may go; nil: it stays in memory
	sum   *sum
}

// part is some of the content, in memory or in a file.
type part struct {
	chunk []byte
	file  *file // nil: it is chunk
}

func (p part) len() int64 {
	if p.file != nil {
		return p.file.size
	}
	return int64(len(p.chunk))
}

// sum is the hash of a blob, made when it is first asked for.
type sum struct {
	once sync.Once
	text string
}

const chunkBytes = 64 << 10

var chunks = sync.Pool{New: func() any { return new([chunkBytes]byte) }}

// ReadBlob reads content into memory, up to limit bytes; beyond it returns ErrBlobs, and
// nothing more is read.
func ReadBlob(mediaType string, r io.Reader, limit int64) (*Blob, error) {
	return (*Contents)(nil).Read(mediaType, r, limit)
}

func newBlob(mediaType string, home *Contents, parts ...part) *Blob {
	b := &Blob{media: mediaType, home: home, sum: new(sum)}
	for _, p := range parts {
		b.push(p)
	}
	return b
}

func (b *Blob) push(p part) {
	b.ends = append(b.ends, b.Len()+p.len())
	b.parts = append(b.parts, p)
}

// Append returns a blob with the content of both, as an upload in parts needs it. It has
// the media type of b and copies no content, except what together is too large for memory
// and goes into a file. Where that cannot be written it stays in memory, within
// Options.BlobLimit.
func (b *Blob) Append(more *Blob) *Blob {
	whole := newBlob(b.media, b.home, b.parts...)
	if whole.home == nil {
		whole.home = more.home
	}
	for _, p := range more.parts {
		whole.push(p)
	}
	if whole.memory() > whole.home.Memory() {
		if parts, err := whole.home.keep(whole.parts); err == nil {
			return newBlob(whole.media, whole.home, parts...)
		}
	}
	return whole
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

// memory returns how many bytes of the content are in memory.
func (b *Blob) memory() (n int64) {
	for _, p := range b.parts {
		n += int64(len(p.chunk))
	}
	return n
}

// QuickXor returns the QuickXorHash of the content in base64 (B-14.25). No file is read
// for it.
func (b *Blob) QuickXor() string {
	b.sum.once.Do(func() {
		var h quickxor.Hash
		for _, p := range b.parts {
			if p.file != nil {
				h.Append(&p.file.hash)
			} else {
				h.Write(p.chunk)
			}
		}
		b.sum.text = h.Base64()
	})
	return b.sum.text
}

// part returns the part that the byte at off is in; the number of parts behind the end.
func (b *Blob) part(off int64) int {
	return sort.Search(len(b.ends), func(i int) bool { return b.ends[i] > off })
}

// ReadAt implements io.ReaderAt.
func (b *Blob) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errors.New("store: negative offset")
	}
	n := 0
	for i := b.part(off); i < len(b.parts) && n < len(p); i++ {
		at := off + int64(n) - (b.ends[i] - b.parts[i].len())
		got, err := b.parts[i].readAt(p[n:], at)
		if n += got; err != nil {
			return n, err
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// readAt reads what the part has from at on, which is less than p where it ends.
func (p part) readAt(to []byte, at int64) (int, error) {
	if p.file == nil {
		return copy(to, p.chunk[at:]), nil
	}
	to = to[:min(int64(len(to)), p.file.size-at)]
	f, err := os.Open(p.file.path)
	if err != nil {
		return 0, err
	}
	n, err := f.ReadAt(to, at)
	f.Close()
	runtime.KeepAlive(p.file)
	if n == len(to) {
		return n, nil
	}
	return n, errors.Join(io.ErrUnexpectedEOF, err)
}

// WriteRange writes n bytes of the content from off on; less where it ends. What lies in a
// file goes to w by io.Copy from an *os.File, which a network connection need not read.
func (b *Blob) WriteRange(w io.Writer, off, n int64) (written int64, err error) {
	for i := b.part(off); i < len(b.parts) && written < n && err == nil; i++ {
		at := off + written - (b.ends[i] - b.parts[i].len())
		var done int64
		done, err = b.parts[i].writeRange(w, at, min(n-written, b.parts[i].len()-at))
		written += done
	}
	return written, err
}

func (p part) writeRange(w io.Writer, at, n int64) (int64, error) {
	if p.file == nil {
		done, err := w.Write(p.chunk[at : at+n])
		return int64(done), err
	}
	defer runtime.KeepAlive(p.file)
	f, err := os.Open(p.file.path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if _, err := f.Seek(at, io.SeekStart); err != nil {
		return 0, err
	}
	return io.CopyN(w, f, n)
}

// Reader returns a reader of the whole content that can seek.
func (b *Blob) Reader() *io.SectionReader { return io.NewSectionReader(b, 0, b.Len()) }

// reader reads parts in memory, one after the other.
func reader(parts []part) io.Reader {
	list := make([]io.Reader, len(parts))
	for i, p := range parts {
		list[i] = bytes.NewReader(p.chunk)
	}
	return io.MultiReader(list...)
}

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
// beyond Options.BlobLimit, which counts the content of all entities together as far as it
// is in memory.
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
		size -= was.blob.memory()
	}
	if b != nil {
		if size += b.memory(); size > tx.w.blobLimit {
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
		st.replaced += was.blob.memory()
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
		st.blobBytes -= it.blob.memory()
		st.replaced += it.blob.memory()
	}
}
