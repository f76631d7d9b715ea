package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/quickxor"
)

// stream gives n bytes that another seed has no part of.
func stream(seed uint64, n int64) io.Reader {
	return io.LimitReader(rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)}), n)
}

func content(t testing.TB, seed uint64, n int64) string {
	t.Helper()
	b, err := io.ReadAll(stream(seed, n))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func read(t testing.TB, c *Contents, text string) *Blob {
	t.Helper()
	b, err := c.Read("text/plain", strings.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// newContents makes one for a test, over an empty folder.
func newContents(t testing.TB, o ContentOptions) *Contents {
	o.Dir = t.TempDir()
	c := NewContents(o)
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if left := list(t, o.Dir); len(left) > 0 {
			t.Errorf("after Close: %v", left)
		}
	})
	return c
}

// list names the files of a folder and of those in it.
func list(t testing.TB, dir string) (names []string) {
	t.Helper()
	in, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range in {
		if !e.IsDir() {
			names = append(names, e.Name())
		} else if names = append(names, list(t, dir+"/"+e.Name())...); len(names) == 0 {
			names = []string{e.Name()}
		}
	}
	return names
}

func TestContentsFolder(t *testing.T) {
	c := newContents(t, ContentOptions{Memory: 1000})
	small, large := content(t, 1, 1000), content(t, 2, 200_000)
	if read(t, c, small); len(list(t, c.options.Dir)) != 0 || c.Used() != 0 {
		t.Errorf("a small blob is on the disk: %v", list(t, c.options.Dir))
	}
	a, b := read(t, c, large), read(t, c, large)
	if names := list(t, c.options.Dir); len(names) != 1 || c.Used() != 200_000 {
		t.Errorf("equal content is in %v, %d bytes", names, c.Used())
	}
	if info, err := os.Stat(c.folder); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has %v, %v", info.Mode(), err)
	}
	if a.memory() != 0 || a.QuickXor() != b.QuickXor() {
		t.Error("it is in memory, or is not equal")
	}
	runtime.KeepAlive(a)
	runtime.KeepAlive(b)
	a, b = nil, nil
	runtime.GC()
	c.sweep()
	if names := list(t, c.folder); len(names) != 0 || c.Used() != 0 {
		t.Errorf("nobody has it, and it is in %v, %d bytes", names, c.Used())
	}
	if again := read(t, c, large); again.Len() != 200_000 || c.Used() != 200_000 {
		t.Error("it does not come again")
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if _, err := c.Read("", strings.NewReader(large), 1<<20); !errors.Is(err, ErrDisk) {
		t.Errorf("after Close: %v", err)
	}
}

// A blob of parts in memory and in files reads as its content, wherever one begins.
func TestContentsParts(t *testing.T) {
	c := newContents(t, ContentOptions{Memory: 1000})
	dice := rand.New(rand.NewPCG(3, 4))
	var whole *Blob
	var text string
	for i := range 60 {
		part := content(t, uint64(i), int64(dice.IntN(1800)))
		if text += part; whole == nil {
			whole = read(t, c, part)
		} else {
			whole = whole.Append(read(t, c, part))
		}
		if whole.memory() > 1000 || whole.Len() != int64(len(text)) {
			t.Fatalf("part %d: %d bytes in memory, %d in all, want %d", i, whole.memory(), whole.Len(), len(text))
		}
		h := quickxor.New()
		io.WriteString(h, text)
		if whole.QuickXor() != h.Base64() {
			t.Fatalf("part %d: another hash", i)
		}
	}
	whole = whole.As("image/png")
	if got, err := io.ReadAll(whole.Reader()); err != nil || string(got) != text {
		t.Fatalf("%d bytes of %d come back, %v", len(got), len(text), err)
	}
	for range 300 {
		off, n := dice.IntN(len(text)+1), dice.IntN(4000)
		want := text[off:min(len(text), off+n)]
		p := make([]byte, n)
		got, err := whole.ReadAt(p, int64(off))
		if string(p[:got]) != want || (err == io.EOF) != (len(want) < n) {
			t.Fatalf("ReadAt %d at %d: %d bytes, %v", n, off, got, err)
		}
		var out bytes.Buffer
		if _, err := whole.WriteRange(&out, int64(off), int64(n)); out.String() != want || err != nil {
			t.Fatalf("WriteRange %d at %d: %d bytes, %v", n, off, out.Len(), err)
		}
	}
}

func TestContentsRefusals(t *testing.T) {
	c := newContents(t, ContentOptions{Memory: 1000, Limit: 10_000})
	kept := read(t, c, content(t, 1, 6000))
	lost := errors.New("the client is gone")
	for _, tt := range []struct {
		what  string
		r     io.Reader
		limit int64
		err   error
	}{
		{"over the limit of the disk", stream(2, 5000), 9000, ErrFull},
		{"over its own limit in memory", stream(2, 1000), 999, ErrBlobs},
		{"over its own limit on the disk", stream(2, 3001), 3000, ErrBlobs},
		{"broken off", io.MultiReader(stream(2, 3000), &failing{lost}), 9000, lost},
		{"equal to what is kept, with no room for both", stream(1, 6000), 9000, ErrFull},
		{"equal to what is kept", io.LimitReader(stream(1, 6000), 4000), 9000, nil},
	} {
		if _, err := c.Read("", tt.r, tt.limit); !errors.Is(err, tt.err) {
			t.Errorf("%s: %v", tt.what, err)
		}
	}
	if left := list(t, c.folder); len(left) > 2 {
		t.Errorf("a refusal leaves %v", left)
	}
	runtime.KeepAlive(kept)
	kept = nil
	full, err := c.Read("", stream(5, 9000), 9000)
	if err != nil || full.Len() != 9000 {
		t.Fatalf("room that nobody has is not taken: %v", err)
	}
	// What cannot be written stays in memory.
	half := read(t, c, content(t, 6, 900))
	if whole := half.Append(half).Append(half); whole.Len() != 2700 || whole.memory() != 2700 {
		t.Errorf("%d of %d bytes in memory", whole.memory(), whole.Len())
	}
	runtime.KeepAlive(full)
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

// What has no folder to go to is refused, and what needs none is not.
func TestContentsWithoutFolder(t *testing.T) {
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := NewContents(ContentOptions{Dir: file, Memory: 10})
	if _, err := c.Read("", strings.NewReader("harbour"), 100); err != nil {
		t.Error(err)
	}
	if _, err := c.Read("", strings.NewReader("harbour master"), 100); !errors.Is(err, ErrDisk) || c.Used() != 0 {
		t.Errorf("%v, %d bytes", err, c.Used())
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// A file is there as long as one of store, fork and snapshot has it.
func TestContentsShared(t *testing.T) {
	c := newContents(t, ContentOptions{Memory: 10})
	s := New(Options{Seed: 1, BlobLimit: 20})
	var r Ref
	must(t, s, func(tx *Tx) error {
		r, _ = tx.Add(0, "items", "a", object(s, "a"))
		return tx.PutBlob(r, "content", read(t, c, "harbour master"))
	})
	fork, snapshot := s.Fork(), s.Snapshot()
	for _, s := range []*Store{s, fork} {
		must(t, s, func(tx *Tx) error { return tx.Delete(r) })
		runtime.GC()
		c.sweep()
		if c.Used() != 14 {
			t.Fatal("it is gone too early")
		}
	}
	s.Restore(snapshot)
	b, _, ok := s.Scan().Blob(r, "content")
	if got, err := io.ReadAll(b.Reader()); !ok || err != nil || string(got) != "harbour master" {
		t.Errorf("%q, %v", got, err)
	}
	if s.state.blobBytes != 0 {
		t.Errorf("%d bytes count as memory", s.state.blobBytes)
	}
	runtime.KeepAlive(snapshot)
	b, snapshot = nil, nil
	must(t, s, func(tx *Tx) error { return tx.Delete(r) })
	runtime.GC()
	c.sweep()
	if c.Used() != 0 {
		t.Errorf("%d bytes stay", c.Used())
	}
}

func TestContentsRace(t *testing.T) {
	c := newContents(t, ContentOptions{Memory: 100, Limit: 1 << 20})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range uint64(50) {
				b, err := c.Read("", stream(i%5, 3000), 3000)
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := io.ReadAll(b.Reader()); err != nil || len(got) != 3000 {
					t.Errorf("%d bytes, %v", len(got), err)
				}
				if i%10 == 0 {
					runtime.GC()
				}
			}
		})
	}
	wg.Wait()
}

// An upload in parts of 10 MiB holds no more than a part of it in memory.
func TestContentsMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("writes half a gigabyte")
	}
	c := newContents(t, ContentOptions{})
	idle, peak := heapNow(true), uint64(0)
	whole := newBlob("video/mp4", c)
	fragment := int64(10 << 20)
	for i := range uint64(51) {
		b, err := c.Read("", stream(i, fragment), fragment)
		if err != nil {
			t.Fatal(err)
		}
		whole = whole.Append(b)
		peak = max(peak, heapNow(false))
	}
	held := int64(heapNow(true)) - int64(idle)
	t.Logf("%d MiB: %d KiB above idle afterwards, %d KiB at the peak, %d MiB on the disk", whole.Len()>>20, held>>10, (int64(peak)-int64(idle))>>10, c.Used()>>20)
	if held > 1<<20 || int64(peak)-int64(idle) > 50<<20 {
		t.Errorf("%d bytes stay in memory, %d at the peak", held, peak-idle)
	}
	runtime.KeepAlive(whole)
}

func heapNow(collected bool) uint64 {
	if collected {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkContents reads blobs into memory and into files.
func BenchmarkContents(b *testing.B) {
	for _, size := range []int64{4 << 10, 1 << 20, 100 << 20} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			c := newContents(b, ContentOptions{})
			text := bytes.Repeat([]byte("harbour\x00"), int(size/8))
			b.SetBytes(size)
			for b.Loop() {
				if _, err := c.Read("", bytes.NewReader(text), size); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
