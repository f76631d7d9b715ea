package wire

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"net/http"

	"github.com/graph-emulator/graph-emulator/internal/clouds"
)

// newGUID makes a request id. Request ids mark answers apart and are no part of
// the world, so the world's seed has no say in them. They are no secrets either:
// crypto/rand would cost a system call for each answer.
func newGUID() string {
	var raw [16]byte
	binary.LittleEndian.PutUint64(raw[:8], rand.Uint64())
	binary.LittleEndian.PutUint64(raw[8:], rand.Uint64())
	raw[6] = raw[6]&0x0f | 0x40
	raw[8] = raw[8]&0x3f | 0x80
	var b [36]byte
	hex.Encode(b[0:8], raw[0:4])
	hex.Encode(b[9:13], raw[4:6])
	hex.Encode(b[14:18], raw[6:8])
	hex.Encode(b[19:23], raw[8:10])
	hex.Encode(b[24:36], raw[10:16])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}

// The canonical forms of Graph's lower-case header names: a map access by these
// skips the canonicalisation that Header.Set does on each call.
const (
	hRequestID = "Request-Id"
	hClientID  = "Client-Request-Id"
)

// maxEcho bounds what a client can make the emulator echo.
const maxEcho = 256

// stamp sets what every answer carries: B-1.9, B-1.12, B-1.13, C-1.23.
func stamp(h http.Header, r *http.Request) {
	id := []string{newGUID()}
	client := r.Header[hClientID]
	if len(client) != 1 || client[0] == "" || len(client[0]) > maxEcho {
		client = id
	}
	h[hRequestID] = id
	h[hClientID] = client
	h["X-Ms-Ags-Diagnostic"] = diagnostic
	h["Cache-Control"] = noCache
	h["Vary"] = varyOn
	if r.TLS != nil && clouds.Has(r.Host) { // under a name of this machine it would hold for every other server here (B-1.4)
		h["Strict-Transport-Security"] = strictTransport
	}
}

// Values are shared between answers: a header map of net/http is only read.
var (
	diagnostic      = []string{`{"ServerInfo":{"DataCenter":"Emulator","Slice":"E","Ring":"1","ScaleUnit":"000","RoleInstance":"LOCAL0001"}}`}
	noCache         = []string{"no-cache"}
	varyOn          = []string{"Accept-Encoding"}
	allowAll        = []string{"*"}
	strictTransport = []string{"max-age=31536000"}
	exposed         = []string{"ETag, Location, Preference-Applied, Content-Range, request-id, client-request-id, WWW-Authenticate, Retry-After, OData-Version, X-Emulator-Fidelity, X-Emulator-Warning"}
)
