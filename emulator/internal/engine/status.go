package engine

import (
	"cmp"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// status decides the answer's status, and whether it has no body: the rule's word,
// the client's wish (Prefer: return), the documented one, the type's, the verb's.
func (e *Engine) status(r *op.Request, res *workload.Result) (status int, bare bool) {
	content := res.One != nil || res.IsList || res.HasOf || res.Stream != nil || res.IsText
	switch {
	case res.Status != 0:
		status = res.Status
	case r.Verb == bind.Create || r.Verb == bind.Update || r.Verb == bind.Upsert:
		status = e.written(r, res)
	case r.Verb == bind.Upload:
		status = e.written(r, res)
	case r.Verb == bind.WriteValue:
		if status = r.Documented(200, 201, 202, 204); status == 0 {
			status = 204 // C-10.10: secrets of a synchronization
		}
	case res.Stream != nil:
		status = r.Documented(302) // B-9.1
	case r.Target.Shape == bind.IsAction:
		status = r.Documented(200, 201, 202, 204)
		if status == 0 && !content {
			status = 204
		}
	case r.Verb == bind.Delete:
		status = r.Documented(200, 202, 204)
		if status == 0 {
			status = 204
		}
	case !content && r.Verb != bind.Count && r.Target.Writes(r.Verb):
		status = 204
	}
	if status == 0 {
		status = 200
	}
	if page := r.Op; page != nil && page.Body == "none" && page.Status == status && (status == 202 || r.Verb == bind.Upsert) {
		content = false // the page shows that nothing is answered
	}
	return status, status == 204 || status == 202 && !content || r.Verb == bind.Delete || !content && r.Verb != bind.Count
}

// written is the status of a create, an update or an upload.
func (e *Engine) written(r *op.Request, res *workload.Result) int {
	status := e.observed(r)
	if status == 0 {
		status = r.Documented(200, 201, 202, 204)
	}
	if status == 0 {
		status = e.byTrait(r)
	}
	switch {
	case r.Verb == bind.Create:
		if r.Elsewhere && slices.Contains(r.Op.Statuses, 201) { // another path to the type may not create what it answers
			status = 201
		}
		if status == 0 {
			status = 201
		}
		if r.Minimal && status == 201 {
			return 204
		}
		return status
	case r.Minimal:
		return 204
	case r.Representation && status == 204:
		return 200
	case r.Verb == bind.Upload || r.Verb == bind.Upsert:
		if res.Created && (status == 0 || r.Op != nil && slices.Contains(r.Op.Statuses, 201)) {
			return 201
		}
		if res.Created {
			return status
		}
		if status == 0 || status == 201 {
			return changed(r, 200)
		}
	case status == 0 || status == 201: // a page that creates by PATCH says 201, and this one was there
		return changed(r, e.updated(r.Target.Owning()))
	}
	return status
}

// changed is the status of a change where the page says first what a create answers: 204
// where it names that too, else what is usual.
func changed(r *op.Request, usual int) int {
	if r.Op != nil && r.Op.Status == 201 && !r.Representation && slices.Contains(r.Op.Statuses, 204) {
		return 204
	}
	return usual
}

// updated is the rule of thumb of B-4.3 and B-4.4 for a PATCH that no page documents:
// where no trait says another status, the entity is answered.
func (e *Engine) updated(t *edm.Type) int {
	return cmp.Or(e.Types.Of(t).Traits.Status[string(bind.Update)], 200)
}

// observed is the status that the service gives whatever the page says; 0: the page is right.
func (e *Engine) observed(r *op.Request) int {
	t := r.Target.Owning()
	if r.Verb == bind.Create {
		t = r.Target.Type
	}
	if t == nil {
		return 0
	}
	return e.Types.Of(t).Traits.Observed[string(r.Verb)]
}

func (e *Engine) byTrait(r *op.Request) int {
	return e.Types.Of(r.Target.Owning()).Traits.Status[string(r.Verb)]
}
