package directory

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// tenantDomains are the domains that names of the tenant may end in.
type tenantDomains struct {
	first string            // the default one; empty: the tenant says nothing of domains
	kinds map[string]string // lower-case name -> authentication type
}

// domains reads the verified domains of the organization and the set of domains.
func domains(c *workload.Call) tenantDomains {
	d := tenantDomains{kinds: map[string]string{}}
	for ref := range c.Tx.Members(0, "organization", 0) {
		e, _ := c.Tx.Get(ref)
		list, _ := e.Object.Get("verifiedDomains")
		if list.Kind() != value.KindArray {
			continue
		}
		for el := range list.Elements() {
			m := el.Members()
			name := m.Text("name")
			if d.first == "" || m.Bool("isDefault") {
				d.first = name
			}
			d.kinds[strings.ToLower(name)] = m.Text("type")
		}
	}
	for ref := range c.Tx.Members(0, "domains", 0) {
		e, _ := c.Tx.Get(ref)
		_, _, name, _ := c.Tx.Owner(ref)
		if verified, _ := e.Object.Get("isVerified"); verified == "false" {
			continue
		}
		kind, _ := e.Object.Get("authenticationType")
		s, _ := kind.Text()
		if d.first == "" {
			d.first = name
		}
		d.kinds[strings.ToLower(name)] = s
	}
	return d
}

// check refuses a sign-in name that no domain of the tenant can have (B-4.21, B-2.33).
func (d tenantDomains) check(c *workload.Call, upn string) error {
	name, domain, ok := strings.Cut(upn, "@")
	if c.Presumes() || d.first == "" {
		return nil
	}
	if !ok || name == "" || domain == "" {
		return bad("One or more properties contains invalid values.").Because("'"+upn+"' is no userPrincipalName: name@domain is.", "")
	}
	if _, ok := d.kinds[strings.ToLower(domain)]; !ok {
		return bad("The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.").
			Because("'"+domain+"' is not among the verified domains.", "The default one is "+d.first+".")
	}
	return nil
}

func (d tenantDomains) federated(upn string) bool {
	_, domain, _ := strings.Cut(upn, "@")
	return strings.EqualFold(d.kinds[strings.ToLower(domain)], "Federated")
}
