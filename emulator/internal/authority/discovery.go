package authority

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/sts"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/internal/clouds"
)

// graph is where Graph is for who asks here: at the cloud's name, or at ours.
func (a *Authority) graph(r *http.Request) string {
	if c := clouds.OfLogin(r.Host); c != nil {
		return "https://" + c.Graph[0]
	}
	return a.Origin(r)
}

// place says what a document calls a tenant: the GUID, also where the domain was
// asked for; what is shared keeps its name (B-10.3).
func (a *Authority) place(tenant string) (segment, issuer string, err error) {
	id, err := a.STS.Tenant(tenant)
	if err != nil {
		return "", "", err
	}
	if sts.Shared(tenant) {
		return strings.ToLower(tenant), "{tenantid}", nil
	}
	return id, id, nil
}

type pair struct {
	name string
	v    any
}

func members(pairs ...pair) (value.Members, error) {
	m := make(value.Members, 0, len(pairs))
	for _, p := range pairs {
		raw, err := value.From(p.v)
		if err != nil {
			return nil, err
		}
		m = append(m, value.Member{Name: p.name, Value: raw})
	}
	return m, nil
}

// configuration is the discovery document (B-10.2, C-2.2, C-2.3, C-2.4).
func (a *Authority) configuration(w http.ResponseWriter, r *http.Request, tenant string) error {
	segment, issuer, err := a.place(tenant)
	if err != nil {
		return err
	}
	origin, graph := a.Origin(r), a.graph(r)
	host, _ := url.Parse(graph)
	base := origin + "/" + segment
	m, err := members(
		pair{"token_endpoint", base + "/oauth2/v2.0/token"},
		pair{"token_endpoint_auth_methods_supported", []string{"client_secret_post", "private_key_jwt", "client_secret_basic"}},
		pair{"jwks_uri", base + "/discovery/v2.0/keys"},
		pair{"response_modes_supported", []string{"query", "fragment", "form_post"}},
		pair{"subject_types_supported", []string{"pairwise"}},
		pair{"id_token_signing_alg_values_supported", []string{"RS256"}},
		pair{"response_types_supported", []string{"code", "id_token", "code id_token", "id_token token"}},
		pair{"scopes_supported", []string{"openid", "profile", "email", "offline_access"}},
		pair{"issuer", a.STS.Issuer(origin, issuer)},
		pair{"request_uri_parameter_supported", false},
		pair{"userinfo_endpoint", graph + "/oidc/userinfo"},
		pair{"authorization_endpoint", base + "/oauth2/v2.0/authorize"},
		pair{"device_authorization_endpoint", base + "/oauth2/v2.0/devicecode"},
		pair{"http_logout_supported", true},
		pair{"frontchannel_logout_supported", true},
		pair{"end_session_endpoint", base + "/oauth2/v2.0/logout"},
		pair{"code_challenge_methods_supported", []string{"plain", "S256"}},
		pair{"claims_supported", []string{"sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host", "aud", "exp", "iat",
			"auth_time", "acr", "nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email"}},
		pair{"kerberos_endpoint", base + "/kerberos"},
		pair{"tenant_region_scope", "EU"},
		pair{"cloud_instance_name", a.instanceName(r)},
		pair{"cloud_graph_host_name", "graph.windows.net"},
		pair{"msgraph_host", host.Host},
		pair{"rbac_url", "https://pas.windows.net"},
	)
	if err != nil {
		return err
	}
	return a.answer(w, m)
}

func (a *Authority) instanceName(r *http.Request) string {
	if c := clouds.OfLogin(r.Host); c != nil {
		return c.Instance
	}
	return clouds.All()[0].Instance
}

// configurationV1 is the discovery document of version 1 (B-10.4).
func (a *Authority) configurationV1(w http.ResponseWriter, r *http.Request, tenant string) error {
	segment, issuer, err := a.place(tenant)
	if err != nil {
		return err
	}
	origin, graph := a.Origin(r), a.graph(r)
	host, _ := url.Parse(graph)
	base := origin + "/" + segment
	m, err := members(
		pair{"token_endpoint", base + "/oauth2/token"},
		pair{"token_endpoint_auth_methods_supported", []string{"client_secret_post", "private_key_jwt", "client_secret_basic"}},
		pair{"jwks_uri", origin + "/common/discovery/keys"},
		pair{"response_modes_supported", []string{"query", "fragment", "form_post"}},
		pair{"subject_types_supported", []string{"pairwise"}},
		pair{"id_token_signing_alg_values_supported", []string{"RS256"}},
		pair{"response_types_supported", []string{"code", "id_token", "code id_token", "token id_token", "token"}},
		pair{"scopes_supported", []string{"openid"}},
		pair{"issuer", "https://sts.windows.net/" + issuer + "/"},
		pair{"authorization_endpoint", base + "/oauth2/authorize"},
		pair{"device_authorization_endpoint", base + "/oauth2/devicecode"},
		pair{"end_session_endpoint", base + "/oauth2/logout"},
		pair{"userinfo_endpoint", graph + "/oidc/userinfo"},
		pair{"tenant_region_scope", "EU"},
		pair{"cloud_instance_name", a.instanceName(r)},
		pair{"msgraph_host", host.Host},
	)
	if err != nil {
		return err
	}
	return a.answer(w, m)
}

