package op

import (
	"sync/atomic"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/replica"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// World is the unit of state: one tenant with its clock.
type World struct {
	Store *store.Store
	Now   func() time.Time // the clock; never nil
	Start time.Time        // of the world, on its clock

	signedIn   atomic.Pointer[string]
	DeltaEpoch atomic.Int64                       // how often ExpireDelta was called
	Replica    atomic.Pointer[replica.Simulation] // nil: every read sees every write
}

// NewWorld makes a world of a store. now may be nil: the machine's clock.
func NewWorld(s *store.Store, now func() time.Time) *World {
	if now == nil {
		now = time.Now
	}
	return &World{Store: s, Now: now, Start: now()}
}

// SignedIn is the object id of the user that an unauthenticated caller in open mode
// is taken for; empty when the tenant has no user.
func (w *World) SignedIn() string {
	if id := w.signedIn.Load(); id != nil {
		return *id
	}
	return ""
}

// ExpireDelta makes all delta tokens that were given out until now expire (B-6.13).
func (w *World) ExpireDelta() { w.DeltaEpoch.Add(1) }

// Consistency is what reads see of writes: of callers that act for a user, and of others.
func (w *World) Consistency() (users, apps replica.Consistency) {
	if s := w.Replica.Load(); s != nil {
		return s.Consistency()
	}
	return
}

// Replicated reports whether reads may see a past state.
func (w *World) Replicated() bool { return w.Replica.Load() != nil }

// SetSignedIn changes that user.
func (w *World) SetSignedIn(id string) { w.signedIn.Store(&id) }

// Missing says what a read of a key that was never created answers.
type Missing uint8

const (
	Answer404  Missing = iota // the workload's 404
	Synthesize                // an entity made from its type, which is kept
)

// Options are the engine's switches; the zero value is the default of each.
type Options struct {
	Strict        bool // no tolerance of input
	Missing       Missing
	MinFidelity   workload.Fidelity // what is below answers 501; zero: nothing is refused
	PageTokenLife time.Duration     // zero: DefaultPageTokenLife
	EmptyPages    bool              // an empty page with a link stands between any two (B-3.67)
	Key           []byte            // makes page and delta tokens of others worthless; empty: they are taken
	// ServicesDelay is how long after a user's creation mailbox and drive appear
	// (B-2.36). Users of the fixtures have theirs.
	ServicesDelay time.Duration
	// Stable is the model of v1.0: a type's default property set holds for it alone
	// (B-3.19, B-3.20). nil: for none.
	Stable *edm.Model
	// Models are those that stored entities may be of, the first wins; see CatchUp.
	Models []*edm.Model
	// Switches are the values of what workloads leave to choose.
	Switches workload.Switches
	// Proven says that the values of the bodies to come are known to be right as they are
	// written: no schema is compiled for them and no type of a complex value read, which is
	// most of what loading the built-in tenant would cost.
	Proven bool
	Pace   Pace // of jobs
	// Contents is where uploads go that are too large for memory; nil: there is no such thing.
	Contents *store.Contents
}

// Pace says how jobs come to their end. The zero Pace: at the first look (C-7.7).
type Pace struct {
	Looks  int           // the job is done when its progress is read for the nth time; 0: the first
	After  time.Duration // or when so much time has passed
	Manual bool          // or when SetJob says so
}
