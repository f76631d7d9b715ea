package query

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/typeinfo"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
)

// tokenMark begins every page and delta token, as the directory's do (B-3.71).
const tokenMark = "RFNwd"

// macSize is how many bytes of a token say that it was made here and is unchanged.
const macSize = 8

// Seal makes an opaque token of what it stands for. A token of one kind is none of
// another.
func Seal(e *op.Core, kind string, v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return tokenMark + base64.RawURLEncoding.EncodeToString(append(mac(e, kind, text), text...)), nil
}

// Unseal reads what seal made; false for anything else.
func Unseal(e *op.Core, kind, token string, v any) bool {
	if len(token) < len(tokenMark) || token[:len(tokenMark)] != tokenMark {
		return false
	}
	text, err := base64.RawURLEncoding.DecodeString(token[len(tokenMark):])
	if err != nil || len(text) < macSize || !hmac.Equal(text[:macSize], mac(e, kind, text[macSize:])) {
		return false
	}
	return json.Unmarshal(text[macSize:], v) == nil
}

func mac(e *op.Core, kind string, text []byte) []byte {
	h := hmac.New(sha256.New, e.Options.Key)
	h.Write([]byte(kind + " "))
	h.Write(text)
	return h.Sum(nil)[:macSize:macSize]
}

// DefaultPageTokenLife is how long a page token is good for (B-3.71).
const DefaultPageTokenLife = 15 * time.Minute

// pageToken is the place in a collection that a page ended at: the last member
// and, under an order, its sort keys. Members that come or go between two pages
// change nothing about it. It carries the query that it goes on with.
type pageToken struct {
	Ref   store.Ref `json:"r"`
	Keys  eval.Key  `json:"k,omitempty"`
	Of    string    `json:"t"` // type of the members
	Given int       `json:"n"` // members on the pages so far
	Until int64     `json:"u"` // seconds of the world's clock
	Query string    `json:"q,omitempty"`
	Empty bool      `json:"e,omitempty"` // an empty page comes first
}

// token continues behind the member that is last on the page.
func token(x *op.Op, p *Plan, last store.Ref, given int) (string, error) {
	t := pageToken{Ref: last, Of: string(heap.MemberType(x.Call).Name), Given: given, Query: x.Request.Text, Empty: x.Core.Options.EmptyPages && !p.empty}
	life := x.Core.Options.PageTokenLife
	if life <= 0 {
		life = DefaultPageTokenLife
	}
	t.Until = x.World.Now().Add(life).Unix()
	if p.Last != nil {
		t.Keys = p.Last.Key
	}
	return Seal(x.Core, "page", t)
}

func parseToken(e *op.Core, token string) (t pageToken, ok bool) {
	return t, Unseal(e, "page", token, &t) && t.Ref >= 0 && t.Given >= 0
}

// TokenQuery is the query string that a page token goes on with; false for what is no
// token of ours.
func TokenQuery(e *op.Core, token string) (query string, ok bool) {
	t, ok := parseToken(e, token)
	return t.Query, ok
}

// readToken continues behind the page that made the token. What is no token of
// ours, or of another collection, is refused, never answered with the first page (C-7.4).
func readToken(x *op.Op, p *Plan, k *typeinfo.Info, token string) error {
	t, ok := parseToken(x.Core, token)
	switch {
	case !ok:
		return refusedToken("The token was not issued here.")
	case t.Of != string(k.Type.Name):
		return refusedToken("The token was issued for a list of " + t.Of + ".")
	case p.Order != nil && len(t.Keys) != p.Order.Len() || p.Order == nil && len(t.Keys) > 0:
		return refusedToken("The token was issued for another order.")
	case x.World.Now().Unix() >= t.Until:
		return (&grapherr.Error{Status: 400, Code: "Directory_ExpiredPageToken", Target: "$skiptoken",
			Message: "The specified page token value has expired and can no longer be included in your request."}).
			Because("", "Start with the first page again.")
	}
	p.skip, p.given, p.after, p.empty = 0, t.Given, t.Ref, t.Empty
	if p.Order != nil {
		p.Last = &eval.Entry{Key: t.Keys, Ref: int64(t.Ref)}
	}
	return nil
}

func refusedToken(cause string) error {
	e := grapherr.BadRequest("The specified page token value is not valid.")
	e.Case, e.Target = grapherr.CaseBadToken, "$skiptoken"
	return e.Because(cause, "Use @odata.nextLink as it is.")
}
