package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/internal/admin"
)

// storm is one run. The fields above mu are set before it begins.
type storm struct {
	options
	emu        *emulator.Server
	log        *causes
	operations []operation

	mu       sync.Mutex
	sent     int
	statuses map[int]int
	findings map[string]*finding // by their cause
	memory   []uint64            // after a reset each
	repeated bool                // the last ones are behind the same requests
	slowest  time.Duration
	slow     request
}

// resetEvery is how many requests lie between two resets, on average for each worker.
const resetEvery = 2000

func newStorm(o options) (*storm, error) {
	s := &storm{options: o, log: &causes{}, statuses: map[int]int{}, findings: map[string]*finding{}}
	var err error
	if s.emu, err = fresh(s.log); err == nil {
		s.operations, err = catalog(s.emu)
	}
	return s, err
}

// fresh makes an emulator that answers the same requests alike each time.
func fresh(log *causes) (*emulator.Server, error) {
	start := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	return emulator.New(emulator.WithRandomSeed(1), emulator.WithClock(func() time.Time { return start }), emulator.WithLogger(slog.New(log)))
}

// blow sends the requests.
func (s *storm) blow(ctx context.Context) {
	var workers sync.WaitGroup
	for i := range s.workers {
		workers.Go(func() {
			w := &worker{storm: s, dice: rand.New(rand.NewPCG(s.seed, uint64(i))), first: i == 0}
			w.forget()
			n := s.requests / s.workers
			if i == 0 {
				n += s.requests % s.workers
			}
			for range n {
				if ctx.Err() != nil {
					return
				}
				w.step()
			}
		})
	}
	workers.Wait()
	s.reset(nil)
	s.repeat(ctx)
}

// rounds is how often the same requests are sent at the end.
const rounds = 4

// repeat sends the same requests several times, with a reset behind each. The caches have
// all that these need after the first round, so that what still grows is a leak. Random
// bodies fill the caches up to their limits only slowly.
func (s *storm) repeat(ctx context.Context) {
	for range rounds {
		w := &worker{storm: s, dice: rand.New(rand.NewPCG(s.seed, 0))}
		for range min(s.requests/rounds, 5000) {
			if ctx.Err() != nil {
				return
			}
			w.step()
		}
		s.reset(nil)
	}
	s.repeated = true
}

// worker sends requests one after the other.
type worker struct {
	*storm
	dice  *rand.Rand
	first bool
	order []int     // of operations that are still to come in this round
	known known     // what answers have shown
	since []request // the last reset
}

// forget begins anew after a reset: what was known is gone.
func (w *worker) forget() { w.known, w.since = known{}, nil }

func (w *worker) step() {
	if w.first && w.dice.IntN(resetEvery) == 0 {
		w.reset(w)
		return
	}
	r := w.next()
	w.since = append(w.since, r)
	begun := time.Now()
	o := send(w.emu, &r)
	took := time.Since(begun)
	cause := o.wrong(&r, w.log)
	w.mu.Lock()
	w.sent++
	w.statuses[o.status]++
	if took > w.slowest {
		w.slowest, w.slow = took, r
	}
	f := w.findings[cause]
	if cause != "" && f == nil {
		f = &finding{cause: cause, status: o.status, requests: []request{r}}
		w.findings[cause] = f
		if w.workers == 1 {
			f.shrink(w.since)
		}
	}
	if f != nil {
		f.count++
	}
	w.mu.Unlock()
	w.known.learn(&r, o)
}

// reset goes back to the fixtures and weighs what is left. Without a worker it is the last.
func (s *storm) reset(w *worker) {
	r := request{Method: http.MethodPost, URL: admin.Prefix + "/reset", Headers: []header{{"Content-Type", "application/json"}}, Body: "{}"}
	o := send(s.emu, &r)
	if w != nil {
		w.forget()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent++
	s.statuses[o.status]++
	every := max(s.requests/25, 1)
	if w == nil || s.sent/every > len(s.memory) {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC() // what finalizers and pools let go
		runtime.ReadMemStats(&m)
		s.memory = append(s.memory, m.HeapAlloc)
	}
}

// report says what happened. The error is that something was found.
func (s *storm) report(out io.Writer) error {
	fmt.Fprintf(out, "%d requests, %d operations\n", s.sent, len(s.operations))
	for _, status := range slices.Sorted(maps.Keys(s.statuses)) {
		fmt.Fprintf(out, "  %d  %d\n", status, s.statuses[status])
	}
	fmt.Fprintf(out, "slowest: %v\n%s", s.slowest.Round(time.Millisecond), s.slow.String())
	fmt.Fprint(out, "memory after resets, MiB:")
	for _, m := range s.memory {
		fmt.Fprintf(out, " %.1f", float64(m)/(1<<20))
	}
	fmt.Fprintln(out)
	for _, cause := range slices.Sorted(maps.Keys(s.findings)) {
		fmt.Fprint(out, s.findings[cause])
	}
	switch before, after, ok := s.growth(); {
	case len(s.findings) > 0:
		return fmt.Errorf("%d findings; --seed %d --requests %d repeats them", len(s.findings), s.seed, s.requests)
	case ok && after > before+1<<20:
		return fmt.Errorf("memory after a reset grew from %d to %d bytes", before, after)
	}
	return nil
}

// growth compares the memory after the last round of the same requests with that after the
// second. It reports false for a run that was stopped.
func (s *storm) growth() (before, after uint64, ok bool) {
	if !s.repeated {
		return 0, 0, false
	}
	last := s.memory[len(s.memory)-rounds:]
	return last[1], last[rounds-1], true
}
