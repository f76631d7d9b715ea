package directory

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// newPassword makes a client secret and returns its text apart, which only one answer shows.
func newPassword(c *workload.Call, sent value.Members) (one value.Members, secret string, err error) {
	if one, err = dated(c, "passwordCredential", sent); err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256([]byte(c.Tx.NewGUID() + c.Tx.NewGUID()))
	secret = strings.TrimLeft(base64.RawURLEncoding.EncodeToString(sum[:]), "-_") // no command line takes it for a flag
	one.Set("secretText", value.Null)
	one.Set("hint", value.String(secret[:3]))
	one.Set("keyId", value.String(c.Tx.NewGUID()))
	return one, secret, nil
}

// newKey takes a certificate. What the caller leaves open is read from the certificate; other
// content is stored as it is.
func newKey(c *workload.Call, sent value.Members) (value.Members, error) {
	one := sent.Clone()
	missing := func(name string, v value.Raw) {
		if raw, _ := one.Get(name); raw.IsNull() || raw == `""` {
			one.Set(name, v)
		}
	}
	if cert := certified(one.Text("key")); cert != nil {
		print := sha1.Sum(cert.Raw)
		missing("customKeyIdentifier", value.String(base64.StdEncoding.EncodeToString(print[:])))
		missing("displayName", value.String(cert.Subject.String()))
		missing("startDateTime", value.Time(cert.NotBefore))
		missing("endDateTime", value.Time(cert.NotAfter))
	}
	missing("keyId", value.String(c.Tx.NewGUID()))
	return dated(c, "keyCredential", one)
}

// certified reads a certificate in base64, of its DER or its PEM form; nil: it is none.
func certified(key string) *x509.Certificate {
	der, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		return nil
	}
	if block, _ := pem.Decode(der); block != nil {
		der = block.Bytes
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil
	}
	return cert
}

func knownSecrets(c *workload.Call) value.Members {
	known, _ := c.Self.Get(secrets)
	if known.Kind() != value.KindObject {
		return value.Members{}
	}
	return known.Members()
}

// credentialed makes the credentials that the body of a create or an update adds, as addPassword
// and addKey do. An entry with the keyId of a credential that is there means that one. Those of
// a fixture stay as they are.
func credentialed(c *workload.Call) error {
	if c.Loading() {
		withhold(c)
		return nil
	}
	if raw, ok := c.Body.Get("passwordCredentials"); ok {
		was, texts := knownSecrets(c), value.Members{}
		list, err := completed(c, "passwordCredentials", raw, func(sent value.Members) (value.Members, error) {
			one, secret, err := newPassword(c, sent)
			if err == nil {
				texts.Set(one.Text("keyId"), value.String(secret))
			}
			return one, err
		})
		if err != nil {
			return err
		}
		for el := range list.Elements() {
			id := el.Members().Text("keyId")
			if text, ok := was.Get(id); ok {
				texts.Set(id, text)
			}
		}
		c.Body.Set("passwordCredentials", list)
		c.Body.Set(secrets, value.Null)
		if len(texts) > 0 {
			c.Body.Set(secrets, texts.Object())
		}
	}
	if raw, ok := c.Body.Get("keyCredentials"); ok {
		list, err := completed(c, "keyCredentials", raw, func(sent value.Members) (value.Members, error) { return newKey(c, sent) })
		if err != nil {
			return err
		}
		c.Body.Set("keyCredentials", list)
	}
	return nil
}

// withhold takes the secrets out of the credentials of a fixture: no answer shows them.
func withhold(c *workload.Call) {
	raw, ok := c.Body.Get("passwordCredentials")
	if !ok || raw.Kind() != value.KindArray {
		return
	}
	was, texts := knownSecrets(c), value.Members{}
	var list []value.Raw
	for el := range raw.Elements() {
		if el.Kind() != value.KindObject {
			list = append(list, el)
			continue
		}
		one := el.Members().Clone()
		if one.Text("keyId") == "" {
			one.Set("keyId", value.String(c.Tx.NewGUID()))
		}
		text, given := one.Get("secretText")
		if !given || text.IsNull() {
			text, given = was.Get(one.Text("keyId"))
		}
		if given {
			one.Set("secretText", value.Null)
			texts.Set(one.Text("keyId"), text)
		}
		list = append(list, one.Object())
	}
	c.Body.Set("passwordCredentials", value.Array(list...))
	if len(texts) > 0 {
		c.Body.Set(secrets, texts.Object())
	}
}

// completed returns a list of credentials with those that are new made by one.
func completed(c *workload.Call, name string, raw value.Raw, one func(sent value.Members) (value.Members, error)) (value.Raw, error) {
	had := map[string]value.Raw{}
	if list, _ := c.Self.Get(name); list.Kind() == value.KindArray {
		for el := range list.Elements() {
			had[strings.ToLower(el.Members().Text("keyId"))] = el
		}
	}
	var out []value.Raw
	if raw.Kind() == value.KindArray {
		for el := range raw.Elements() {
			if el.Kind() != value.KindObject {
				continue
			}
			sent := el.Members()
			if known, ok := had[strings.ToLower(sent.Text("keyId"))]; ok {
				out = append(out, known)
				continue
			}
			made, err := one(sent)
			if err != nil {
				return "", err
			}
			out = append(out, made.Object())
		}
	}
	return value.Array(out...), nil
}

// disclose shows the secrets of a new object in the answer that makes it, and in no other.
func disclose(e *workload.Entity) {
	known, _ := e.Get(secrets)
	list, _ := e.Get("passwordCredentials")
	if known.Kind() != value.KindObject || list.Kind() != value.KindArray {
		return
	}
	texts := known.Members()
	var shown []value.Raw
	for el := range list.Elements() {
		m := el.Members()
		if text, ok := texts.Get(m.Text("keyId")); ok {
			m.Set("secretText", text)
		}
		shown = append(shown, m.Object())
	}
	e.Show(value.Member{Name: "passwordCredentials", Value: value.Array(shown...)})
}
