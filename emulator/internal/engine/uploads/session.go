package uploads

import (
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Session is an upload in fragments. JSON is how the store has it.
type Session struct {
	ID    string    `json:"id"`
	Type  edm.Name  `json:"type"` // of the declaration
	Verb  bind.Verb `json:"verb"`
	Model int       `json:"model"` // index in op.Options.Models
	Path  string    `json:"path"`  // of the create, without version and operation

	// Place is the entity that the operation was called on, or, with Names, the folder that
	// they begin in; Nav the collection of Place that it was bound to.
	Place store.Ref `json:"place"`
	Names []string  `json:"names,omitempty"`
	Nav   string    `json:"nav,omitempty"`
	Item  store.Ref `json:"item,omitempty"` // what the operation was called on, if it was there

	Body   json.RawMessage `json:"body,omitempty"` // of the create, checked
	Sent   json.RawMessage `json:"sent,omitempty"` // and as it was sent
	Caller workload.Caller `json:"caller"`

	workload.UploadSession
	Total int64     `json:"total,omitempty"` // as fragments say it; 0: none has come
	Until time.Time `json:"until"`

	ref     store.Ref
	content *store.Blob // nil: nothing has come
	before  *store.Blob // what With has added to
}

const (
	collection = "$uploads" // below the service root, under a name no path can reach
	recordType = "$upload"  // of the entities there
	member     = "$session" // the member that holds a Session
	stream     = "content"
	EndVerb    = "$expire" // the wake-up at the end of a session
)

// Max is how many sessions a world has at one time. Beyond it the oldest is forgotten. What
// they contain together is bounded with all other content of the store.
const Max = 1000

// query is the option of a session's URL that names it.
const query = "id"

// URL is the end of a session's URL, behind the path that all have in common.
func URL(tenant, id string) string {
	return url.PathEscape(tenant) + "/content?" + query + "=" + url.QueryEscape(id) + "&overwrite=true"
}

// ID reads the id of a session from its URL; empty: it is none.
func ID(at *url.URL) string { return at.Query().Get(query) }

// Find finds a session.
func Find(tx *store.Reader, id string) (*Session, error) {
	ref, ok := tx.Find(0, collection, id)
	if !ok {
		return nil, grapherr.NoUploadSession()
	}
	return read(tx, ref)
}

func read(tx *store.Reader, ref store.Ref) (*Session, error) {
	ent, _ := tx.Get(ref)
	raw, _ := ent.Object.Get(member)
	s := &Session{ref: ref}
	if err := json.Unmarshal([]byte(raw), s); err != nil {
		return nil, err
	}
	s.content, _, _ = tx.Blob(ref, stream)
	return s, nil
}

// keep writes a session down, without its content.
func (s *Session) keep(e *op.Core, tx *store.Tx) error {
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	o := e.Shapes.Object(recordType, value.Members{{Name: member, Value: value.Raw(raw)}})
	if s.ref != 0 {
		err = tx.Replace(s.ref, o)
	} else {
		s.ref, err = tx.Add(0, collection, s.ID, o)
	}
	if err != nil {
		return err
	}
	return tx.Wake(s.Until, s.ref, EndVerb, "")
}

// Received is the number of bytes that have arrived.
func (s *Session) Received() int64 {
	if s.content == nil {
		return 0
	}
	return s.content.Len()
}

// Content is what has arrived; nil: nothing has.
func (s *Session) Content() *store.Blob { return s.content }

// Complete reports whether all content has arrived.
func (s *Session) Complete() bool { return s.Total > 0 && s.Received() == s.Total }

// Declared is the declaration that the session belongs to.
func (s *Session) Declared(e *op.Core) (workload.Upload, bool) {
	_, t := e.ModelOf(s.Type)
	return e.Registry.Upload(t, s.Verb)
}

// State is what the session answers of itself, and the status of a fragment.
func (s *Session) State(e *op.Core) (value.Raw, int) {
	u, _ := s.Declared(e)
	shows, status := u.Shows, u.Accepted
	if shows == nil {
		shows = state
	}
	if status == 0 {
		status = 202
	}
	return shows(workload.UploadProgress{Until: s.Until, Received: s.Received(), Total: s.Total}).Object(), status
}

// state is what the session of a drive says (B-14.75): the one range that is missing.
func state(p workload.UploadProgress) value.Members {
	missing := value.Array()
	switch first := strconv.FormatInt(p.Received, 10) + "-"; {
	case p.Total == 0:
		missing = value.Array(value.String(first))
	case p.Received < p.Total:
		missing = value.Array(value.String(first + strconv.FormatInt(p.Total-1, 10)))
	}
	return value.Members{{Name: "expirationDateTime", Value: value.Time(p.Until)}, {Name: "nextExpectedRanges", Value: missing}}
}

// Check refuses a fragment that does not fit what has arrived (B-14.77, B-14.78, B-14.83).
func (s *Session) Check(e *op.Core, r Range) error {
	total := s.Total
	if total == 0 {
		total = s.Size
	}
	u, _ := s.Declared(e)
	switch {
	case total != 0 && r.Total != total:
		return grapherr.OtherTotal(total, r.Total)
	case u.MaxFragment > 0 && r.Len() >= u.MaxFragment:
		return grapherr.FragmentTooLong(u.MaxFragment)
	case r.First < s.Received():
		return grapherr.FragmentOverlap()
	case r.First > s.Received():
		return grapherr.FragmentOrder()
	case e.Options.Strict && u.Unit > 0 && r.Last+1 < r.Total && r.Len()%u.Unit != 0:
		return grapherr.FragmentUnit(u.Unit)
	}
	return nil
}

// With returns the session with one more fragment, which Check has let pass. The store does
// not have it yet.
func (s *Session) With(r Range, content *store.Blob) *Session {
	more := *s
	more.before = s.content
	if more.Total = r.Total; more.content == nil {
		more.content = content
	} else {
		more.content = more.content.Append(content)
	}
	return &more
}

// Extends reports whether With has added to the content that a session has.
func (s *Session) Extends(now *Session) bool { return s.before == now.content }

// Keep puts a session with its content into the store. It lives on from there.
func (s *Session) Keep(e *op.Core, tx *store.Tx) error {
	if !s.Fixed {
		s.Until = tx.Now().Add(s.Life)
	}
	if err := s.keep(e, tx); err != nil {
		return err
	}
	return tx.PutBlob(s.ref, stream, s.content)
}

// Delete removes a session with its content.
func (s *Session) Delete(tx *store.Tx) error { return tx.Delete(s.ref) }

// Take ends the session of a URL and gives its content.
func Take(tx *store.Tx, at string) (*store.Blob, error) {
	u, err := url.Parse(at)
	if err != nil {
		return nil, grapherr.NoUploadSession()
	}
	s, err := Find(&tx.Reader, ID(u))
	switch {
	case err != nil:
		return nil, err
	case !s.Complete():
		return nil, grapherr.UploadIncomplete()
	}
	return s.content, s.Delete(tx)
}
