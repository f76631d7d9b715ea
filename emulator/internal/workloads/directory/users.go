package directory

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// bad is a refusal in the directory's code.
func bad(message string) *grapherr.Error {
	return &grapherr.Error{Status: 400, Code: "Request_BadRequest", Message: message}
}

func root(c *workload.Call) *workload.Node {
	return &workload.Node{Type: c.Model.Root(), Exists: true}
}

// createUser fills what the service makes of a user and refuses names that the
// tenant cannot have (B-4.6, B-4.20, B-4.21).
func createUser(c *workload.Call) (workload.Result, error) {
	if c.Loading() {
		c.Body.SetMissing("lastPasswordChangeDateTime", value.Time(c.Now().Truncate(time.Second)))
		return c.Next()
	}
	d := domains(c)
	upn := c.Body.Text("userPrincipalName")
	if upn == "" { // a local account: the service makes the name
		upn = c.Tx.NewGUID() + "@" + d.first
		c.Body.Set("userPrincipalName", value.String(upn))
		c.Body.Set("creationType", value.String("LocalAccount"))
	}
	if err := d.check(c, upn); err != nil {
		return workload.Result{}, err
	}
	if d.federated(upn) && c.Body.Text("onPremisesImmutableId") == "" {
		return workload.Result{}, grapherr.Required("user", "onPremisesImmutableId")
	}
	if err := password(c); err != nil {
		return workload.Result{}, err
	}
	if _, ok := c.Body.Get("identities"); !ok {
		_, domain, _ := strings.Cut(upn, "@")
		c.Body.Set("identities", value.Array(value.Members{{Name: "signInType", Value: value.String("userPrincipalName")},
			{Name: "issuer", Value: value.String(domain)}, {Name: "issuerAssignedId", Value: value.String(upn)}}.Object()))
	}
	if mail := c.Body.Text("mail"); mail != "" {
		c.Body.Set("proxyAddresses", value.Strings(addressed(nil, mail)))
	}
	return c.Next()
}

// password refuses what the service's complexity rules do (B-2.33), and remembers
// when it was set.
func password(c *workload.Call) error {
	profile, ok := c.Body.Get("passwordProfile")
	if !ok || profile.Kind() != value.KindObject {
		return nil
	}
	p, given := profile.Members().Get("password")
	s, _ := p.Text()
	switch {
	case !given && c.Self.Type.Name == "microsoft.graph.user":
		return nil // only the flags of the profile are changed
	case !given:
		return grapherr.Required("user", "passwordProfile.password")
	case simple(s, lenient(c)) && !c.Presumes():
		return weak()
	}
	c.Body.Set("lastPasswordChangeDateTime", value.Time(c.Now()))
	return nil
}

// lenient reports whether the policies of a user admit passwords of one kind of characters.
func lenient(c *workload.Call) bool {
	policies := c.Self.Text("passwordPolicies")
	if _, ok := c.Body.Get("passwordPolicies"); ok {
		policies = c.Body.Text("passwordPolicies")
	}
	return strings.Contains(policies, "DisableStrongPassword")
}

// simple reports whether a password is too short or too long, or has characters of fewer
// than three kinds where that counts.
func simple(password string, lenient bool) bool {
	var kinds [4]int
	for _, r := range password {
		switch {
		case unicode.IsLower(r):
			kinds[0] = 1
		case unicode.IsUpper(r):
			kinds[1] = 1
		case unicode.IsDigit(r):
			kinds[2] = 1
		default:
			kinds[3] = 1
		}
	}
	n := utf8.RuneCountInString(password)
	return n < 8 || n > 256 || !lenient && kinds[0]+kinds[1]+kinds[2]+kinds[3] < 3
}

func weak() error {
	return bad("The specified password does not comply with password complexity requirements. Please provide a different password.")
}

// allowedOnSynced are the properties of a synchronized object that the cloud masters.
var allowedOnSynced = map[string]bool{"id": true, "usageLocation": true, "passwordPolicies": true, "preferredDataLocation": true}

// updateUser refuses what the service does not let change (B-4.21, B-4.60) and keeps
// proxyAddresses in step with mail (B-4.20).
func updateUser(c *workload.Call) (workload.Result, error) {
	if err := synced(c); err != nil {
		return workload.Result{}, err
	}
	if upn, ok := c.Body.Get("userPrincipalName"); ok {
		s, _ := upn.Text()
		if err := domains(c).check(c, s); err != nil {
			return workload.Result{}, err
		}
	}
	if err := password(c); err != nil {
		return workload.Result{}, err
	}
	if mail := c.Body.Text("mail"); mail != "" && !strings.EqualFold(mail, c.Self.Text("mail")) {
		had, _ := c.Self.Get("proxyAddresses")
		c.Body.Set("proxyAddresses", value.Strings(addressed(texts(had), mail)))
	}
	return c.Next()
}

// synced refuses a change of what a directory on the premises masters.
func synced(c *workload.Call) error {
	if !c.Self.Bool("onPremisesSyncEnabled") {
		return nil
	}
	for _, m := range c.Body {
		if !allowedOnSynced[m.Name] {
			return bad("Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.").
				Because("'"+m.Name+"' is mastered on the premises.", "")
		}
	}
	return nil
}

// addressed makes mail the primary address; what was primary stays as another.
func addressed(had []string, mail string) []string {
	out := []string{"SMTP:" + mail}
	for _, a := range had {
		kind, address, _ := strings.Cut(a, ":")
		if strings.EqualFold(kind, "smtp") {
			if strings.EqualFold(address, mail) {
				continue
			}
			a = "smtp:" + address
		}
		out = append(out, a)
	}
	return out
}

func texts(raw value.Raw) []string {
	if raw.Kind() != value.KindArray {
		return nil
	}
	var out []string
	for el := range raw.Elements() {
		if s, ok := el.Text(); ok {
			out = append(out, s)
		}
	}
	return out
}
