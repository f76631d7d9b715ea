package engine

import (
	"fmt"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// Engine runs verbs. It is immutable but for its caches and serves any number of
// worlds and models at once.
type Engine struct{ *Core }

// New makes an engine over the workloads' exceptions. shapes is shared with the
// stores that its worlds use.
func New(reg *workload.Registry, shapes *value.Shapes, opt Options) *Engine {
	return &Engine{newCore(reg, shapes, opt)}
}

// generic holds the generic verbs; an operation's is invoke.
var generic = map[bind.Verb]func(*exchange, *workload.Call) (workload.Result, error){
	bind.List: (*exchange).list, bind.Count: (*exchange).count, bind.Create: (*exchange).create,
	bind.Read: (*exchange).read, bind.Update: (*exchange).update, bind.Upsert: (*exchange).update, bind.Delete: (*exchange).delete,
	bind.ReadValue: (*exchange).readValue, bind.WriteValue: (*exchange).writeValue, bind.Clear: (*exchange).clear,
	bind.Download: (*exchange).download, bind.Upload: (*exchange).upload,
	bind.Refs: (*exchange).refs, bind.Link: (*exchange).link, bind.Unlink: (*exchange).unlink,
}

// Switch gives the value of a switch.
func (e *Engine) Switch(name string) string { return e.opt.Switches[name] }

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
	if d.x.pooled && cap(a.List) <= 2*defaultMax {
		page := a.List[:cap(a.List)]
		clear(page) // it keeps no entity alive
		page = page[:0]
		pages.Put(&page)
	}
	*d = dialogue{}
	dialogues.Put(d)
}

// Do runs a request against a world. Errors are Graph errors in the words of the
// workload that the path belongs to; the store is then as it was.
func (e *Engine) Do(w *World, r *Request) (*Answer, error) {
	ans, err := e.do(w, r)
	if err != nil {
		return nil, e.reg.Word(r.Target.Owning(), grapherr.From(err))
	}
	return ans, nil
}

func (e *Engine) do(w *World, r *Request) (*Answer, error) {
	fid := e.reg.Fidelity(r.Target, r.Verb)
	if fid < e.opt.MinFidelity {
		return nil, grapherr.NotEmulated(fmt.Sprintf("%s %s", r.Verb, r.Target.Template()),
			fmt.Sprintf("Its fidelity is %s and the minimum is %s.", fid, e.opt.MinFidelity))
	}
	d := dialogues.Get().(*dialogue)
	x, ans := &d.x, &d.ans
	x.e, x.w, x.r, x.c = e.Core, w, r, &d.c
	d.budget.Done, x.budget = r.Done, &d.budget
	c := &d.c
	c.Model, c.Target, c.Verb, c.Caller, c.Query, c.Media = r.Model, r.Target, r.Verb, r.Caller, r.Query, r.Media
	c.Minimal, c.Representation, c.System, c.Presumes = r.Minimal, r.Representation, SystemOf(x), e.opt.Missing == Synthesize
	err := x.prepare()
	if err == nil && r.Content != nil {
		c.Media, err = x.receive()
	}
	if err != nil {
		return nil, err
	}
	if ans.Result, err = x.run(); err != nil {
		return nil, err
	}
	if r.Verb == bind.Read && ans.One != nil && x.looks(ans.One) {
		if ans.Result, err = x.run(); err != nil {
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
	if x.body != nil {
		ans.Warn = append(ans.Warn, x.body.Warn...)
	}
	ans.Status, ans.Bare = e.status(r, &ans.Result)
	ans.Units = e.units(r)
	return ans, nil
}

// dialogue holds what lives as long as a request, in one piece of memory. One that
// ends in an error is left to the collector.
type dialogue struct {
	x      exchange
	c      workload.Call
	ans    Answer
	budget eval.Budget
}

// dialogues holds memory for dialogues between two requests.
var dialogues = sync.Pool{New: func() any { return new(dialogue) }}
