package workload

import (
	"fmt"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Job says that a verb on a type is done later (B-1.20): what the verb does at once is
// checked and made, the answer is 202, and it names where the progress can be read.
type Job struct {
	Type edm.Name // the created type, or the one that the operation is bound to
	Verb bind.Verb
	// Operations is the navigation in which the progress is an entity, on the nearest
	// entity of the path that has it. Empty: progress is read at a URL of its own, a
	// monitor, that needs no token.
	Operations string
	Holder     edm.Name      // the type of that entity; empty: any
	As         edm.Name      // the type of that entity where the navigation's is wider; empty: the navigation's
	Header     string        // names where; empty: Location
	Relative   bool          // in Teams' form: /teams('..')/operations('..'), with Content-Location
	Shows      value.Members // what the operation says of itself ("operationType")
	// Do is what happens when the job is done, on Self as it is then, with the body and
	// the caller of the request. Its One is what has been made. An error fails the job.
	// nil: nothing happens, and the answer says that it is generic.
	Do Func
}

func (r *Registry) addJobs(w *Workload, known func(edm.Name) bool) error {
	for _, j := range w.Jobs {
		if !known(j.Type) {
			return fmt.Errorf("the job %s is about %s, which no model has", j.Verb, j.Type)
		}
		k := ruleKey{j.Type, j.Verb}
		if _, twice := r.jobs[k]; twice {
			return fmt.Errorf("%s has two jobs on %s", j.Type, j.Verb)
		}
		r.jobs[k] = j
		if j.Operations != "" && !slices.Contains(r.operations, j.Operations) {
			r.operations = append(r.operations, j.Operations)
		}
	}
	return nil
}

// Job finds the job that a verb on a type is, looking through the base types.
func (r *Registry) Job(t *edm.Type, v bind.Verb) (Job, bool) {
	for ; t != nil; t = t.Base() {
		if j, ok := r.jobs[ruleKey{t.Name, v}]; ok {
			return j, true
		}
	}
	return Job{}, false
}

// Operations reports whether the progress of jobs is shown in navigations of this name.
func (r *Registry) Operations(nav string) bool { return slices.Contains(r.operations, nav) }
