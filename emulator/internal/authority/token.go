package authority

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/sts"
)

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// token is the token endpoint, of both versions (B-10.10, B-10.18).
func (a *Authority) token(w http.ResponseWriter, r *http.Request, tenant string) error {
	if r.Method != http.MethodPost {
		return sts.Fail(900561, r.Method)
	}
	f, err := form(r)
	if err != nil {
		return err
	}
	m, err := a.STS.Token(a.request(r, tenant, f))
	if err != nil {
		return err
	}
	return a.answer(w, m)
}

// deviceCode begins a sign-in on another device (B-10.17). Without pages nobody
// would approve it: the signed-in user does, at once.
func (a *Authority) deviceCode(w http.ResponseWriter, r *http.Request, tenant string) error {
	if r.Method != http.MethodPost && r.Method != http.MethodGet { // version 1 takes both
		return sts.Fail(900561, r.Method)
	}
	f, err := form(r)
	if err != nil {
		return err
	}
	req := a.request(r, tenant, f)
	if req.V1 && r.Method == http.MethodGet {
		req.Form = r.Form
	} else if r.Method == http.MethodGet {
		return sts.Fail(900561, r.Method)
	}
	user := ""
	if !a.Pages {
		user = a.SignedIn()
	}
	m, err := a.STS.Device(req, a.Origin(r)+"/devicelogin", user)
	if err != nil {
		return err
	}
	return a.answer(w, m)
}

// managed is what a machine asks for the token of its identity (B-10.9).
func (a *Authority) managed(w http.ResponseWriter, r *http.Request, _ string) error {
	problem := func(status int, text string) error {
		a.json(w, status, map[string]string{"error": "invalid_request", "error_description": text})
		return nil
	}
	switch {
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		return problem(http.StatusMethodNotAllowed, "The endpoint takes GET.")
	case !strings.EqualFold(r.Header.Get("Metadata"), "true"):
		return problem(http.StatusBadRequest, "Required metadata header not specified")
	case r.URL.Query().Get("api-version") == "":
		return problem(http.StatusBadRequest, "Required parameter api-version not specified")
	}
	m, err := a.STS.Managed(a.request(r, "common", r.URL.Query()))
	if err != nil {
		return err
	}
	return a.answer(w, m)
}

// userinfo tells a client about the user of its token. It lies on Graph's side.
func (a *Authority) userinfo(w http.ResponseWriter, r *http.Request, _ string) error {
	c, err := a.claims(r)
	if err != nil {
		body, e := a.refusalOf(w, r, &sts.Error{Number: 50027, Code: "invalid_token", Status: http.StatusUnauthorized, Text: "The token cannot be used: " + err.Error() + "."})
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		a.json(w, e.Status, body)
		return nil
	}
	id := c.OID
	if id == "" {
		id = a.SignedIn()
	}
	u, ok := a.STS.User(id)
	if !ok || c.appOnly() {
		return &sts.Error{Number: 50034, Code: "invalid_token", Status: http.StatusUnauthorized, Text: "The token names no user of the directory."}
	}
	out := map[string]string{"sub": a.STS.Subject(u, c.app()), "picture": a.graph(r) + "/v1.0/me/photo/$value"}
	for name, v := range map[string]string{"name": u.Name, "given_name": u.Given, "family_name": u.Surname, "email": u.Mail} {
		if v != "" {
			out[name] = v
		}
	}
	a.json(w, http.StatusOK, out)
	return nil
}
