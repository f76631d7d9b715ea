package directory

import (
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	passwords "github.com/graph-emulator/graph-emulator/emulator/internal/password"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// secretYears is how long a client secret is good without a word about it (B-12.5).
const secretYears = 2

func credentials() []workload.Rule {
	var out []workload.Rule
	for _, t := range [...]edm.Name{"microsoft.graph.application", "microsoft.graph.servicePrincipal"} {
		out = append(out,
			workload.Rule{Type: t, Verb: bind.Invoke("addPassword"), Do: addPassword},
			workload.Rule{Type: t, Verb: bind.Invoke("removePassword"), Do: removeCredential("passwordCredentials")},
			workload.Rule{Type: t, Verb: bind.Invoke("addKey"), Do: addKey},
			workload.Rule{Type: t, Verb: bind.Invoke("removeKey"), Do: removeCredential("keyCredentials")})
	}
	const user edm.Name = "microsoft.graph.user"
	return append(out,
		workload.Rule{Type: user, Verb: bind.Invoke("revokeSignInSessions"), Do: revokeSessions},
		workload.Rule{Type: user, Verb: bind.Invoke("changePassword"), Do: changePassword})
}

func exists(c *workload.Call) error {
	if c.Self.Exists {
		return nil
	}
	return grapherr.NotFound(c.Self.Type.Name.Short(), c.Self.Home.Key)
}

// given reads a complex parameter of an action; empty when it is not there.
func given(c *workload.Call, name string) value.Members {
	raw, _ := c.Body.Get(name)
	if raw.Kind() != value.KindObject {
		return nil
	}
	return raw.Members()
}

// secrets holds the texts of an object's client secrets by their keyId, and nothing else
// does: the token service compares with it.
const secrets = passwords.Beside

// addPassword makes a client secret. Its text is in this answer and in no other.
func addPassword(c *workload.Call) (workload.Result, error) {
	if err := exists(c); err != nil {
		return workload.Result{}, err
	}
	one, secret, err := newPassword(c, given(c, "passwordCredential"))
	if err != nil {
		return workload.Result{}, err
	}
	texts := knownSecrets(c)
	texts.Set(one.Text("keyId"), value.String(secret))
	if err := appendTo(c, "passwordCredentials", one, value.Member{Name: secrets, Value: texts.Object()}); err != nil {
		return workload.Result{}, err
	}
	one.Set("secretText", value.String(secret))
	return workload.Result{Status: 200, Value: one.Object(), Of: edm.Ref{Name: "microsoft.graph.passwordCredential"}, HasOf: true}, nil
}

// addKey takes a certificate; the proof of possession is not looked at.
func addKey(c *workload.Call) (workload.Result, error) {
	if err := exists(c); err != nil {
		return workload.Result{}, err
	}
	one, err := newKey(c, given(c, "keyCredential"))
	if err != nil {
		return workload.Result{}, err
	}
	if err := appendTo(c, "keyCredentials", one); err != nil {
		return workload.Result{}, err
	}
	return workload.Result{Status: 200, Value: one.Object(), Of: edm.Ref{Name: "microsoft.graph.keyCredential"}, HasOf: true}, nil
}

// dated completes a credential with the times that the caller leaves open. It refuses one
// that would never be valid.
func dated(c *workload.Call, kind string, sent value.Members) (value.Members, error) {
	m := sent.Clone()
	for i := range m {
		if m[i].Value == `""` { // an empty text says nothing
			m[i].Value = value.Null
		}
	}
	start := c.Now()
	if s := m.Text("startDateTime"); s != "" {
		if t, err := time.Parse(time.RFC3339, s); err == nil {
			start = t
		}
	} else {
		m.Set("startDateTime", value.Time(start))
	}
	switch end, err := time.Parse(time.RFC3339, m.Text("endDateTime")); {
	case m.Text("endDateTime") == "":
		m.Set("endDateTime", value.Time(start.AddDate(secretYears, 0, 0)))
	case err == nil && !end.After(start) && !c.Presumes():
		return nil, grapherr.InvalidValue(kind, "endDateTime", "It ends before it begins.")
	}
	return m, nil
}

func appendTo(c *workload.Call, list string, one value.Members, more ...value.Member) error {
	had, _ := c.Self.Get(list)
	var all []value.Raw
	if had.Kind() == value.KindArray {
		for el := range had.Elements() {
			all = append(all, el)
		}
	}
	changed := append(value.Members{{Name: list, Value: value.Array(append(all, one.Object())...)}}, more...)
	return c.System.Write(c, &c.Self, changed)
}

// removeCredential takes away the credential that keyId names.
func removeCredential(list string) workload.Func {
	return func(c *workload.Call) (workload.Result, error) {
		if err := exists(c); err != nil {
			return workload.Result{}, err
		}
		id := c.Body.Text("keyId")
		had, _ := c.Self.Get(list)
		var left []value.Raw
		found := false
		if had.Kind() == value.KindArray {
			for el := range had.Elements() {
				if strings.EqualFold(el.Members().Text("keyId"), id) {
					found = true
				} else {
					left = append(left, el)
				}
			}
		}
		if !found && !c.Presumes() {
			return workload.Result{}, bad("No credentials found to be removed.")
		}
		changed := value.Members{{Name: list, Value: value.Array(left...)}}
		if known, _ := c.Self.Get(secrets); known.Kind() == value.KindObject {
			texts := known.Members()
			texts.Set(id, value.Null)
			changed.Set(secrets, texts.Object())
		}
		return workload.Result{Status: 204}, c.System.Write(c, &c.Self, changed)
	}
}

// revokeSessions makes the refresh tokens issued so far invalid (B-12.8). The token
// service compares with signInSessionsValidFromDateTime.
func revokeSessions(c *workload.Call) (workload.Result, error) {
	if err := exists(c); err != nil {
		return workload.Result{}, err
	}
	now := value.Members{{Name: "signInSessionsValidFromDateTime", Value: value.Time(c.Now())}, {Name: "refreshTokensValidFromDateTime", Value: value.Time(c.Now())}}
	return workload.Result{Status: 200, Value: "true", Of: edm.Ref{Name: "Edm.Boolean"}, HasOf: true}, c.System.Write(c, &c.Self, now)
}

// changePassword is for who knows the old one (B-12.9).
func changePassword(c *workload.Call) (workload.Result, error) {
	if err := exists(c); err != nil {
		return workload.Result{}, err
	}
	profile, _ := c.Self.Get("passwordProfile")
	old := value.Members{}
	if profile.Kind() == value.KindObject {
		old = profile.Members()
	}
	if !passwords.Is(c.Body.Text("currentPassword"), old.Text("password")) && !c.Presumes() {
		return workload.Result{}, bad("The specified password does not match the current password.")
	}
	fresh := c.Body.Text("newPassword")
	if simple(fresh, lenient(c)) && !c.Presumes() {
		return workload.Result{}, weak()
	}
	old.Set("password", value.String(fresh))
	old.Set("forceChangePasswordNextSignIn", "false")
	return workload.Result{Status: 204}, c.System.Write(c, &c.Self, value.Members{{Name: "passwordProfile", Value: old.Object()},
		{Name: "lastPasswordChangeDateTime", Value: value.Time(c.Now())}})
}
