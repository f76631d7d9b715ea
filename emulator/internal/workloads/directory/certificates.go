package directory

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"strings"
	"sync"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// signingYears is how long a token signing certificate is good without a word about it.
const signingYears = 3

// signingKey is the key of all certificates that service principals of this process
// are given: nobody signs with it, and making one takes a tenth of a second.
var signingKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// addTokenSigningCertificate makes a certificate of its own for a service principal,
// with the pair of keys and the password that the service keeps of it (C-10.10).
func addTokenSigningCertificate(c *workload.Call) (workload.Result, error) {
	if err := exists(c); err != nil {
		return workload.Result{}, err
	}
	name := c.Body.Text("displayName")
	if name == "" {
		name = "CN=Microsoft Azure Federated SSO Certificate"
	}
	if !strings.HasPrefix(strings.ToUpper(name), "CN=") && !c.Presumes() {
		return workload.Result{}, bad("The displayName of the certificate must begin with 'CN='.")
	}
	end := c.Now().AddDate(signingYears, 0, 0)
	if s := c.Body.Text("endDateTime"); s != "" {
		t, err := time.Parse(time.RFC3339, s)
		if (err != nil || !t.After(c.Now())) && !c.Presumes() {
			return workload.Result{}, bad("The endDateTime of the certificate must lie in the future.")
		}
		end = t
	}
	der, err := certificate(c.Tx.NewGUID(), name[min(3, len(name)):], c.Now(), end)
	if err != nil {
		return workload.Result{}, err
	}
	print, hash := sha1.Sum(der), sha256.Sum256(der)
	thumbprint := strings.ToUpper(hex.EncodeToString(print[:]))
	key := value.String(base64.StdEncoding.EncodeToString(der))
	shared := value.Members{{Name: "customKeyIdentifier", Value: value.String(base64.StdEncoding.EncodeToString(hash[:]))}, {Name: "displayName", Value: value.String(name)},
		{Name: "endDateTime", Value: value.Time(end)}, {Name: "startDateTime", Value: value.Time(c.Now())}}
	of := func(usage string, more ...value.Member) value.Members {
		m := append(shared.Clone(), value.Member{Name: "keyId", Value: value.String(c.Tx.NewGUID())})
		if usage != "" {
			m = append(m, value.Member{Name: "type", Value: `"AsymmetricX509Cert"`}, value.Member{Name: "usage", Value: value.String(usage)})
		}
		return append(m, more...)
	}
	verify := of("Verify")
	if err := appendTo(c, "keyCredentials", append(verify.Clone(), value.Member{Name: "key", Value: key})); err != nil {
		return workload.Result{}, err
	}
	if err := appendTo(c, "keyCredentials", of("Sign", value.Member{Name: "key", Value: value.Null})); err != nil { // the service never shows the private key
		return workload.Result{}, err
	}
	err = appendTo(c, "passwordCredentials", of(""), value.Member{Name: "preferredTokenSigningKeyThumbprint", Value: value.String(thumbprint)})
	answer := append(verify.Clone(), value.Member{Name: "key", Value: key}, value.Member{Name: "thumbprint", Value: value.String(thumbprint)})
	return workload.Result{Status: 200, Value: answer.Object(), Of: edm.Ref{Name: "microsoft.graph.selfSignedCertificate"}, HasOf: true}, err
}

// certificate is a self-signed one. Its number is made of a GUID, so that it repeats
// with the tenant's dice.
func certificate(guid, name string, from, to time.Time) ([]byte, error) {
	key, err := signingKey()
	if err != nil {
		return nil, err
	}
	number, _ := new(big.Int).SetString(strings.ReplaceAll(guid, "-", ""), 16)
	c := &x509.Certificate{SerialNumber: number, Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: to}
	return x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
}
