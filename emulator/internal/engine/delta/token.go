package delta

import (
	"fmt"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/query"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// deltaToken is a delta query from one page to the next, and from one round to the
// next. It carries the whole query, so that a client needs to repeat nothing (B-6.2).
type deltaToken struct {
	World   int64     `json:"w"`           // its start: a token is worth nothing in another
	Expired int64     `json:"x,omitempty"` // see World.ExpireDelta
	Issued  int64     `json:"i"`           // in seconds
	Of      string    `json:"c"`           // the collection
	Owner   store.Ref `json:"o"`           // NoRef while it is not stored
	Query   string    `json:"q,omitempty"`
	Size    int       `json:"n,omitempty"` // Prefer: odata.maxpagesize
	Minimal bool      `json:"l,omitempty"` // Prefer: return=minimal, for the rest of the round

	Since int64 `json:"s,omitempty"` // the round reports the changes behind this one
	First bool  `json:"f,omitempty"` // or, the first, what there is
	Until int64 `json:"u,omitempty"` // the next round begins here; 0 between rounds

	// The place in the round: of the first round the last member reported, behind those
	// that contain it, or its sort keys; of a later one the change and its member.
	Chain []store.Ref `json:"r,omitempty"`
	Keys  eval.Key    `json:"k,omitempty"`
	Sent  int         `json:"m,omitempty"` // members reported in the first round
	Seq   int64       `json:"a,omitempty"`
	Ref   store.Ref   `json:"b,omitempty"`
	Part  *part       `json:"p,omitempty"`
}

// part is the rest of an entity with more links than a page takes (B-6.10).
type part struct {
	Ref   store.Ref `json:"r"`
	Link  int       `json:"l"` // in the round's links
	After store.Ref `json:"a"`
}

// position is how far a delta query has come: the token of the request.
type position struct {
	t      deltaToken
	option string // of the query, that the token stood in
	fresh  bool   // no token came along
	latest bool
	at     time.Time // given in the token's place; zero: none was
}

// given finds the token of a request: in an option of its query or in the
// function's parentheses.
func (r *question) given() (option, token string, err error) {
	q, last := r.x.Request.Query, r.x.Request.Target.Last()
	add := func(name, text string) {
		switch {
		case text == "" || text == token:
		case token != "":
			err = grapherr.BadToken(name, "The request has two tokens.")
		default:
			option, token = name, text
		}
	}
	add("$skiptoken", r.x.Request.PageToken)
	add("$deltatoken", q.DeltaToken)
	if r.trait.Token != "" {
		v, _ := q.Param(r.trait.Token)
		add(r.trait.Token, strings.Trim(v, "'"))
	}
	for _, p := range last.Seg.Params {
		v := p.Value
		if alias, ok := p.Alias(); ok {
			v, _ = q.Param(alias)
		}
		add(p.Name, strings.Trim(v, "'"))
	}
	return option, token, err
}

// latest is the token that skips the first round (B-6.4).
const latest = "latest"

// open reads the token of the request, if it has one.
func (p *position) open(q *question) error {
	option, token, err := q.given()
	switch {
	case err != nil:
		return err
	case token == "":
		p.fresh = true
		return nil
	case token == latest && option != "$skiptoken":
		p.fresh, p.latest = true, true
		return nil
	case p.time(q, option, token):
		if p.fresh = true; q.x.World.Now().Sub(p.at) > q.trait.Times {
			return p.resync(q.x.World.Store.Seq(), fmt.Sprintf("A time may lie %s back.", q.trait.Times))
		}
		return nil
	case !query.Unseal(q.x.Core, "delta", token, &p.t):
		return grapherr.BadToken(option, "The token was not given out here, or is not whole.")
	}
	p.option = option
	w := q.x.World
	switch life := q.trait.Life; {
	case p.t.World != w.Start.UnixNano():
		return p.resync(w.Store.Seq(), "The emulator has been started anew since.")
	case p.t.Expired != w.DeltaEpoch.Load():
		return p.resync(w.Store.Seq(), "The tokens were made to expire by request.")
	case life >= 0 && w.Now().Sub(time.Unix(p.t.Issued, 0)) > orLife(life):
		return p.resync(w.Store.Seq(), fmt.Sprintf("A token is good for %s.", orLife(life)))
	}
	return nil
}

// time reads a time that stands in a token's place (B-14.127).
func (p *position) time(q *question, option, token string) bool {
	if q.trait.Times == 0 || option == "$skiptoken" {
		return false
	}
	var err error
	p.at, err = time.Parse(time.RFC3339, token)
	return err == nil
}

func orLife(life time.Duration) time.Duration {
	if life == 0 {
		return workload.DeltaLife
	}
	return life
}

// resync answers a token that leads nowhere any more. highest is the latest change; inside a
// transaction only that may tell it.
func (p *position) resync(highest int64, why string) error {
	return grapherr.Resync(fmt.Sprintf("%d;[highest=%d]", p.t.Since, highest), why, p.t.Query)
}

// queryText is the text of the query options that a token carries.
func queryText(q *odata.Query, except string) string {
	kept := *q
	kept.SkipToken, kept.DeltaToken, kept.Format, kept.Pairs = "", "", "", nil
	for _, p := range q.Pairs {
		if p.Option == "" && !strings.EqualFold(p.Name, except) {
			kept.Pairs = append(kept.Pairs, p)
		}
	}
	return kept.String()
}

// since is the number that must still be known for the token to be good.
func (p *position) since() int64 {
	if p.t.First {
		return p.t.Until
	}
	return p.t.Since
}

// begin makes the token that a round without one starts from.
func (p *position) begin(q *question, s *scope) {
	x := q.x
	p.t = deltaToken{World: x.World.Start.UnixNano(), Expired: x.World.DeltaEpoch.Load(), Query: queryText(x.Request.Query, q.trait.Token), Size: x.Request.MaxPageSize,
		First: true, Of: s.name, Owner: s.from}
}

// link makes the token of the page behind that of an emitter, or of the next round.
func (p *position) link(e *emitter, more bool) (string, error) {
	t := p.t
	t.Issued, t.Owner, t.Part = e.c.Now().Unix(), e.scope.from, e.part
	if !more {
		t = deltaToken{World: t.World, Expired: t.Expired, Issued: t.Issued, Of: t.Of, Owner: t.Owner, Query: t.Query, Size: t.Size, Since: t.Until}
	}
	return query.Seal(e.x.Core, "delta", t)
}
