package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// Tickets are addresses of content that are used without a token (B-9.1). A
// download whose page documents 302 is redirected to one; for a while it answers
// the content to whoever has it.
type Tickets struct {
	Prefix string // the path they lie under, ending in a slash
	Key    []byte // signs them; empty: there are none, and content is answered in place
}

// ticketLife is how long a ticket is good for.
const ticketLife = time.Hour

// ticket is what an address of content says: which download, on whose behalf.
type ticket struct {
	Path   string          `json:"p"` // with version and query, as the caller wrote it
	Until  int64           `json:"t"`
	Caller workload.Caller `json:"c"`
}

func (t Tickets) sign(payload string) string {
	mac := hmac.New(sha256.New, t.Key)
	mac.Write([]byte(payload))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}

func (t Tickets) issue(tk ticket) string {
	raw, err := json.Marshal(tk)
	if err != nil { // unreachable: strings and numbers always encode
		return ""
	}
	payload := base64.RawURLEncoding.EncodeToString(raw)
	return t.Prefix + payload + "." + t.sign(payload)
}

// open reads a ticket of ours that is still good.
func (t Tickets) open(text string, now time.Time) (tk ticket, ok bool) {
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

// redirect sends the caller to a ticket for the content it asked for.
func (x *exchange) redirect(w http.ResponseWriter) bool {
	t := x.g.Tickets
	if x.direct || len(t.Key) == 0 {
		return false
	}
	tk := ticket{Path: x.r.RequestURI, Until: x.now().Add(ticketLife).Unix(), Caller: x.caller}
	w.Header().Set("Location", x.g.Origin(x.r)+t.issue(tk))
	w.WriteHeader(http.StatusFound)
	return true
}

// Content answers tickets: the download that each was issued for, with Range and
// without a token.
func (g *Graph) Content() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.CatchUp()
		tk, ok := g.Tickets.open(strings.TrimPrefix(r.URL.Path, g.Tickets.Prefix), g.World("").Now()) // all live by one clock
		world := g.World(tk.Caller.Tenant)
		target, err := url.ParseRequestURI(tk.Path)
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			err = grapherr.NotAllowed(r.Method, []string{http.MethodGet})
		case !ok || err != nil:
			err = grapherr.NotFound("content", "ticket").Because("The address of the content is not valid, or no longer.", "Ask for the content again.")
		default:
			inner := r.Clone(r.Context())
			inner.URL, inner.RequestURI = target, tk.Path
			buf := buffers.Get().(*[]byte)
			defer putBuffer(buf)
			x := &exchange{g: g, r: inner, world: world, caller: tk.Caller, buf: buf, direct: true}
			err = x.answer(w)
		}
		if err != nil {
			Fail(w, r, err, world.Now(), g.Log)
		}
	})
}

// answer runs an exchange from its path to its answer.
func (x *exchange) answer(w http.ResponseWriter) error {
	if err := x.split(); err != nil {
		return err
	}
	if err := x.read(); err != nil {
		return err
	}
	answer, err := x.g.Engine.Do(x.world, &x.req)
	if err != nil {
		return err
	}
	return x.write(w, answer)
}
