package engine

import (
	"encoding/base64"
	"encoding/json"

	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
)

// tokenMark begins every page token, as the directory's do (B-3.71).
const tokenMark = "RFNwd"

// pageToken is the place in a collection that a page ended at: the last member
// and, under $orderby, its sort keys. Members that come or go between two pages
// change nothing about it.
type pageToken struct {
	Ref  store.Ref `json:"r"`
	Keys eval.Key  `json:"k,omitempty"`
}

func (p *plan) token(last store.Ref) (string, error) {
	t := pageToken{Ref: last}
	if p.last != nil {
		t.Keys = p.last.Key
	}
	text, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	return tokenMark + base64.RawURLEncoding.EncodeToString(text), nil
}

// readToken continues behind the page that made the token. What is no token of
// ours is refused, never answered with the first page (C-7.4).
func (p *plan) readToken(token string) error {
	refuse := grapherr.BadRequest("The specified page token value is not valid.")
	if len(token) < len(tokenMark) || token[:len(tokenMark)] != tokenMark {
		return refuse
	}
	text, err := base64.RawURLEncoding.DecodeString(token[len(tokenMark):])
	if err != nil {
		return refuse
	}
	var t pageToken
	if err := json.Unmarshal(text, &t); err != nil || t.Ref < 0 {
		return refuse
	}
	p.skip = 0
	p.after = t.Ref
	if p.order != nil {
		if len(t.Keys) == 0 {
			return refuse
		}
		p.last = &eval.Entry{Key: t.Keys, Ref: int64(t.Ref)}
	}
	return nil
}
