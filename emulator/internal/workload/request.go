package workload

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Request is what rules may know of the request that a call answers. The front door fills
// it once. A call within a call, which is about something else, has one of its own.
type Request struct {
	Model  *edm.Model
	Target *bind.Target
	Caller Caller
	Query  *odata.Query // never nil
	Media  *Media       // content that was sent; nil: none
	// Minimal and Representation are the client's wish for a write's answer (Prefer: return).
	Minimal, Representation bool
	// Redeem is the wish that the sharing link of the path gives the caller lasting access. A
	// read with it may write.
	Redeem bool
}

// About gives the call a request of its own, about another target: the query and the content
// are those of the request that it is a part of, and not its own.
func (c *Call) About(t *bind.Target) {
	r := *c.Request
	r.Target, r.Media, r.Query = t, nil, &odata.Query{}
	c.Request = &r
}
