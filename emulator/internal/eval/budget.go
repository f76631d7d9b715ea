package eval

import "github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"

// Limits of the work for one request. A page of 999 groups with 20 members each expands
// to 19,980 entities; a scan of a million entities takes a million steps.
const (
	maxSteps    = 20_000_000
	maxExpanded = 50_000
	maxBytes    = 64 << 20
)

// Budget limits what one request makes the emulator look at and expand. It is spent
// when a limit is passed or the client has gone. Loops then end early, so the caller asks
// Err before it uses what they found. A nil Budget is never spent.
type Budget struct {
	Done     <-chan struct{} // closed when the client has gone; nil: never
	steps    int
	expanded int
	bytes    int
	err      error
}

// Step counts one row or element, and reports whether the loop may continue.
func (b *Budget) Step() bool {
	if b == nil {
		return true
	}
	if b.steps++; b.steps&0xff == 0 {
		b.check()
	}
	return b.err == nil
}

// check is apart so that Step is inlined.
func (b *Budget) check() {
	select {
	case <-b.Done:
		b.spend(grapherr.ClientGone())
	default:
	}
	if b.steps > maxSteps {
		b.spend(grapherr.TooComplex(maxSteps))
	}
}

// Expand counts an entity of a size that $expand adds to the answer, and reports whether
// there is room for it.
func (b *Budget) Expand(size int) bool {
	if b == nil {
		return true
	}
	b.bytes += size
	if b.expanded++; b.expanded > maxExpanded || b.bytes > maxBytes {
		b.spend(grapherr.ExpandsTooMuch(maxExpanded, maxBytes))
	}
	return b.Step()
}

func (b *Budget) spend(err error) {
	if b.err == nil {
		b.err = err
	}
}

// Err says why the budget is spent; nil: it is not.
func (b *Budget) Err() error {
	if b == nil {
		return nil
	}
	return b.err
}
