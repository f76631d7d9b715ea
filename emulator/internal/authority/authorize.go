package authority

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/sts"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// steps are the fields of our own pages; all others belong to the request.
var steps = []string{"step", "loginfmt", "passwd", "pick", "cancel", "accept", "who"}

// visit is one look at the authorize endpoint.
type visit struct {
	a   *Authority
	w   http.ResponseWriter
	r   *http.Request
	req *sts.Request
	ask *sts.Ask
}

// authorize signs a user in (B-10.20, C-2.19).
func (a *Authority) authorize(w http.ResponseWriter, r *http.Request, tenant string) error {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST")
		return &sts.Error{Number: 900561, Code: "invalid_request", Status: http.StatusMethodNotAllowed, Text: "The endpoint only accepts GET and POST requests."}
	}
	if _, err := form(r); err != nil {
		return err
	}
	v := &visit{a: a, w: w, r: r, req: a.request(r, tenant, r.Form)}
	var err error
	if v.ask, err = a.STS.Ask(v.req); err != nil {
		if v.ask == nil {
			return err
		}
		return v.fail(err)
	}
	switch {
	case r.Method == http.MethodPost && r.PostForm.Get("cancel") != "" && r.PostForm.Get("step") != "":
		return v.fail(sts.Fail(65004))
	case r.Method == http.MethodPost && r.PostForm.Get("step") == "signin":
		return v.entered()
	case r.Method == http.MethodPost && r.PostForm.Get("step") == "consent":
		return v.consented()
	case !a.Pages:
		return v.headless()
	}
	return v.arrived()
}

// headless signs in without a page whom the request hints at, or else the
// signed-in user, who consents to everything.
func (v *visit) headless() error {
	name := v.ask.Hint
	if name == "" {
		name = v.a.SignedIn()
	}
	u, ok := v.a.STS.User(name)
	if !ok {
		return v.fail(sts.Fail(50034, name, v.ask.Tenant))
	}
	return v.agreed(u)
}

// arrived is the first look, in a browser: who signed in before need not again,
// unless the request wants it.
func (v *visit) arrived() error {
	u, known := v.a.STS.Recall(v.cookie())
	if h, ok := v.a.STS.User(v.ask.Hint); ok && (!known || h.ID != u.ID) {
		u, known = h, known && h.ID == u.ID
		if v.ask.Prompt == "none" { // an iframe may have no cookie
			known = true
		}
	}
	switch v.ask.Prompt {
	case "none":
		if !known {
			return v.fail(sts.Fail(50058))
		}
		if v.a.STS.Consents(v.ask, u) {
			return v.fail(sts.Fail(65001).Named("consent_required"))
		}
		return v.finish(u)
	case "login", "select_account", "create":
		return v.page("", v.ask.Hint)
	}
	if !known {
		return v.page("", v.ask.Hint)
	}
	return v.recognized(u)
}

// entered is the page of the sign-in coming back.
func (v *visit) entered() error {
	f := v.r.PostForm
	name, password := f.Get("loginfmt"), f.Get("passwd")
	if pick := f.Get("pick"); pick != "" {
		name = pick
	}
	if strings.TrimSpace(name) == "" {
		return v.page("Enter a user, or choose one.", "")
	}
	u, err := v.a.STS.Enter(strings.TrimSpace(name), password, v.ask.Tenant)
	if e, ok := err.(*sts.Error); ok {
		if f.Get("pick") != "" && password == "" {
			return v.page("", name) // chosen, and a password is wanted
		}
		return v.page(e.Text, name)
	}
	return v.recognized(u)
}

// recognized asks for consent where it is missing or demanded.
func (v *visit) recognized(u *sts.User) error {
	if v.ask.Prompt != "consent" && !v.a.STS.Consents(v.ask, u) {
		return v.finish(u)
	}
	who, err := v.a.STS.Cookie(u)
	if err != nil {
		return err
	}
	v.a.showFor(v.w, v.ask.Redirect, "consent", consent{Action: v.action(), Hidden: v.hidden(), Client: v.ask.Client(), User: u.Name, Scopes: v.ask.Wanted(), Who: who})
	return nil
}

