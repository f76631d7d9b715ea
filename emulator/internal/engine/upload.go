package engine

import (
	"errors"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/uploads"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// UploadSession finds an upload session of a world. An unknown id is an error.
func (e *Engine) UploadSession(w *op.World, id string) (s *uploads.Session, err error) {
	err = w.Store.View(func(tx *store.Tx) error {
		s, err = uploads.Find(&tx.Reader, id)
		return err
	})
	return s, err
}

// EndUpload removes an upload session with its content.
func (e *Engine) EndUpload(w *op.World, id string) error {
	return w.Store.Update(func(tx *store.Tx) error {
		s, err := uploads.Find(&tx.Reader, id)
		if err != nil {
			return err
		}
		return s.Delete(tx)
	})
}

// PutFragment adds to the content of an upload session. read is called for the fragment when
// it fits; s is the session as it was found. The answer is nil until the content is complete,
// and then that of FinishUpload, whose error leaves the session with all its content. Any
// other error leaves it as it was.
func (e *Engine) PutFragment(w *op.World, r *op.Request, s *uploads.Session, part uploads.Range, read func() (*workload.Media, error)) (*uploads.Session, *Answer, error) {
	if err := s.Check(e.Core, part); err != nil {
		return nil, nil, err
	}
	media, err := read()
	if err != nil {
		return nil, nil, err
	}
	if media.Blob.Len() != part.Len() {
		return nil, nil, grapherr.BadRange("The body does not have the length of the range.")
	}
	whole := s.With(part, media.Blob) // outside the transaction, as it may write a file
	var kept *uploads.Session
	err = w.Store.Update(func(tx *store.Tx) error {
		now, err := uploads.Find(&tx.Reader, s.ID)
		if err != nil {
			return err
		}
		if kept = whole; !whole.Extends(now) {
			if err := now.Check(e.Core, part); err != nil {
				return err
			}
			kept = now.With(part, media.Blob)
		}
		return kept.Keep(e.Core, tx)
	})
	if errors.Is(err, store.ErrBlobs) {
		err = grapherr.TooLarge(0).Because(err.Error(), "")
	}
	if err != nil {
		return nil, nil, err
	}
	if !kept.Complete() || kept.Defer {
		return kept, nil, nil
	}
	ans, err := e.FinishUpload(w, r, s.ID)
	return nil, ans, err
}

// FinishUpload uses the content of an upload session, as its workload declares, and ends the
// session. r is about what the session is for. After an error both are as they were.
func (e *Engine) FinishUpload(w *op.World, r *op.Request, id string) (*Answer, error) {
	d := e.open(w, r)
	x, ans := &d.x, &d.ans
	err := update(x, func(tx *store.Tx) (err error) {
		x.Begin(tx)
		ans.Result, err = finish(x, id)
		return err
	})
	if err != nil {
		return nil, e.Registry.Word(r.Target.Owning(), grapherr.From(err))
	}
	ans.Fidelity, ans.dialogue = workload.Modelled, d
	switch {
	case ans.Result.Status != 0:
		ans.Status = ans.Result.Status
	case ans.Created:
		ans.Status = 201
	default:
		ans.Status = 200
	}
	ans.Bare = ans.One == nil && !ans.HasOf
	ans.Units = e.units(r)
	return ans, nil
}

func finish(x *op.Op, id string) (workload.Result, error) {
	s, err := uploads.Find(&x.Tx.Reader, id)
	if err != nil {
		return workload.Result{}, err
	}
	u, ok := s.Declared(x.Core)
	switch {
	case !ok:
		return workload.Result{}, grapherr.NoUploadSession()
	case !s.Complete():
		return workload.Result{}, grapherr.UploadIncomplete()
	}
	if err := s.At(x, x.Call); err != nil {
		return workload.Result{}, err
	}
	if err := s.Delete(x.Tx); err != nil { // before its content counts a second time
		return workload.Result{}, err
	}
	res, err := u.Finish(x.Call, s.Content())
	if err == nil && res.One != nil && res.One.Members == nil {
		*res.One, err = x.Core.Show(x.Call, res.One.Node)
	}
	return res, err
}
