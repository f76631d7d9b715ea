package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"weak"

	"github.com/graph-emulator/graph-emulator/emulator/internal/quickxor"
)

// ContentOptions say how a Contents keeps content. The zero ContentOptions are usable.
type ContentOptions struct {
	Dir    string // the folder is made in it; empty: os.TempDir()
	Memory int64  // bytes of a blob up to which it stays in memory; 0: DefaultContentMemory
	Limit  int64  // bytes of all files together; 0: DefaultContentLimit
}

// What ContentOptions mean without a value, in bytes.
const (
	DefaultContentMemory = 1 << 20
	DefaultContentLimit  = 16 << 30
)

// Contents keeps blobs that are too large for memory, in files of a folder of its own that
// it makes for the first of them. Equal content is in one file, which goes when no store,
// snapshot or reader has a blob of it any more: the collector of memory knows that, nobody
// counts. Stores may share a Contents. A nil *Contents keeps everything in memory.
type Contents struct {
	options ContentOptions

	mu     sync.Mutex
	folder string // empty: not yet made
	closed bool
	used   int64 // bytes in files and in those that are being written
	files  map[digest]kept
}

// digest is the SHA-256 of content.
type digest [sha256.Size]byte

// kept is a file in the folder. It may be there longer than those who know it.
type kept struct {
	file weak.Pointer[file]
	size int64
}

// file is content in a file. It is removed some time after nobody has the file any more.
type file struct {
	path string
	size int64
	hash quickxor.Hash
}

// NewContents returns a Contents without a folder.
func NewContents(o ContentOptions) *Contents {
	if o.Memory <= 0 {
		o.Memory = DefaultContentMemory
	}
	if o.Limit <= 0 {
		o.Limit = DefaultContentLimit
	}
	return &Contents{options: o, files: map[digest]kept{}}
}

// Memory returns the size up to which a blob stays in memory. It has none for a nil
// *Contents.
func (c *Contents) Memory() int64 {
	if c == nil {
		return math.MaxInt64
	}
	return c.options.Memory
}

// Used returns the number of bytes in files. Equal content counts once.
func (c *Contents) Used() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.used
}

// Read reads content up to limit bytes; beyond it returns ErrBlobs, and nothing more is
// read. It returns ErrFull beyond ContentOptions.Limit, and ErrDisk with the reason where a
// file cannot be written. Another error is that of r.
func (c *Contents) Read(mediaType string, r io.Reader, limit int64) (*Blob, error) {
	b := newBlob(strings.Clone(mediaType), c)
	buf := chunks.Get().(*[chunkBytes]byte)
	defer chunks.Put(buf)
	for {
		n, err := io.ReadFull(r, buf[:oneMore(limit-b.Len())])
		if b.Len()+int64(n) > limit {
			return nil, ErrBlobs
		}
		if n > 0 {
			b.push(part{chunk: append(make([]byte, 0, n), buf[:n]...)})
		}
		end := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !end {
			return nil, err
		}
		if b.Len() > c.Memory() {
			head := reader(b.parts)
			b.parts = nil // it is let go of as it is written
			f, err := c.write(io.MultiReader(head, r), limit)
			if err != nil {
				return nil, err
			}
			return newBlob(b.media, c, part{file: f}), nil
		}
		if end {
			return b, nil
		}
	}
}

// oneMore is how much to read at once to learn whether there is more than room.
func oneMore(room int64) int64 { return min(chunkBytes-1, max(room, 0)) + 1 }

// keep puts what is in memory into files.
func (c *Contents) keep(parts []part) (out []part, err error) {
	for i := 0; i < len(parts); {
		end := i
		for end < len(parts) && parts[end].file == nil {
			end++
		}
		p := parts[i]
		if end > i {
			if p.file, err = c.write(reader(parts[i:end]), c.options.Limit); err != nil {
				return nil, err
			}
			p.chunk = nil
		}
		out = append(out, p)
		i = max(end, i+1)
	}
	return out, nil
}