// consented is the page of the consent coming back.
func (v *visit) consented() error {
	u, ok := v.a.STS.Recall(v.r.PostForm.Get("who"))
	if !ok {
		return v.page("The page was open for too long. Sign in again.", v.ask.Hint)
	}
	return v.agreed(u)
}

// agreed stores the consent and ends the sign-in.
func (v *visit) agreed(u *sts.User) error {
	if err := v.a.STS.Agree(v.ask, u); err != nil {
		return v.fail(err)
	}
	return v.finish(u)
}

const cookieName = "graph-emulator-session"

func (v *visit) cookie() string {
	c, err := v.r.Cookie(cookieName)
	if err != nil {
		return ""
	}
	return c.Value
}

// finish sends the answer to the address of the request, and lets the browser
// remember who it was.
func (v *visit) finish(u *sts.User) error {
	m, err := v.a.STS.Admit(v.ask, v.req, u)
	if err != nil {
		return v.fail(err)
	}
	if v.a.Pages {
		text, err := v.a.STS.Cookie(u)
		if err != nil {
			return err
		}
		c := &http.Cookie{Name: cookieName, Value: text, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
		if strings.HasPrefix(v.a.Origin(v.r), "https:") {
			c.Secure, c.SameSite = true, http.SameSiteNoneMode // for frames of silent renewal
		}
		http.SetCookie(v.w, c)
	}
	return v.send(m)
}

// fail sends an error to the address of the request.
func (v *visit) fail(err error) error {
	body, e := v.a.refusalOf(v.w, v.r, err)
	m := value.Members{{Name: "error", Value: value.String(body.Error)}, {Name: "error_description", Value: value.String(body.Description)},
		{Name: "error_uri", Value: value.String(body.URI)}}
	if e.Sub != "" {
		m.Set("error_subcode", value.String(e.Sub))
	}
	return v.send(m)
}

// send answers by the mode of the request: 302, or a form that submits itself.
func (v *visit) send(m value.Members) error {
	if v.ask.HasState {
		m.Set("state", value.String(v.ask.State))
	}
	return v.a.deliver(v.w, v.ask.Redirect, v.ask.Mode, m)
}

func (a *Authority) deliver(w http.ResponseWriter, address, mode string, m value.Members) error {
	if mode == "form_post" {
		p := post{Action: postURL(address), Script: submits}
		for _, x := range m {
			p.Hidden = append(p.Hidden, hidden{x.Name, text(x.Value)})
		}
		a.showFor(w, address, "post", p)
		return nil
	}
	var b strings.Builder
	for i, x := range m {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(x.Name) + "=" + url.QueryEscape(text(x.Value)))
	}
	mark := "?"
	switch {
	case mode == "fragment":
		mark = "#"
	case strings.Contains(address, "?"):
		mark = "&"
	}
	w.Header().Set("Location", address+mark+b.String())
	w.WriteHeader(http.StatusFound)
	return nil
}

func text(r value.Raw) string {
	if s, ok := r.Text(); ok {
		return s
	}
	return string(r)
}

// action is the address that a page's form goes back to: the path that was asked for,
// with one slash in front, because two would name another host. The parameters of the
// request travel as hidden fields, so that it makes no difference how they came.
func (v *visit) action() string { return "/" + strings.TrimLeft(v.r.URL.EscapedPath(), "/") }

func (v *visit) hidden() []hidden {
	var out []hidden
	for name, values := range v.r.Form {
		if slices.Contains(steps, name) || len(values) == 0 {
			continue
		}
		out = append(out, hidden{name, values[0]})
	}
	slices.SortFunc(out, func(a, b hidden) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// maxPicks is how many users the page offers.
const maxPicks = 20

func (v *visit) page(problem, hint string) error {
	v.a.showFor(v.w, v.ask.Redirect, "signin", signin{Action: v.action(), Hidden: v.hidden(), Client: v.ask.Client(), Hint: hint, Problem: problem,
		Users: v.a.STS.Users(maxPicks)})
	return nil
}
