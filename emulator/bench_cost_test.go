package emulator

import (
	"cmp"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/internal/bare"
	"github.com/graph-emulator/graph-emulator/schemas"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
	"github.com/graph-emulator/graph-emulator/schemas/validate"
)

var million = flag.Bool("million", false, "BenchmarkMillion loads a million users")

// BenchmarkNew makes one more emulator in a process that has one. Its bytes are
// those of -benchmem.
func BenchmarkNew(b *testing.B) {
	newEmulator(b)
	b.ReportAllocs()
	for b.Loop() {
		newEmulator(b)
	}
}

// BenchmarkFork copies a whole tenant.
func BenchmarkFork(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			emu := newEmulator(b)
			addUsers(b, emu, nil, n)
			b.ReportAllocs()
			for b.Loop() {
				emu.world.Store.Fork()
			}
		})
	}
}

// sentence is the memory that an exchange keeps for the path of the next request.
type sentence struct {
	path   odata.Path
	target bind.Target
}

// resolve is what a request does with its path: syntax, meaning, documentation.
func (s *sentence) resolve(tb testing.TB, emu *Server, version int, method, path string) {
	v := &emu.cat.versions[version]
	if err := s.path.Parse(path); err != nil {
		tb.Fatal(err)
	}
	if err := s.target.Resolve(v.Model, s.path); err != nil {
		tb.Fatal(path, err)
	}
	if _, _, err := v.Catalog.Operation(method, s.target.Template()); err != nil {
		tb.Fatal(err)
	}
}

// documented lists a version's documented operations that resolve, with a
// plain value for each placeholder.
func documented(tb testing.TB, emu *Server, version int) (ops []*fixtures.Operation, paths []string) {
	tb.Helper()
	v := &emu.cat.versions[version]
	for op, err := range v.Catalog.All() {
		if err != nil {
			tb.Fatal(err)
		}
		path := strings.NewReplacer("{path}", "a/b.txt", "={}", "='x'", "{}", "x1").Replace(op.Template)
		if p, err := odata.ParsePath(path); err == nil {
			if _, err := bind.Resolve(v.Model, p); err == nil {
				ops, paths = append(ops, op), append(paths, path)
			}
		}
	}
	return ops, paths
}

// BenchmarkPath resolves documented paths: the first, the middle and the last of
// each version, and all of them, where the metrics are over the paths.
func BenchmarkPath(b *testing.B) {
	emu := newEmulator(b)
	for i := range emu.cat.versions {
		ops, paths := documented(b, emu, i)
		name := emu.cat.versions[i].Name
		for _, at := range []struct {
			name string
			n    int
		}{{"first", 0}, {"middle", len(paths) / 2}, {"last", len(paths) - 1}} {
			b.Run(name+"/"+at.name, func(b *testing.B) {
				var s sentence
				for b.Loop() {
					s.resolve(b, emu, i, ops[at.n].Method, paths[at.n])
				}
				b.ReportMetric(float64(strings.Count(paths[at.n], "/")), "segments")
			})
		}
		b.Run(name+"/all", func(b *testing.B) {
			var s sentence
			best, worst := make([]float64, len(paths)), 0 // of several rounds: what the path costs and not what the machine does
			for b.Loop() {
				for p := range paths {
					start := time.Now()
					for range 8 {
						s.resolve(b, emu, i, ops[p].Method, paths[p])
					}
					took := float64(time.Since(start)) / 8
					if best[p] == 0 || took < best[p] {
						best[p] = took
					}
				}
			}
			b.ReportMetric(0, "ns/op")
			for p := range best {
				if best[p] > best[worst] {
					worst = p
				}
			}
			b.Logf("worst: %s", paths[worst])
			b.ReportMetric(float64(len(paths)), "paths")
			b.ReportMetric(median(best), "median-ns/path") // sorts
			b.ReportMetric(best[len(best)*99/100], "p99-ns/path")
			b.ReportMetric(best[len(best)-1], "worst-ns/path")
		})
	}
}

// BenchmarkFirstTouch reads and compiles types that nobody has touched, each with
// all that it refers to, by a model of its own: every 40th, and the largest.
func BenchmarkFirstTouch(b *testing.B) {
	for _, version := range schemas.Versions() {
		files := schemas.Files(version)
		names, err := largest(files)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(version, func(b *testing.B) {
			var took []float64
			worst, which := 0.0, edm.Name("")
			for b.Loop() {
				for i, n := range names {
					if i >= 20 && i%40 != 0 {
						continue
					}
					ms := touch(b, files, n)
					for range 4 { // the best of five: what the type costs and not what the machine does
						ms = min(ms, touch(b, files, n))
					}
					if took = append(took, ms); ms > worst {
						worst, which = ms, n
					}
				}
			}
			b.Logf("worst: %s", which)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(median(took), "median-ms/type")
			b.ReportMetric(took[len(took)*99/100], "p99-ms/type")
			b.ReportMetric(worst, "worst-ms/type")
		})
	}
}

func touch(tb testing.TB, files fs.FS, n edm.Name) (ms float64) {
	start := time.Now()
	m := edm.Open(files, nil)
	t, ok := m.Type(n)
	if !ok {
		tb.Fatal("no type ", n)
	}
	validate.New(m).Body(t, map[string]any{})
	return float64(time.Since(start)) / 1e6
}

// largest lists the types of a version, those with the largest files first.
func largest(files fs.FS) ([]edm.Name, error) {
	type file struct {
		name edm.Name
		size int64
	}
	var list []file
	err := fs.WalkDir(files, ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if n := edm.NameOf(p); err == nil && n != "" {
			list = append(list, file{n, info.Size()})
		}
		return err
	})
	slices.SortStableFunc(list, func(a, b file) int { return cmp.Compare(b.size, a.size) })
	names := make([]edm.Name, len(list))
	for i := range list {
		names[i] = list[i].name
	}
	return names, err
}

// BenchmarkMemory is what a stored entity keeps of the heap, with its indexes and
// the share of the journal.
func BenchmarkMemory(b *testing.B) {
	const n = 100_000
	for _, kind := range []struct {
		name string
		add  func(emu *Server)
	}{
		{"presence", func(emu *Server) { addPresences(b, emu, bare.New(), n) }},
		{"user", func(emu *Server) { addUsers(b, emu, nil, n) }},
	} {
		b.Run(kind.name, func(b *testing.B) {
			var each float64
			for b.Loop() {
				emu := newEmulator(b)
				before := heap()
				kind.add(emu)
				each = float64(heap()-before) / n
				runtime.KeepAlive(emu)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(each, "B/entity")
		})
	}
}

// BenchmarkMillion is a guard for large tenants; it runs with -million only, and
// lets the heap grow as the program does.
func BenchmarkMillion(b *testing.B) {
	if !*million {
		b.Skip("runs with -million")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(50))
	for b.Loop() {
		emu := newEmulator(b)
		start := time.Now()
		ids := addUsers(b, emu, nil, 1_000_000)
		b.ReportMetric(time.Since(start).Seconds(), "s-to-load")
		d := direct{h: emu}
		b.ReportMetric(float64(d.run(b, 1000, 200, func(i int) []byte { return raw("GET", "/v1.0/users/"+ids[i*997], "") })), "ns/get")
		b.ReportMetric(float64(heap())/(1<<20), "heap-MiB")
		b.ReportMetric(resident(), "RSS-MiB")
		runtime.KeepAlive(emu)
	}
	b.ReportMetric(0, "ns/op")
}

// resident is the memory of this process, where the system tells; else 0.
func resident() float64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	var kib float64
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	fmt.Sscan(rest, &kib)
	return kib / 1024
}
