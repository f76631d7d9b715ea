package ticket

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// Tickets are addresses of content that are used without a token (B-9.1). A
// download whose page documents 302 is redirected to one; for a while it answers
// the content to every caller that has it.
type Tickets struct {
	Prefix string // the path they lie under, ending in a slash
	Key    []byte // signs them; empty: there are none, and content is answered in place
}

// TicketLife is how long a ticket is good for.
const TicketLife = time.Hour

// Ticket is what an address of content says: which download, on whose behalf.
type Ticket struct {
	Path   string          `json:"p"` // with version and query, as the caller wrote it
	Until  int64           `json:"t"`
	Caller workload.Caller `json:"c"`
}

func (t Tickets) sign(payload string) string {
	mac := hmac.New(sha256.New, t.Key)
	mac.Write([]byte(payload))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}

func (t Tickets) Issue(tk Ticket) string {
	raw, err := json.Marshal(tk)
	if err != nil { // unreachable: strings and numbers always encode
		return ""
	}
	payload := base64.RawURLEncoding.EncodeToString(raw)
	return t.Prefix + payload + "." + t.sign(payload)
}

// Open reads a ticket of ours that is still good.
func (t Tickets) Open(text string, now time.Time) (tk Ticket, ok bool) {
	payload, mac, _ := strings.Cut(text, ".")
	if len(t.Key) == 0 || !hmac.Equal([]byte(mac), []byte(t.sign(payload))) {
		return tk, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil || json.Unmarshal(raw, &tk) != nil {
		return tk, false
	}
	return tk, now.Unix() < tk.Until
}
