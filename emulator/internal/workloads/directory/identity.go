package directory

import (
	"iter"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

func identity() []workload.Rule {
	const phone = "microsoft.graph.phoneAuthenticationMethod"
	out := []workload.Rule{
		{Type: phone, Verb: bind.Create, Do: addPhone},
		{Type: phone, Verb: bind.Invoke("enableSmsSignIn"), Do: smsSignIn("ready")},
		{Type: phone, Verb: bind.Invoke("disableSmsSignIn"), Do: smsSignIn("notEnabled")},
		{Type: "microsoft.graph.customSecurityAttributeDefinition", Verb: bind.Create, Do: defineAttribute},
		{Type: "microsoft.graph.b2xIdentityUserFlow", Verb: bind.Create, Do: createFlow},
		{Type: "microsoft.graph.emailAuthenticationMethod", Verb: bind.Create, Do: addEmail},
		{Type: "microsoft.graph.temporaryAccessPassAuthenticationMethod", Verb: bind.Create, Do: addPass},
		{Type: "microsoft.graph.applicationTemplate", Verb: bind.Invoke("instantiate"), Do: instantiate},
		{Type: "microsoft.graph.servicePrincipal", Verb: bind.Invoke("addTokenSigningCertificate"), Do: addTokenSigningCertificate},
	}
	out = append(out, provisioning()...)
	for _, t := range [...]edm.Name{"microsoft.graph.identityProviderBase", "microsoft.graph.identityProvider"} {
		out = append(out, workload.Rule{Type: t, Verb: bind.Invoke("availableProviderTypes"), Do: providerTypes},
			workload.Rule{Type: t, Verb: bind.Read, Computes: []string{"clientSecret", "clientAuthentication"}, Do: maskSecret})
	}
	return out
}

// maskSecret shows asterisks in the place of an identity provider's secret.
func maskSecret(c *workload.Call) (workload.Result, error) {
	res, err := c.Next()
	if err != nil || res.One == nil {
		return res, err
	}
	const secret, stars = "clientSecret", value.Raw(`"****"`)
	if is, ok := res.One.Get(secret); ok && !is.IsNull() {
		res.One.Show(value.Member{Name: secret, Value: stars})
	}
	if by, _ := res.One.Get("clientAuthentication"); by.Kind() == value.KindObject {
		m := by.Members()
		if _, ok := m.Get(secret); ok {
			m.Set(secret, stars)
			res.One.Show(value.Member{Name: "clientAuthentication", Value: m.Object()})
		}
	}
	return res, nil
}

// The ids of authentication methods, which are the same for every user (C-10.3).
const (
	passwordMethod = "28c10230-6103-485e-b985-444c60001490"
	emailMethod    = "3ddfcfc8-9383-446f-83cc-3ab9be4be18f"
)

var phoneMethods = map[string]string{"mobile": "3179e48a-750b-4051-897c-87b9720928f7", "alternateMobile": "b6332ec1-7057-4abe-9331-3d72feddfe41",
	"office": "e37fc753-ff3b-4958-9484-eaa9425c82bc"}

// addPhone gives a phone the id of its kind; a user has one of each.
func addPhone(c *workload.Call) (workload.Result, error) {
	if id, ok := phoneMethods[c.Body.Text("phoneType")]; ok {
		c.Body.Set("id", value.String(id))
	}
	c.Body.SetMissing("smsSignInState", `"notEnabled"`)
	return c.Next()
}

func addEmail(c *workload.Call) (workload.Result, error) {
	c.Body.Set("id", value.String(emailMethod))
	res, err := c.Next()
	res.Status = 201 // as for phones; the page shows another in its example
	return res, err
}

// addPass makes a temporary access pass. The answer shows it, and no other does.
func addPass(c *workload.Call) (workload.Result, error) {
	if c.Loading() {
		return c.Next()
	}
	usable, reason := "true", "EnabledByPolicy"
	if start, err := time.Parse(time.RFC3339, c.Body.Text("startDateTime")); err != nil {
		c.Body.Set("startDateTime", value.Time(c.Now()))
	} else if start.After(c.Now()) {
		usable, reason = "false", "NotYetValid"
	}
	c.Body.Set("isUsable", value.Raw(usable))
	c.Body.Set("methodUsabilityReason", value.String(reason))
	c.Body.Set("temporaryAccessPass", value.Null)
	c.Body.SetMissing("lifetimeInMinutes", "60")
	c.Body.SetMissing("isUsableOnce", "false")
	res, err := c.Next()
	if err == nil {
		res.One.Show(value.Member{Name: "temporaryAccessPass", Value: value.String(strings.ToUpper(strings.ReplaceAll(c.Tx.NewGUID(), "-", "")[:8]))})
	}
	return res, err
}

func smsSignIn(state string) workload.Func {
	return func(c *workload.Call) (workload.Result, error) {
		if err := exists(c); err != nil {
			return workload.Result{}, err
		}
		// The pages print 200; clients of the service wait for 204 (C-10.10).
		return workload.Result{Status: 204}, c.System.Write(c, &c.Self, value.Members{{Name: "smsSignInState", Value: value.String(state)}})
	}
}

// methodViews are the password that every user has, and all methods together.
func methodViews() []workload.View {
	only := func(name string) bool { return strings.EqualFold(name, "passwordMethods") }
	all := func(name string) bool { return strings.HasSuffix(strings.ToLower(name), "methods") }
	return []workload.View{methods("passwordMethods", only), methods("methods", all)}
}

// methods shows the password before what is stored in the navigations that are asked for.
func methods(nav string, asked func(name string) bool) workload.View {
	walk := func(s workload.Scope, n *workload.Node, after store.Ref) iter.Seq[workload.Item] {
		return func(yield func(workload.Item) bool) {
			password := workload.Item{At: 1, Ref: workload.NoRef, Object: s.Shapes.Object("microsoft.graph.passwordAuthenticationMethod", value.Members{
				{Name: "id", Value: value.String(passwordMethod)}, {Name: "createdDateTime", Value: value.Null}, {Name: "password", Value: value.Null}})}
			if after < password.At && !yield(password) || n.Ref <= 0 {
				return
			}
			var of []iter.Seq[store.Ref]
			for _, nav := range n.Type.Navigations() {
				if asked(nav.Name) {
					of = append(of, s.Tx.Members(n.Ref, nav.Name, after))
				}
			}
			for ref := range workload.Rising(of...) {
				if !yield(workload.Item{At: ref, Ref: ref}) {
					return
				}
			}
		}
	}
	return workload.View{Type: "microsoft.graph.authentication", Nav: nav, Members: walk, Computed: true, Find: func(s workload.Scope, n *workload.Node, key string) (workload.Item, bool) {
		for item := range walk(s, n, 0) {
			is := passwordMethod
			if item.Ref != workload.NoRef {
				_, _, is, _ = s.Tx.Owner(item.Ref)
			}
			if strings.EqualFold(is, key) {
				return item, true
			}
		}
		return workload.Item{}, false
	}}
}

// defineAttribute names a custom security attribute after its set, which has to be there.
func defineAttribute(c *workload.Call) (workload.Result, error) {
	set, name := c.Body.Text("attributeSet"), c.Body.Text("name")
	if c.Loading() || set == "" || name == "" {
		return c.Next()
	}
	owner := c.Self
	if n, err := c.System.Member(c, &owner, "attributeSets", set); (err != nil || !n.Exists) && !c.Presumes() {
		return workload.Result{}, grapherr.NotFound("attributeSet", set)
	}
	c.Body.Set("id", value.String(set+"_"+name))
	return c.Next()
}

// createFlow gives the name of a user flow the prefix of its kind.
func createFlow(c *workload.Call) (workload.Result, error) {
	if id := c.Body.Text("id"); !c.Loading() && id != "" && !strings.HasPrefix(id, "B2X_1_") {
		c.Body.Set("id", value.String("B2X_1_"+id))
	}
	return c.Next()
}

// stated returns a text, or null for an empty one.
func stated(s string) value.Raw {
	if s == "" {
		return value.Null
	}
	return value.String(s)
}

// templates are applications of the gallery: the one for those outside of it (C-10.4),
// and one that clients try.
func templates() []value.Members {
	var out []value.Members
	for _, t := range [...]struct{ id, name, categories, provisioning, home, publisher, description string }{
		{"8adf8e6e-67b2-4cf2-a259-e3dc5476c621", "Custom", "[]", "[]", "", "", ""},
		{"4601ed45-8ff3-4599-8377-b6649007e876", "Marketo", `["Education","Marketing"]`, "[]", "https://www.marketo.com/", "Marketo", "Marketing automation."},
		{"9c9818d2-2900-49e8-8ba4-22688be7c675", "Azure Databricks SCIM Provisioning Connector", `["developerServices"]`, `["sync"]`, "https://azure.microsoft.com/services/databricks/", "Databricks", "Provisions users and groups into Azure Databricks."},
	} {
		logo := ""
		if t.home != "" {
			logo = "https://galleryapplogos.azureedge.net/logos/" + strings.ToLower(t.publisher) + "_215.png"
		}
		out = append(out, value.Members{{Name: "id", Value: value.String(t.id)}, {Name: "displayName", Value: value.String(t.name)},
			{Name: "description", Value: stated(t.description)}, {Name: "homePageUrl", Value: stated(t.home)}, {Name: "logoUrl", Value: stated(logo)},
			{Name: "publisher", Value: stated(t.publisher)}, {Name: "categories", Value: value.Raw(t.categories)}, {Name: "supportedSingleSignOnModes", Value: `["saml","external"]`},
			{Name: "supportedProvisioningTypes", Value: value.Raw(t.provisioning)}, {Name: "isEntraIntegrated", Value: "false"}, {Name: "lastModifiedDateTime", Value: `"2021-12-01T08:00:00Z"`}})
	}
	return out
}

// instantiate makes an application of a template, with its service principal.
func instantiate(c *workload.Call) (workload.Result, error) {
	if err := exists(c); err != nil {
		return workload.Result{}, err
	}
	name := c.Body.Text("displayName")
	if name == "" && !c.Presumes() {
		return workload.Result{}, grapherr.Required("applicationTemplate", "displayName")
	}
	template := value.Member{Name: "applicationTemplateId", Value: value.String(c.Self.Text("id"))}
	app, err := c.System.Create(c, root(c), "applications", value.Members{{Name: "displayName", Value: value.String(name)}, template})
	if err != nil {
		return workload.Result{}, err
	}
	principal, err := c.System.Create(c, root(c), "servicePrincipals", value.Members{{Name: "appId", Value: value.String(app.Text("appId"))}, template,
		{Name: "tags", Value: `["WindowsAzureActiveDirectoryCustomSingleSignOnApplication","WindowsAzureActiveDirectoryIntegratedApp"]`}})
	if err != nil {
		return workload.Result{}, err
	}
	both := value.Members{{Name: "application", Value: app.Object.Raw()}, {Name: "servicePrincipal", Value: principal.Object.Raw()}}
	return workload.Result{Status: 201, Value: both.Object(), Of: edm.Ref{Name: "microsoft.graph.applicationServicePrincipal"}, HasOf: true}, nil
}

func providerTypes(*workload.Call) (workload.Result, error) {
	return listed([]string{"AADSignup", "EmailOTP", "Facebook", "Google", "MicrosoftAccount"}), nil
}
