package sts

import (
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// The life of a device code, and how often it may be asked for (B-10.17).
const (
	deviceLife  = 15 * time.Minute
	interval    = 5 * time.Second
	intervalSec = 5
)

// letters of user codes: none is mistaken for another.
const letters = "BCDFGHJKLMNPQRSTVWXZ23456789"

// Device begins a sign-in on another device. page is where the person goes. The
// code is approved at once for user, unless that is empty (C-2.21).
func (s *Service) Device(r *Request, page, user string) (value.Members, error) {
	tenant, err := s.Tenant(r.Tenant)
	if err != nil {
		return nil, err
	}
	c, _, err := s.client(r, tenant)
	if err != nil {
		return nil, err
	}
	want := r.wanted()
	if !r.V1 && strings.TrimSpace(r.get("scope")) == "" {
		return nil, Fail(900144, "scope")
	}
	serial, now := s.next(), s.Now()
	sealed, err := s.box.Seal("device", session{ID: serial, Client: c.ID, Tenant: tenant, Scopes: want,
		Issued: now.UnixNano(), Until: now.Add(deviceLife).Unix()})
	if err != nil {
		return nil, err
	}
	d := &device{code: s.userCode(serial), client: c.ID, tenant: tenant, scope: strings.Join(want.Asked, " "), until: now.Add(deviceLife), user: user}
	s.devices.add(d, now)
	m := value.Members{{Name: "user_code", Value: value.String(d.code)}, {Name: "device_code", Value: value.String(sealed)}}
	m.Set("verification_uri", value.String(page))
	m.Set("expires_in", value.Int(int64(deviceLife/time.Second)))
	m.Set("interval", value.Int(intervalSec))
	if r.V1 {
		m.Delete("verification_uri")
		m.Set("verification_url", value.String(page))
		m.Set("expires_in", value.String("900"))
		m.Set("interval", value.String("5"))
	}
	m.Set("message", value.String("To sign in, use a web browser to open the page "+page+" and enter the code "+d.code+" to authenticate."))
	return m, nil
}

// userCode has nine characters, as the service's.
func (s *Service) userCode(serial string) string {
	b := make([]byte, 9)
	for i := range b {
		b[i] = letters[s.box.Number("user code "+serial+" "+string(rune('a'+i)), uint64(len(letters)))]
	}
	return string(b)
}

// proof says that a page was shown for something, and when.
type proof struct {
	Of string
	At int64 // Unix seconds
}

// Proof is what a page hands on to show that it was the page that was answered: another
// page cannot make it, and may not read it. It is good for one kind of page and one subject.
func (s *Service) Proof(kind, of string) (string, error) {
	return s.box.Seal(kind+" page", proof{of, s.Now().Unix()})
}

// Proves reports whether a text is such a proof, and not older than a device code lives.
func (s *Service) Proves(kind, of, text string) bool {
	var p proof
	return s.box.Open(kind+" page", text, &p) && p.Of == of && s.Now().Before(time.Unix(p.At, 0).Add(deviceLife))
}

// Waiting tells which client waits for a user code; false when none does.
func (s *Service) Waiting(code string) (name, scope string, ok bool) {
	s.devices.mu.Lock()
	d := s.devices.byCode[strings.ToUpper(strings.TrimSpace(code))]
	if d != nil && s.Now().Before(d.until) && d.user == "" && !d.declined {
		name, scope, ok = d.client, d.scope, true
	}
	s.devices.mu.Unlock()
	if c := s.find(name); ok && c.Name != "" {
		name = c.Name
	}
	return name, scope, ok
}

// Approve lets the client that waits for a user code act for a user; for an empty
// one, it is told that the user declined. It reports false when nobody waits.
func (s *Service) Approve(code, user string) bool {
	s.devices.mu.Lock()
	defer s.devices.mu.Unlock()
	d := s.devices.byCode[strings.ToUpper(strings.TrimSpace(code))]
	if d == nil || !s.Now().Before(d.until) || d.user != "" || d.declined {
		return false
	}
	d.user, d.declined = user, user == ""
	return true
}

// device is the client's question whether the person has signed in (B-10.17).
func (s *Service) device(r *Request, tenant string) (value.Members, error) {
	c, how, err := s.client(r, tenant)
	if err != nil {
		return nil, err
	}
	text := r.get("device_code")
	if text == "" {
		text = r.get("code") // version 1
	}
	if text == "" {
		return nil, Fail(900144, "device_code")
	}
	var g session
	if !s.box.Open("device", text, &g) || !strings.EqualFold(g.Client, c.ID) {
		return nil, Fail(70018)
	}
	if s.Now().Unix() >= g.Until {
		return nil, Fail(70020)
	}
	if g.User, err = s.poll(s.userCode(g.ID)); err != nil {
		return nil, err
	}
	u, err := s.signedIn(&g)
	if err != nil {
		return nil, err
	}
	if err := s.approved(r, c, u, &g); err != nil {
		return nil, err
	}
	return s.delegate(r, &caller{client: c, how: how, user: u, tenant: g.Tenant}, &g)
}

// poll gives the user who approved a code, once.
func (s *Service) poll(code string) (user string, err error) {
	s.devices.mu.Lock()
	defer s.devices.mu.Unlock()
	d, now := s.devices.byCode[code], s.Now()
	switch {
	case d == nil: // redeemed, or forgotten
		return "", Fail(70018)
	case d.declined:
		delete(s.devices.byCode, code)
		return "", Fail(70014)
	case d.user != "":
		delete(s.devices.byCode, code)
		return d.user, nil
	}
	soon := !d.polled.IsZero() && now.Before(d.polled.Add(interval))
	d.polled = now
	if soon {
		return "", Fail(70017, intervalSec)
	}
	return "", Fail(70016)
}

// approved takes the approval of a device for the user's consent.
func (s *Service) approved(r *Request, c *client, u *User, g *session) error {
	to, err := s.resolve(g.Scopes.Resource, r.Origin, g.Tenant)
	if err != nil {
		return err
	}
	if names := s.missing(c, u, &g.Scopes, &to); len(names) > 0 {
		return s.agree(c, u, names, &to)
	}
	return nil
}
