package workload

import (
	"fmt"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Upload says that an operation on a type begins an upload in fragments (B-14.71): it
// answers an upload session, whose URL takes the content and needs no token.
type Upload struct {
	Type edm.Name  // that the operation is bound to
	Verb bind.Verb // bind.Invoke("createUploadSession")
	// Begin judges the create. Self may be an entity that is not there, named by a path
	// between colons: the session is for that name.
	Begin func(c *Call) (UploadSession, error)
	// Finish uses the content, once it is complete, with the body and the caller of the
	// create and on Self as it is then. After an error, session and content are as before.
	// A Result without a status answers 201 when it is Created, else 200.
	Finish func(c *Call, content *store.Blob) (Result, error)

	MaxFragment int64 // a fragment has fewer bytes; 0: any number
	Unit        int64 // in strict mode fragments before the last are multiples of it; 0: any number
	Accepted    int   // the status of a fragment before the last; 0: 202
	// Shows is what a fragment and a GET of the URL answer of the session; nil: what drives do.
	Shows func(UploadProgress) value.Members
}

// UploadSession is what the create of a session decides.
type UploadSession struct {
	Life  time.Duration // from the create on, and from each fragment
	Fixed bool          // fragments do not prolong it
	Size  int64         // of the whole content; 0: the first fragment says it
	Defer bool          // the content is complete when a POST to the URL says so
	// Single refuses the create while another session is open for the same entity or name.
	Single bool
}

// UploadProgress is how far an upload is.
type UploadProgress struct {
	Until    time.Time // the session ends
	Received int64     // bytes
	Total    int64     // 0: not known yet
}

func (r *Registry) addUploads(w *Workload, known func(edm.Name) bool) error {
	for _, u := range w.Uploads {
		if !known(u.Type) {
			return fmt.Errorf("the upload %s is about %s, which no model has", u.Verb, u.Type)
		}
		k := ruleKey{u.Type, u.Verb}
		if _, twice := r.uploads[k]; twice {
			return fmt.Errorf("%s has two uploads on %s", u.Type, u.Verb)
		}
		if _, ruled := r.rules[k]; ruled {
			return fmt.Errorf("%s has a rule and an upload on %s", u.Type, u.Verb)
		}
		r.uploads[k] = u
	}
	return nil
}

// Upload finds the upload that a verb on a type begins, looking through the base types.
func (r *Registry) Upload(t *edm.Type, v bind.Verb) (Upload, bool) {
	for ; t != nil && len(r.uploads) > 0; t = t.Base() {
		if u, ok := r.uploads[ruleKey{t.Name, v}]; ok {
			return u, true
		}
	}
	return Upload{}, false
}
