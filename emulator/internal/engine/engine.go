package engine

import (
	"fmt"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/jobs"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/query"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/write"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// Engine runs verbs. It is immutable but for its caches and serves any number of
// worlds and models at once.
type Engine struct{ *op.Core }

// New makes an engine over the workloads' exceptions. shapes is shared with the
// stores that its worlds use.
func New(reg *workload.Registry, shapes *value.Shapes, opt op.Options) *Engine {
	return &Engine{op.New(reg, shapes, opt)}
}

// generic holds the generic verbs; an operation's is invoke.
var generic = map[bind.Verb]func(*op.Op, *workload.Call) (workload.Result, error){
	bind.List: query.List, bind.Count: query.Count, bind.Create: write.Create,
	bind.Read: write.Read, bind.Update: write.Update, bind.Upsert: write.Update, bind.Delete: write.Delete,
	bind.ReadValue: write.ReadValue, bind.WriteValue: write.WriteValue, bind.Clear: write.Clear,
	bind.Download: write.Download, bind.Upload: write.Upload,
	bind.Refs: query.Refs, bind.Link: write.Link, bind.Unlink: write.Unlink,
}

// Switch gives the value of a switch.
func (e *Engine) Switch(name string) string { return e.Options.Switches[name] }

// Answer is a result with what the encoder needs besides.
type Answer struct {
	workload.Result
	Status   int
	Fidelity workload.Fidelity
	Bare     bool // no body (204, 202)
	Units    int  // what it cost; 0: nothing is said of it

	dialogue *dialogue // what the answer lies in
}

// Release gives back what the answer is made of. Neither the answer nor the call
// that rules saw may be used after.
func (a *Answer) Release() {
	d := a.dialogue
	if d.x.Pooled && cap(a.List) <= 2*query.DefaultMax {
		page := a.List[:cap(a.List)]
		clear(page) // it keeps no entity alive
		page = page[:0]
		query.PagePool.Put(&page)
	}
	*d = dialogue{}
	dialogues.Put(d)
}

// Do runs a request against a world. Errors are Graph errors in the words of the
// workload that the path belongs to; the store is then as it was.
func (e *Engine) Do(w *op.World, r *op.Request) (*Answer, error) {
	ans, err := e.do(w, r)
	if err != nil {
		return nil, e.Registry.Word(r.Target.Owning(), grapherr.From(err))
	}
	return ans, nil
}

func (e *Engine) do(w *op.World, r *op.Request) (*Answer, error) {
	fid := e.Registry.Fidelity(r.Target, r.Verb)
	if fid < e.Options.MinFidelity {
		return nil, grapherr.NotEmulated(fmt.Sprintf("%s %s", r.Verb, r.Target.Template()),
			fmt.Sprintf("Its fidelity is %s and the minimum is %s.", fid, e.Options.MinFidelity))
	}
	d := e.open(w, r)
	x, c, ans := &d.x, &d.c, &d.ans
	err := prepare(x)
	if err == nil && r.Content != nil {
		r.Media, err = receive(x)
	}
	if err != nil {
		return nil, err
	}
	if ans.Result, err = run(x); err != nil {
		return nil, err
	}
	if r.Verb == bind.Read && ans.One != nil && jobs.PollOperation(x, ans.One) {
		c.Mode = reading(x)
		if ans.Result, err = run(x); err != nil {
			return nil, err
		}
	}
	if m := ans.Stream; m != nil && m.Make != nil && ans.Result.Status != 304 {
		if m.Blob, err = m.Make(); err != nil {
			return nil, err
		}
	}
	ans.Fidelity, ans.dialogue = fid, d
	switch {
	case ans.Generic:
		ans.Fidelity = min(fid, workload.Generic)
	case ans.Partial:
		ans.Fidelity = min(fid, workload.Stateful)
	}
	if x.Body != nil {
		ans.Warn = append(ans.Warn, x.Body.Warn...)
	}
	ans.Status, ans.Bare = e.status(r, &ans.Result)
	ans.Units = e.units(r)
	return ans, nil
}

// open begins the work on a request.
func (e *Engine) open(w *op.World, r *op.Request) *dialogue {
	d := dialogues.Get().(*dialogue)
	x, c := &d.x, &d.c
	x.Core, x.World, x.Request, x.Call = e.Core, w, r, c
	d.budget.Done, x.Budget = r.Done, &d.budget
	c.Request, c.Verb, c.Mode, c.System = &r.Request, r.Verb, reading(x), write.SystemOf(x)
	return d
}

// dialogue holds what lives as long as a request, in one piece of memory. One that
// ends in an error is left to the collector.
type dialogue struct {
	x      op.Op
	c      workload.Call
	ans    Answer
	budget eval.Budget
}

// dialogues holds memory for dialogues between two requests.
var dialogues = sync.Pool{New: func() any { return new(dialogue) }}
