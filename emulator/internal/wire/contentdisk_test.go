package wire_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// bytesOf gives n bytes, others for another seed.
func bytesOf(seed byte, n int64) io.Reader {
	return io.LimitReader(rand.NewChaCha8([32]byte{seed}), n)
}

// onDisk lists the files of the content folder in dir; empty: there is no such folder.
func onDisk(t *testing.T, dir string) (names []string, size int64) {
	t.Helper()
	folders, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		in, err := os.ReadDir(dir + "/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range in {
			info, err := e.Info()
			if err != nil {
				t.Fatal(err)
			}
			names, size = append(names, e.Name()), size+info.Size()
		}
	}
	return names, size
}

// Content over a bound is on the disk, once, until the emulator is closed. Ranges of it can
// be read, and the folder of WithData has it.
func TestContentOnDisk(t *testing.T) {
	const large = 3 << 20
	dir, data := t.TempDir(), t.TempDir()
	start := func() *emulator.Server {
		return emulatortest.New(t, emulator.WithContentDir(dir), emulator.WithContentLimit(8<<20), emulator.WithData(data))
	}
	emu := start()
	root := newDrive(t, emu)
	for _, tt := range []struct {
		name  string
		seed  byte
		size  int64
		want  int
		files int
		used  int64
	}{
		{"small", 1, 1 << 20, 201, 0, 0},
		{"large", 2, large, 201, 1, large},
		{"equal", 2, large, 201, 1, large},
		{"other", 3, large, 201, 2, 2 * large},
		{"over", 4, large, 413, 2, 2 * large},
	} {
		w := put(emu, root+":/"+tt.name+":/content", bytesOf(tt.seed, tt.size))
		files, used := onDisk(t, dir)
		if w.Code != tt.want || len(files) != tt.files || used != tt.used || tt.want == 413 && !strings.Contains(w.Body.String(), "--content-limit") {
			t.Errorf("%s: %d, files %v, %d bytes: %s", tt.name, w.Code, files, used, w.Body)
		}
	}
	if err := emu.Save(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := emu.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("after Close: %v, %v", left, err)
	}

	emu = start()
	if files, used := onDisk(t, dir); len(files) != 2 || used != 2*large {
		t.Errorf("loaded again: %v, %d bytes", files, used)
	}
	get := func(name, ranged string) (int, string) {
		r := httptest.NewRequest("GET", root+":/"+name+":/content", nil)
		if ranged != "" {
			r.Header.Set("Range", ranged)
		}
		w := httptest.NewRecorder()
		emu.ServeHTTP(w, r)
		if w.Code == 302 {
			r.URL, r.RequestURI = httptest.NewRequest("GET", w.Header().Get("Location"), nil).URL, ""
			w = httptest.NewRecorder()
			emu.ServeHTTP(w, r)
		}
		return w.Code, fmt.Sprintf("%x", sha256.Sum256(w.Body.Bytes()))
	}
	sum := func(seed byte, size, off, n int64) string {
		h, r := sha256.New(), bytesOf(seed, size)
		io.CopyN(io.Discard, r, off)
		io.CopyN(h, r, n)
		return fmt.Sprintf("%x", h.Sum(nil))
	}
	for _, tt := range []struct {
		name, ranged string
		status       int
		want         string
	}{
		{"small", "", 200, sum(1, 1<<20, 0, 1<<20)},
		{"large", "", 200, sum(2, large, 0, large)},
		{"equal", "bytes=100000-299999", 206, sum(2, large, 100_000, 200_000)},
		{"other", "bytes=-5", 206, sum(3, large, large-5, 5)},
	} {
		if status, got := get(tt.name, tt.ranged); status != tt.status || got != tt.want {
			t.Errorf("%s %s: %d with other bytes", tt.name, tt.ranged, status)
		}
	}
}

// peakReader takes down how large the heap is while a body is read.
type peakReader struct {
	io.Reader
	next, read int64
	peak       uint64
}

func (p *peakReader) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	if p.read += int64(n); p.read >= p.next {
		p.next += 8 << 20
		p.peak = max(p.peak, heapSize())
	}
	return n, err
}

func heapSize() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Uploads of half a gigabyte keep the heap below 100 MiB over idle.
func TestContentMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("writes half a gigabyte")
	}
	const size = 128 << 20
	emu := emulatortest.New(t, emulator.WithContentDir(t.TempDir()))
	root := newDrive(t, emu)
	runtime.GC()
	idle, peak := heapSize(), uint64(0)
	for i := range byte(4) {
		path := fmt.Sprintf("%s:/%d.bin:/content", root, i)
		body := &peakReader{Reader: bytesOf(i, size)}
		if w := put(emu, path, body); w.Code != 201 {
			t.Fatalf("%d: %s", w.Code, w.Body)
		}
		peak = max(peak, body.peak)
	}
	runtime.GC()
	held := int64(heapSize()) - int64(idle)
	t.Logf("%d MiB: %d KiB over idle afterwards, %d KiB at the peak", 4*size>>20, held>>10, (int64(peak)-int64(idle))>>10)
	if held > 20<<20 || int64(peak)-int64(idle) > 100<<20 {
		t.Errorf("%d bytes stay in memory, %d at the peak", held, int64(peak)-int64(idle))
	}
}

func TestContentOptions(t *testing.T) {
	for what, opt := range map[string]emulator.Option{
		"an empty folder": emulator.WithContentDir(""), "no room": emulator.WithContentLimit(0), "less": emulator.WithContentLimit(-1),
	} {
		if _, err := emulator.New(opt); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
}
