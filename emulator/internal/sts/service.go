package sts

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/jose"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
)

// Checked says which kinds of things the tenant's own files list: these are then
// checked, and a client that names another is refused (C-2.24). The zero value
// checks nothing (C-2.23).
type Checked struct {
	Applications bool // client ids, secrets, redirect addresses, scopes, resources
	Users        bool // passwords
	Tenant       bool // the tenant's id and domains
}

// Options are what the token service is made with.
type Options struct {
	Store *store.Store
	Now   func() time.Time
	Seed  uint64 // of sealed texts and ids
	// Repeat makes the keys of KeySeed; without it all services of a process share
	// keys that no other process has, because making one costs a tenth of a second.
	Repeat  bool
	KeySeed uint64
	Checked func() Checked
	// Enforce makes tokens hold what has been consented to, and no more (B-10.39).
	Enforce bool
	// GrantedScopes and GrantedRoles are permissions of Graph that every application has
	// without consent.
	GrantedScopes, GrantedRoles []string
	// Register stores an application, if it is not there, and its service principal
	// (C-2.23). name may be empty.
	Register func(appID, name string) error
	// Consent stores that a user, or everybody if user is empty, lets a service
	// principal have scopes of another.
	Consent func(principal, resource, user string, scopes []string) error
	// Scope says whether Graph has a delegated permission of this name, and whether
	// only an administrator can consent to it; nil: nothing is known of scopes.
	Scope func(name string) (known, admin bool)
	// Lifetime of access tokens; zero: the service's own (B-10.27).
	Lifetime time.Duration
	// Cloud makes tokens and documents name the cloud as their issuer (C-2.5).
	Cloud bool
}

// Service is the token service of one tenant. It is safe for concurrent use.
type Service struct {
	Options
	box     *jose.Box
	keys    ring
	serial  atomic.Uint64
	spent   spent
	devices devices
	faults  faults
	issuers issuers
	meeting sync.Mutex // of clients that nobody has met
}

// New makes a token service. Keys are made when the first token is.
func New(o Options) (*Service, error) {
	box, err := jose.NewBox(seedOf("box", o.Seed, 0))
	if err != nil {
		return nil, err
	}
	pool := own()
	if o.Repeat {
		pool = &keyPool{seed: o.KeySeed}
	}
	return &Service{Options: o, box: box, keys: ring{pool: pool}}, nil
}

func seedOf(what string, seed, n uint64) [32]byte {
	return sha256.Sum256(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64([]byte(what), seed), n))
}

// next is a name that no other call of this service gets.
func (s *Service) next() string { return strconv.FormatUint(s.serial.Add(1), 36) }
