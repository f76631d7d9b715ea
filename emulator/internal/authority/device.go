package authority

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/sts"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// devicePage is where a person enters the code that another device shows (B-10.17). What
// the person decides counts only if the page itself sends it.
func (a *Authority) devicePage(w http.ResponseWriter, r *http.Request, tenant string) error {
	if _, err := form(r); err != nil {
		return err
	}
	f := r.PostForm
	code := strings.ToUpper(strings.TrimSpace(r.Form.Get("otc")))
	client, scope, waits := a.STS.Waiting(code)
	d := device{Code: code, Client: client, Scope: scope}
	decided := r.Method == http.MethodPost && f.Get("accept")+f.Get("pick")+f.Get("cancel") != ""
	switch {
	case code == "":
		return a.device(w, &d)
	case !waits:
		d.Problem = "No device waits for this code."
		return a.device(w, &d)
	case !decided:
		return a.device(w, &d)
	case !a.STS.Proves("device", code, f.Get("proof")):
		d.Problem = "The page was open for too long, or another page has sent this. Is it you who wants to sign in?"
		return a.device(w, &d)
	case f.Get("cancel") != "":
		a.STS.Approve(code, "")
		a.show(w, http.StatusOK, "message", message{Title: "Declined", Text: "The device gets an error. You can close this page."})
		return nil
	}
	name := f.Get("loginfmt")
	if f.Get("pick") != "" {
		name = f.Get("pick")
	}
	u, err := a.STS.Enter(name, f.Get("passwd"), tenant)
	if e, refused := err.(*sts.Error); refused {
		d.Problem = e.Text
		return a.device(w, &d)
	}
	a.STS.Approve(code, u.ID)
	a.show(w, http.StatusOK, "message", message{Title: "Signed in", Text: "The device is signed in. You can close this page."})
	return nil
}

// device shows the page: for a code that a device waits for, with what to decide.
func (a *Authority) device(w http.ResponseWriter, d *device) (err error) {
	if d.Client != "" {
		d.Users = a.STS.Users(maxPicks)
		if d.Proof, err = a.STS.Proof("device", d.Code); err != nil {
			return err
		}
	}
	a.show(w, http.StatusOK, "device", d)
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
	case a.Pages && !(r.PostForm.Get("accept") != "" && a.STS.Proves("admin consent", ask.ClientID(), r.PostForm.Get("who"))):
		proof, err := a.STS.Proof("admin consent", ask.ClientID())
		if err != nil {
			return err
		}
		v := &visit{a: a, w: w, r: r, req: req, ask: ask}
		a.showFor(w, ask.Redirect, "consent", consent{Action: v.action(), Hidden: v.hidden(), Client: ask.Client(), User: "Administrator", Scopes: ask.Wanted(), Who: proof})
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
