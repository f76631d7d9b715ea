package uploads

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/resolve"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Begin makes the session that an operation answers.
func Begin(x *op.Op, c *workload.Call, u workload.Upload) (workload.Result, error) {
	if !c.Self.Exists && !c.Target.Named() {
		return workload.Result{}, heap.Missing(&c.Self)
	}
	begun, err := u.Begin(c)
	if err != nil {
		return workload.Result{}, err
	}
	s := &Session{ID: c.Tx.NewGUID(), Type: u.Type, Verb: u.Verb, Caller: c.Caller, UploadSession: begun, Until: c.Now().Add(begun.Life),
		Model: slices.Index(x.Core.Options.Models, c.Model), Path: path(c)}
	if c.Body != nil {
		s.Body, s.Sent = json.RawMessage(c.Body.Object()), json.RawMessage(c.Sent.Object())
	}
	if err := s.put(x, c); err != nil {
		return workload.Result{}, err
	}
	if begun.Single {
		if err := s.alone(c); err != nil {
			return workload.Result{}, err
		}
	}
	if err := forget(x.Tx); err != nil {
		return workload.Result{}, err
	}
	if err := s.keep(x.Core, x.Tx); err != nil {
		return workload.Result{}, err
	}
	shown, _ := s.State(x.Core)
	return workload.Result{Value: shown, Of: c.Target.Op().Returns, HasOf: true, Upload: s.ID}, nil
}

// path is that of the target without the operation.
func path(c *workload.Call) string {
	var p odata.Path
	for i := range c.Target.Steps[:len(c.Target.Steps)-1] {
		p.Segments = append(p.Segments, *c.Target.Steps[i].Seg)
	}
	return p.String()
}

// put notes where the content goes. Folders that are missing stay so until then, as the
// session may never end.
func (s *Session) put(x *op.Op, c *workload.Call) error {
	at := &c.Self
	if c.Target.Named() {
		names := names(c)
		n := 0
		for n == 0 || !at.Exists && n < len(names) && at.Home.Owner != nil {
			at, n = at.Home.Owner, n+1
		}
		s.Names = names[len(names)-n:]
	}
	if err := x.Core.Materialize(x.Tx, c, at); err != nil {
		return err
	}
	s.Place = at.Ref
	if c.Self.Exists {
		s.Item = c.Self.Ref
	}
	if c.Nav != nil {
		s.Nav = c.Nav.Name
	}
	return nil
}

// names are those of the last path between colons.
func names(c *workload.Call) (out []string) {
	for i := range slices.Backward(c.Target.Steps) {
		if step := &c.Target.Steps[i]; step.Kind == edm.ColonPath {
			for name := range strings.SplitSeq(step.Seg.Text, "/") {
				if name != "" {
					out = append(out, name)
				}
			}
			return out
		}
	}
	return nil
}

// At gives a call what the create had: the entity as it is now, the body and the verb.
func (s *Session) At(x *op.Op, c *workload.Call) error {
	ent, ok := c.Tx.Get(s.Place)
	if !ok {
		return grapherr.NotFound(s.Type.Short(), "").Because("What the upload was for is gone.", "")
	}
	t := x.Core.TypeOf(c.Model, ent.Object.Type(), nil)
	c.Verb, c.Self, c.Nav = s.Verb, x.Core.Located(c, s.Place, ent, t), nil
	if s.Nav != "" {
		c.Nav, _ = t.Navigation(s.Nav)
	}
	if len(s.Names) > 0 {
		var err error
		if c.Self, err = resolve.Below(x, c, c.Self, strings.Join(s.Names, "/")); err != nil {
			return err
		}
	}
	var err error
	if c.Body, err = members(s.Body); err == nil {
		c.Sent, err = members(s.Sent)
	}
	return err
}

func members(text json.RawMessage) (value.Members, error) {
	if len(text) == 0 {
		return nil, nil
	}
	return value.ParseObject(text, value.Limits{})
}

// alone refuses a second session for the same entity or name.
func (s *Session) alone(c *workload.Call) error {
	for ref := range c.Tx.Members(0, collection, 0) {
		other, err := read(c.Tx, ref)
		if err != nil {
			return err
		}
		if s.Item != 0 && other.Item == s.Item || other.Place == s.Place && other.Nav == s.Nav && slices.EqualFunc(other.Names, s.Names, strings.EqualFold) {
			return grapherr.Exists(c.Self.Type.Name.Short(), c.Self.Home.Key).Because("Another upload session is open for it.", "Delete that session, or let it expire.")
		}
	}
	return nil
}

// forget makes room for one more session.
func forget(tx *store.Tx) error {
	if tx.Count(0, collection) < Max {
		return nil
	}
	for ref := range tx.Members(0, collection, 0) {
		return tx.Delete(ref)
	}
	return nil
}
