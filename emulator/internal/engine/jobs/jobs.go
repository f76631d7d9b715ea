package jobs

import (
	"encoding/json"
	"errors"
	"math"
	"net/url"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Job is the progress of something that a request has only begun. JSON names are those
// of the monitor (B-9.25).
type Job struct {
	ID        string          `json:"id"`
	Verb      bind.Verb       `json:"verb"`
	Type      edm.Name        `json:"type"`
	Self      store.Ref       `json:"self"`
	Operation store.Ref       `json:"operation"` // the entity that shows it; 0: a monitor
	Path      string          `json:"path"`      // of that entity, without a version
	Body      json.RawMessage `json:"body,omitempty"`
	Caller    workload.Caller `json:"caller"`
	Begun     time.Time       `json:"begun"`
	Looks     int             `json:"looks"`
	Percent   float64         `json:"percent"`
	State     State           `json:"state"`
	Code      string          `json:"code,omitempty"` // of a failure
	Message   string          `json:"message,omitempty"`
	Resource  string          `json:"resource,omitempty"` // the key of what has been made
}

// State is how far a job is.
type State uint8

// The states. A job that is Done or Failed stays so.
const (
	NotStarted State = iota
	InProgress
	Done
	Failed
)

var stateTexts = [...]string{"notStarted", "inProgress", "completed", "failed"}

func (s State) String() string { return stateTexts[s] }

// Over reports whether the job changes no more.
func (s State) Over() bool { return s >= Done }

const (
	collection     = "$jobs"     // below the service root, under a name no path can reach
	jobType        = "$job"      // of the entities there
	jobMember      = "@job"      // the member of an operation that names its job
	EndVerb        = "$end"      // the wake-up at the end of a job
	progressMember = "$progress" // the member that holds a Job
)

// Max is how many jobs a world remembers. Beyond it the oldest that is over is
// forgotten, with the operation that showed it, or else the oldest.
const Max = 1000

// Begin makes a job of what the verb has done so far.
func Begin(x *op.Op, c *workload.Call, job workload.Job, res *workload.Result) error {
	target := c.Self
	if res.One != nil {
		target = res.One.Node
	}
	j := Job{ID: c.Tx.NewGUID(), Verb: c.Verb, Type: job.Type, Self: target.Ref, Caller: c.Caller, Begun: c.Now()}
	if c.Body != nil {
		j.Body = json.RawMessage(c.Body.Object())
	}
	if err := forgetJobs(x, c); err != nil {
		return err
	}
	link := workload.Link{Header: job.Header, Monitor: true, Path: j.ID}
	if link.Header == "" {
		link.Header = "Location"
	}
	if job.Operations != "" {
		owner, nav := holder(&target, job)
		if owner == nil {
			return grapherr.BadRequest("No entity on the path shows operations under '%s'.", job.Operations)
		}
		node, err := operation(x, c, owner, nav, job, &j)
		if err != nil {
			return err
		}
		j.Operation, j.Path = node.Ref, pathOf(&node)
		link = workload.Link{Header: link.Header, Path: j.Path}
		if job.Relative {
			link.Path, link.Relative = inParens(owner)+"/"+nav.Name+"('"+j.ID+"')", true
			res.Links = append(res.Links, workload.Link{Header: "Content-Location", Path: inParens(owner), Relative: true})
		}
	}
	if err := keep(x.Core, x.Tx, &j); err != nil {
		return err
	}
	if d := x.Core.Options.Pace.After; d > 0 {
		ref, _ := c.Tx.Find(0, collection, j.ID)
		if err := x.Tx.Wake(c.Now().Add(d), ref, EndVerb, ""); err != nil {
			return err
		}
	}
	*res = workload.Result{Status: 202, Links: append(res.Links, link), Warn: res.Warn, Generic: job.Do == nil}
	return nil
}

// holder is the nearest of a node and its owners that shows jobs of this kind.
func holder(n *workload.Node, job workload.Job) (*workload.Node, *edm.Navigation) {
	for ; n != nil; n = n.Home.Owner {
		if n.Type == nil || job.Holder != "" && !n.Type.Is(job.Holder) {
			continue
		}
		if nav, ok := n.Type.Navigation(job.Operations); ok && nav.Type.Many && nav.Contains {
			return n, nav
		}
	}
	return nil, nil
}

// operation makes the entity that shows a job.
func operation(x *op.Op, c *workload.Call, owner *workload.Node, nav *edm.Navigation, job workload.Job, j *Job) (workload.Node, error) {
	t := nav.Target()
	if job.As != "" {
		if narrow, ok := c.Model.Type(job.As); ok {
			t = narrow
		}
	}
	if err := x.Core.Materialize(x.Tx, c, owner); err != nil {
		return workload.Node{}, err
	}
	members := append(value.Members{{Name: "id", Value: value.String(j.ID)}}, job.Shows...)
	members = append(members, value.Member{Name: jobMember, Value: value.String(j.ID)})
	members = append(members, progress(t, j, c.Now())...)
	k := x.Core.Types.Of(t)
	ref, err := x.Tx.Add(owner.Ref, x.Core.Stored(owner.Type, nav), j.ID, x.Core.Object(k, members))
	if err != nil {
		return workload.Node{}, err
	}
	node, _ := x.Core.Load(c, ref, workload.Home{Owner: heap.CloneNode(owner), Nav: nav, Key: j.ID})
	return node, nil
}

// pathOf is the canonical path of a node, without the version.
func pathOf(n *workload.Node) string {
	if n == nil || n.Home.Nav == nil {
		return ""
	}
	path := pathOf(n.Home.Owner) + "/" + n.Home.Nav.Name
	if n.Home.Key != "" {
		path += "/" + url.PathEscape(n.Home.Key)
	}
	return path
}

// inParens is an entity of a set in the form of Teams: /teams('key').
func inParens(n *workload.Node) string {
	key := n.Text("id")
	if key == "" {
		key = n.Home.Key
	}
	return "/" + strings.ToLower(n.Type.Name.Short()) + "s('" + url.PathEscape(key) + "')"
}

// forgetJobs makes room for one more.
func forgetJobs(x *op.Op, c *workload.Call) error {
	if c.Tx.Count(0, collection) < Max {
		return nil
	}
	oldest := workload.NoRef
	for ref := range c.Tx.Members(0, collection, 0) {
		if oldest == workload.NoRef {
			oldest = ref
		}
		if j, ok := jobAt(c.Tx, ref); ok && j.State.Over() {
			oldest = ref
			break
		}
	}
	if j, ok := jobAt(c.Tx, oldest); ok && j.Operation != 0 {
		if err := x.Tx.Delete(j.Operation); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return x.Tx.Delete(oldest)
}

// keep writes a job down.
func keep(e *op.Core, tx *store.Tx, j *Job) error {
	raw, err := json.Marshal(j)
	if err != nil {
		return err
	}
	o := e.Shapes.Object(jobType, value.Members{{Name: progressMember, Value: value.Raw(raw)}})
	if ref, ok := tx.Find(0, collection, j.ID); ok {
		return tx.Replace(ref, o)
	}
	_, err = tx.Add(0, collection, j.ID, o)
	return err
}

func jobAt(tx *store.Reader, ref store.Ref) (Job, bool) {
	ent, ok := tx.Get(ref)
	if !ok || ent.Object.Type() != jobType {
		return Job{}, false
	}
	raw, _ := ent.Object.Get(progressMember)
	var j Job
	return j, json.Unmarshal([]byte(raw), &j) == nil
}

// PollOperation counts the reading of an operation that shows a job, and reports whether the
// job may show something else since.
func PollOperation(x *op.Op, one *workload.Entity) bool {
	n := x.Request.Target.Navigation()
	if n == nil || !x.Core.Registry.Operations(n.Name) {
		return false
	}
	id := one.Text(jobMember)
	if id == "" {
		return false
	}
	_, known := Poll(x.Core, x.World, id)
	return known
}

// percentAt is how far a job is that has looked so often, or runs so long.
func (j *Job) percentAt(p *op.Pace, now time.Time) float64 {
	part := float64(j.Looks) / float64(max(p.Looks, 1))
	if p.After > 0 {
		part = float64(now.Sub(j.Begun)) / float64(p.After)
	}
	return math.Round(min(max(part, 0), 1)*1000) / 10
}