// write makes a file of what r gives, up to limit bytes.
func (c *Contents) write(r io.Reader, limit int64) (*file, error) {
	w, err := c.create()
	if err != nil {
		return nil, err
	}
	buf := chunks.Get().(*[chunkBytes]byte)
	defer chunks.Put(buf)
	for {
		n, err := r.Read(buf[:oneMore(limit-w.size)])
		if w.size+int64(n) > limit {
			err = ErrBlobs
		} else if n > 0 {
			err = cmp.Or(w.write(buf[:n]), err)
		}
		if err == io.EOF {
			return w.finish()
		}
		if err != nil {
			w.discard()
			return nil, err
		}
	}
}

// fileWriter writes one file and hashes it on the way.
type fileWriter struct {
	home *Contents
	out  *os.File
	sum  hash.Hash
	*file
}

func (c *Contents) create() (*fileWriter, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, disk(os.ErrClosed)
	}
	if c.folder == "" {
		if c.options.Dir != "" {
			if err := os.MkdirAll(c.options.Dir, 0o700); err != nil {
				return nil, disk(err)
			}
		}
		var err error
		if c.folder, err = os.MkdirTemp(c.options.Dir, "graph-emulator-content-*"); err != nil { // for its owner only
			return nil, disk(err)
		}
	}
	out, err := os.CreateTemp(c.folder, "new-*")
	if err != nil {
		return nil, disk(err)
	}
	return &fileWriter{home: c, out: out, sum: sha256.New(), file: new(file)}, nil
}

func disk(err error) error { return fmt.Errorf("%w: %w", ErrDisk, err) }

func (w *fileWriter) write(p []byte) error {
	if !w.home.take(int64(len(p))) {
		return ErrFull
	}
	w.size += int64(len(p))
	w.sum.Write(p)
	w.hash.Write(p)
	if _, err := w.out.Write(p); err != nil {
		return disk(err)
	}
	return nil
}

// discard removes what was written. An error leaves it to Close.
func (w *fileWriter) discard() {
	w.out.Close()
	os.Remove(w.out.Name())
	w.home.take(-w.size)
}

// finish gives the file its name, or returns the one that has the same content.
func (w *fileWriter) finish() (*file, error) {
	f, err := w.place()
	if err != nil || f != w.file {
		w.discard()
	}
	return f, err
}

// place returns the file that is to be used, another one where it has the same content.
func (w *fileWriter) place() (*file, error) {
	c, sum := w.home, digest(w.sum.Sum(nil))
	if err := w.out.Close(); err != nil {
		return nil, disk(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	old, known := c.files[sum]
	if f := old.file.Value(); f != nil {
		return f, nil
	}
	if c.closed {
		return nil, disk(os.ErrClosed)
	}
	f := w.file
	f.path = filepath.Join(c.folder, hex.EncodeToString(sum[:]))
	if err := os.Rename(w.out.Name(), f.path); err != nil {
		return nil, disk(err)
	}
	if known { // nobody has it any more, and now it is replaced
		c.used -= old.size
	}
	c.files[sum] = kept{weak.Make(f), f.size}
	runtime.AddCleanup(f, c.forget, sum)
	return f, nil
}

// forget removes a file that nobody has.
func (c *Contents) forget(sum digest) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k, ok := c.files[sum]; ok && k.file.Value() == nil {
		delete(c.files, sum)
		c.used -= k.size
		os.Remove(filepath.Join(c.folder, hex.EncodeToString(sum[:]))) // an error leaves it to Close
	}
}

// take counts n more bytes; false where there is no room for them, not even when those
// files are removed that nobody has.
func (c *Contents) take(n int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.used+n > c.options.Limit && n > 0 {
		c.mu.Unlock()
		runtime.GC()
		c.sweep()
		c.mu.Lock()
		if c.used+n > c.options.Limit {
			return false
		}
	}
	c.used += n
	return true
}

// sweep removes what the last collection has found nobody to have.
func (c *Contents) sweep() {
	c.mu.Lock()
	var gone []digest
	for sum, k := range c.files {
		if k.file.Value() == nil {
			gone = append(gone, sum)
		}
	}
	c.mu.Unlock()
	for _, sum := range gone {
		c.forget(sum)
	}
}

// Close removes the folder and all content in it, which cannot be read any more.
func (c *Contents) Close() error {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	if c.folder == "" {
		return nil
	}
	folder := c.folder
	c.folder, c.used = "", 0
	clear(c.files)
	return os.RemoveAll(folder)
}
