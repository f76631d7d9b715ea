package authority

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/sts"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// devicePage is where a person enters the code that another device shows (B-10.17).
func (a *Authority) devicePage(w http.ResponseWriter, r *http.Request, tenant string) error {
	if _, err := form(r); err != nil {
		return err
	}
	code := strings.ToUpper(strings.TrimSpace(r.Form.Get("otc")))
	d := device{Code: code}
	var ok bool
	if code != "" {
		if d.Client, d.Scope, ok = a.STS.Waiting(code); !ok {
			d.Problem = "No device waits for this code."
		}
	}
	f := r.PostForm
	if !ok || r.Method != http.MethodPost || f.Get("accept")+f.Get("pick")+f.Get("cancel") == "" {
		if ok {
			d.Users = a.STS.Users(maxPicks)
		}
		a.show(w, http.StatusOK, "device", d)
		return nil
	}
	if f.Get("cancel") != "" {
		a.STS.Approve(code, "")
		a.show(w, http.StatusOK, "message", message{Title: "Declined", Text: "The device is told. You can close this page."})
		return nil
	}
	name := f.Get("loginfmt")
	if f.Get("pick") != "" {
		name = f.Get("pick")
	}
	u, err := a.STS.Enter(name, f.Get("passwd"), tenant)
	if e, refused := err.(*sts.Error); refused {
		d.Problem, d.Users = e.Text, a.STS.Users(maxPicks)
		a.show(w, http.StatusOK, "device", d)
		return nil
	}
	a.STS.Approve(code, u.ID)
	a.show(w, http.StatusOK, "message", message{Title: "Signed in", Text: "The device goes on. You can close this page."})
	return nil
}

// logout forgets the browser's sign-in and leads back (C-2.1).
func (a *Authority) logout(w http.ResponseWriter, r *http.Request, _ string) error {
	if _, err := form(r); err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: cookieName, Path: "/", MaxAge: -1, HttpOnly: true})
	back, err := url.Parse(r.Form.Get("post_logout_redirect_uri"))
	if err != nil || back.Host == "" || back.Scheme != "http" && back.Scheme != "https" {
		a.show(w, http.StatusOK, "message", message{Title: "Signed out", Text: "You have signed out. You can close this page."})
		return nil
	}
	var m value.Members
	if r.Form.Has("state") {
		m.Set("state", value.String(r.Form.Get("state")))
	}
	if len(m) == 0 {
		w.Header().Set("Location", back.String())
		w.WriteHeader(http.StatusFound)
		return nil
	}
	return a.deliver(w, r.Form.Get("post_logout_redirect_uri"), "query", m)
}

// adminConsent is where an administrator consents for everybody (B-10.8).
func (a *Authority) adminConsent(w http.ResponseWriter, r *http.Request, tenant string) error {
	if _, err := form(r); err != nil {
		return err
	}
	req := a.request(r, tenant, r.Form)
	ask, err := a.STS.Administer(req)
	if err != nil {
		return err
	}
	var m value.Members
	switch {
	case r.PostForm.Get("cancel") != "":
		m = value.Members{{Name: "error", Value: value.String("permission_denied")}, {Name: "error_description", Value: value.String("The admin canceled the request")}}
	case a.Pages && r.PostForm.Get("accept") == "":
		v := &visit{a: a, w: w, r: r, req: req, ask: ask}
		a.show(w, http.StatusOK, "consent", consent{Action: v.action(), Hidden: v.hidden(), Client: ask.Client(), User: "Administrator", Scopes: ask.Wanted()})
		return nil
	default:
		if err := a.STS.AgreeForAll(ask); err != nil {
			return err
		}
		m = value.Members{{Name: "tenant", Value: value.String(ask.Tenant)}, {Name: "admin_consent", Value: value.String("True")}}
	}
	if ask.HasState {
		m.Set("state", value.String(ask.State))
	}
	return a.deliver(w, ask.Redirect, "query", m)
}

// postURL is an address that a form is sent to. It is the client's own, checked by
// the token service; schemes of applications are no mistake here.
func postURL(address string) template.URL { return template.URL(address) }