// keys is the set of keys that tokens are verified with (B-10.5).
func (a *Authority) keys(w http.ResponseWriter, r *http.Request, tenant string) error {
	_, issuer, err := a.place(tenant)
	if err != nil {
		return err
	}
	list, err := a.STS.JWKS(a.STS.Issuer(a.Origin(r), issuer))
	if err != nil {
		return err
	}
	a.json(w, http.StatusOK, map[string]any{"keys": list})
	return nil
}

type aliases struct {
	Network string   `json:"preferred_network"`
	Cache   string   `json:"preferred_cache"`
	Aliases []string `json:"aliases"`
}

// instance tells which hosts are the same authority (B-10.6, C-2.6). Clients that were
// pointed at our own host ask at a name of the cloud, through the proxy.
func (a *Authority) instance(w http.ResponseWriter, r *http.Request, _ string) error {
	asked, err := url.Parse(r.URL.Query().Get("authorization_endpoint"))
	if err != nil || asked.Host == "" {
		return sts.Fail(50049, "The parameter authorization_endpoint is no address.")
	}
	own, _ := url.Parse(a.Origin(r))
	known := clouds.OfLogin(asked.Host) != nil
	if !known && !a.Own(asked.Host) && !strings.EqualFold(asked.Host, own.Host) && !strings.EqualFold(asked.Host, r.Host) {
		return sts.Fail(50049, "The host "+asked.Host+" is no sign-in service.")
	}
	var list []aliases
	for _, c := range clouds.All() {
		list = append(list, aliases{c.Logins[0], c.Cache, c.Logins})
	}
	if !known {
		list = append(list, aliases{asked.Host, asked.Host, []string{asked.Host}})
	}
	segment, _, _ := strings.Cut(strings.TrimLeft(asked.Path, "/"), "/")
	if segment == "" {
		segment = "common"
	}
	a.json(w, http.StatusOK, struct {
		Endpoint string    `json:"tenant_discovery_endpoint"`
		Version  string    `json:"api-version"`
		Metadata []aliases `json:"metadata"`
	}{asked.Scheme + "://" + asked.Host + "/" + segment + "/v2.0/.well-known/openid-configuration", "1.1", list})
	return nil
}

// realm tells how a user signs in (B-10.7, C-2.7).
func (a *Authority) realm(w http.ResponseWriter, r *http.Request, _ string) error {
	name := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	_, domain, ok := strings.Cut(name, "@")
	kind := "Managed"
	if _, err := a.STS.Tenant(domain); !ok || err != nil {
		kind = "Unknown"
	}
	if domain == "" {
		domain = name
	}
	m, err := members(pair{"ver", "1.0"}, pair{"account_type", kind}, pair{"domain_name", domain},
		pair{"cloud_instance_name", a.instanceName(r)}, pair{"cloud_audience_urn", "urn:federation:MicrosoftOnline"})
	if err != nil {
		return err
	}
	return a.answer(w, m)
}

// endpoints is the description of the cloud that Terraform reads (C-2.8).
func (a *Authority) endpoints(w http.ResponseWriter, r *http.Request, _ string) error {
	origin, graph := a.Origin(r), a.graph(r)
	a.json(w, http.StatusOK, map[string]any{
		"name": "AzureCloud", "portal": origin, "resourceManager": origin + "/", "microsoftGraphResourceId": graph, "graph": graph, "graphAudience": graph,
		"authentication": map[string]any{"loginEndpoint": origin, "tenant": "common", "identityProvider": "AAD", "audiences": []string{"https://management.core.windows.net/", "https://management.azure.com/"}},
		"suffixes":       map[string]any{},
	})
	return nil
}

// explain is where error_uri leads.
func (a *Authority) explain(w http.ResponseWriter, r *http.Request, _ string) error {
	code := r.URL.Query().Get("code")
	text := "No error of the sign-in service has this number."
	if n := atoi(code); sts.Known(n) {
		text = sts.Fail(n).Error()
	}
	a.show(w, http.StatusOK, "message", message{Title: "AADSTS" + strconv.Itoa(atoi(code)), Text: text})
	return nil
}
