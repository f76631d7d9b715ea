package sts

import (
	"sync"
	"time"
)

// Bounds of what the service remembers between requests.
const (
	maxSpent   = 4096
	maxDevices = 1024
)

// spent knows the codes that have been redeemed lately. It forgets the oldest
// when it is full: a code lives ten minutes, and more than four thousand
// sign-ins in them are not what a test of single use is about.
type spent struct {
	mu    sync.Mutex
	codes map[string]bool
	order []string
	at    int
}

// take reports whether a code is redeemed for the first time.
func (s *spent) take(code string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.codes[code] {
		return false
	}
	if s.codes == nil {
		s.codes = map[string]bool{}
	}
	if len(s.order) < maxSpent {
		s.order = append(s.order, code)
	} else {
		delete(s.codes, s.order[s.at])
		s.order[s.at] = code
		s.at = (s.at + 1) % maxSpent
	}
	s.codes[code] = true
	return true
}

// devices hold the device codes that wait to be redeemed, by user code.
type devices struct {
	mu     sync.Mutex
	byCode map[string]*device
}

type device struct {
	code     string // the user code
	client   string
	scope    string
	tenant   string
	until    time.Time
	polled   time.Time
	user     string // who approved it; empty: nobody yet
	declined bool
}

// add makes room by forgetting what has expired, or else what expires first.
func (d *devices) add(x *device, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.byCode == nil {
		d.byCode = map[string]*device{}
	}
	if len(d.byCode) >= maxDevices {
		var first *device
		for code, y := range d.byCode {
			if !now.Before(y.until) {
				delete(d.byCode, code)
			} else if first == nil || y.until.Before(first.until) {
				first = y
			}
		}
		if len(d.byCode) >= maxDevices {
			delete(d.byCode, first.code)
		}
	}
	d.byCode[x.code] = x
}

// faults make the next requests for tokens fail, in their order.
type faults struct {
	mu   sync.Mutex
	next []int
}

// FailNext makes the next n requests for a token fail with an AADSTS number, for
// what no request brings about by itself (locked accounts, conditional access).
func (s *Service) FailNext(number, n int) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	for range min(n, maxDevices-len(s.faults.next)) {
		s.faults.next = append(s.faults.next, number)
	}
}

func (f *faults) take() (number int, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.next) == 0 {
		return 0, false
	}
	number = f.next[0]
	f.next = f.next[1:]
	return number, true
}

// Forget drops what waits, and the keys of others: after a reset of the tenant.
func (s *Service) Forget() {
	s.devices.mu.Lock()
	clear(s.devices.byCode)
	s.devices.mu.Unlock()
	s.faults.mu.Lock()
	s.faults.next = nil
	s.faults.mu.Unlock()
	s.issuers.mu.Lock()
	clear(s.issuers.keys)
	s.issuers.mu.Unlock()
}
