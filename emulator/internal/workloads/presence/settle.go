package presence

import (
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/zone"
)

// wakes names what a presence is woken for: something of it ends or fades.
const wakes = "settle"

func wake(c *workload.Call) (workload.Result, error) {
	return workload.Result{}, settle(c, &c.Self, false)
}

// reckoning is one settle.
type reckoning struct {
	c       *workload.Call
	n       *workload.Node
	now     time.Time
	next    time.Time // when it comes to something else by itself; zero: never
	changed value.Members
}

// settle writes what a presence comes to now, and the given members, where they
// differ from what it shows, so that the journal has it, and waits for the next
// change that comes by itself. takeOver ends an override.
func settle(c *workload.Call, n *workload.Node, takeOver bool, members ...value.Member) error {
	r := &reckoning{c: c, n: n, now: c.Now()}
	takeOver = takeOver || n.Object.Len() <= 1 // nothing but an id is no override
	if err := c.System.Keep(c, n); err != nil {
		return err
	}
	for _, m := range members {
		r.set(m.Name, m.Value)
	}
	best, err := r.aggregate()
	if err != nil {
		return err
	}
	out := r.outOfOffice()
	r.status()
	if takeOver || isLive(n) {
		r.set("availability", value.String(best.availability))
		r.set("activity", value.String(best.activity))
		r.set("outOfOfficeSettings", out)
	}
	if len(r.changed) > 0 {
		r.set(sequence, next(c.Tx))
	}
	if takeOver {
		r.set(live, "true")
	}
	if len(r.changed) > 0 {
		if err := c.System.Write(c, n, r.changed); err != nil {
			return err
		}
	}
	return c.Wake(n, r.next, wakes)
}

// set changes a member that shows something else.
func (r *reckoning) set(name string, v value.Raw) {
	if old, _ := r.n.Get(name); old != v && !(old.IsNull() && v.IsNull()) {
		r.changed.Set(name, v)
	}
}

// until notes a change to come.
func (r *reckoning) until(t time.Time) {
	if !t.IsZero() && (r.next.IsZero() || t.Before(r.next)) {
		r.next = t
	}
}

// aggregate is the state that wins (B-11.23): the preferred one if there is a
// session at all, else the highest of the sessions, of equal ones the latest. What
// has expired is forgotten first (B-11.22).
func (r *reckoning) aggregate() (state, error) {
	best, high := state{"Offline", "Offline"}, claim{}
	top := 0
	for id, o := range r.c.System.Remembered(r.c, r.n, sessions) {
		cl, over, err := r.claim(sessions, id, o)
		if err != nil {
			return best, err
		}
		if over {
			continue
		}
		st, rank, fades := cl.at(r.now, r.c.System.Switches()[fadeNames])
		r.until(fades)
		if rank > top || rank == top && !cl.since.Before(high.since) {
			best, high, top = st, cl, rank
		}
	}
	for id, o := range r.c.System.Remembered(r.c, r.n, preferred) {
		cl, over, err := r.claim(preferred, id, o)
		if err != nil {
			return best, err
		}
		if !over && top > 0 {
			best = cl.state
		}
	}
	return best, nil
}

// claim reads a record and forgets it when it is over.
func (r *reckoning) claim(what, id string, o value.Object) (cl claim, over bool, err error) {
	cl = claimOf(o)
	if !r.now.Before(cl.until) {
		return cl, true, r.c.System.Remember(r.c, r.n, what, id, nil)
	}
	r.until(cl.until)
	return cl, false, nil
}

// status ends a status message that has expired (B-11.36).
func (r *reckoning) status() {
	status, ok := r.changed.Get("statusMessage")
	if !ok {
		status, _ = r.n.Get("statusMessage")
	}
	if status.Kind() != value.KindObject {
		return
	}
	expiry, _ := status.Members().Get("expiryDateTime")
	at, bad := zone.Parse(expiry)
	switch {
	case bad != "": // none, or one that a PATCH wrote unchecked
	case r.now.Before(at):
		r.until(at)
	default:
		r.changed.Set("statusMessage", value.Null)
	}
}
