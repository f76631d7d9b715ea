package directory

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const federatedType edm.Name = "microsoft.graph.federatedIdentityCredential"

// maxFederated is how many federated identity credentials an application has (B-12.32).
const maxFederated = 20

func federations() []workload.Rule {
	return []workload.Rule{
		{Type: federatedType, Verb: bind.Create, Do: createFederated},
		{Type: federatedType, Verb: bind.Update, Do: updateFederated},
	}
}

func createFederated(c *workload.Call) (workload.Result, error) {
	if c.Loading() || c.Presumes() {
		return c.Next()
	}
	if _, flexible := c.Body.Get("claimsMatchingExpression"); !flexible && c.Body.Text("subject") == "" {
		return workload.Result{}, grapherr.Required("federatedIdentityCredential", "subject")
	}
	if c.Self.Ref > 0 && c.Tx.Count(c.Self.Ref, "federatedIdentityCredentials") >= maxFederated {
		return workload.Result{}, badFederation(fmt.Sprintf("An application has at most %d federated identity credentials.", maxFederated))
	}
	if err := federable(c, c.Self.Ref, workload.NoRef, c.Body); err != nil {
		return workload.Result{}, err
	}
	return c.Next()
}

func updateFederated(c *workload.Call) (workload.Result, error) {
	if c.Self.Exists && !c.Presumes() {
		application, _, _, _ := c.Tx.Owner(c.Self.Ref)
		if err := federable(c, application, c.Self.Ref, value.Merge(c.Self.Object.Members(), c.Body)); err != nil {
			return workload.Result{}, err
		}
	}
	return c.Next()
}

// federable refuses what the service refuses: several audiences, an issuer that is no URL,
// and the issuer and subject of another credential of the application (B-12.32).
func federable(c *workload.Call, application, self store.Ref, m value.Members) error {
	audiences, _ := m.Get("audiences")
	issuer, subject := m.Text("issuer"), m.Text("subject")
	if len(texts(audiences)) != 1 {
		return badFederation("'audiences' has to hold one value, such as api://AzureADTokenExchange.")
	}
	if u, err := url.Parse(issuer); err != nil || u.Scheme == "" || u.Host == "" {
		return badFederation("The issuer '" + issuer + "' is no URL.")
	}
	for ref := range c.Tx.Members(application, "federatedIdentityCredentials", 0) {
		e, _ := c.Tx.Get(ref)
		other := e.Object.Members()
		if ref != self && subject != "" && other.Text("issuer") == issuer && other.Text("subject") == subject {
			return badFederation("A conflicting object with one or more of the specified property values is present in the directory.").
				Because("The credential '"+other.Text("name")+"' of the application has the same issuer and subject.", "Change one of them, or update that credential.")
		}
	}
	return nil
}

func badFederation(message string) *grapherr.Error {
	return &grapherr.Error{Status: 400, Code: "InvalidFederatedIdentityCredentialValue", Message: message}
}

// The lengths of an identifier URI (B-12.33).
const (
	maxURI         = 255
	maxPersonalURI = 120
)

// identifiable refuses identifier URIs that an application cannot have (B-12.33). A URI that
// the application has already is not judged again.
func identifiable(c *workload.Call) error {
	now, ok := c.Body.Get("identifierUris")
	if !ok {
		return nil
	}
	was := value.Members{}
	if c.Self.Type.Is("microsoft.graph.application") {
		was = c.Self.Object.Members()
	}
	had, _ := was.Get("identifierUris")
	will := value.Merge(was, c.Body)
	most := maxURI
	if strings.Contains(will.Text("signInAudience"), "PersonalMicrosoftAccount") {
		most = maxPersonalURI
	}
	v2 := false
	if api, _ := will.Get("api"); api.Kind() == value.KindObject {
		version, _ := api.Members().Get("requestedAccessTokenVersion")
		v2 = version == "2"
	}
	var once []string
	for _, uri := range texts(now) {
		u, err := url.Parse(uri)
		switch {
		case slices.ContainsFunc(once, func(s string) bool { return strings.EqualFold(s, uri) }):
			return bad("Request contains a property with duplicate values.").Because("'"+uri+"' stands twice in identifierUris.", "")
		case slices.Contains(texts(had), uri):
		case len(uri) > most:
			return grapherr.InvalidValue("application", "identifierUris", fmt.Sprintf("A URI has at most %d characters.", most))
		case err != nil, u.Scheme == "", strings.Contains(uri, "*"):
			return grapherr.InvalidValue("application", "identifierUris", "'"+uri+"' is no absolute URI without wildcards, such as api://{appId}.")
		case (u.Scheme == "https" || u.Scheme == "http") && !v2 && !domains(c).verified(u.Hostname()):
			return (&grapherr.Error{Status: 400, Code: "HostNameNotOnVerifiedDomain", Target: "identifierUris",
				Message: "Values of identifierUris property must use a verified domain of the organization or its subdomain: '" + uri + "'"}).
				Because("", "Use api://{appId}, or set api.requestedAccessTokenVersion to 2.")
		}
		once = append(once, uri)
	}
	return nil
}

// verified reports whether a host is a verified domain of the tenant or below one. A tenant
// that lists no domains verifies none and refuses none.
func (d tenantDomains) verified(host string) bool {
	if d.first == "" {
		return true
	}
	for host = strings.ToLower(host); host != ""; _, host, _ = strings.Cut(host, ".") {
		if _, ok := d.kinds[host]; ok {
			return true
		}
	}
	return false
}
