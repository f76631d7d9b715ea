package wire

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/ticket"
)

// redirect sends the caller to a ticket for the content it asked for.
func (x *exchange) redirect(w http.ResponseWriter) bool {
	t := x.g.Tickets
	if x.direct || len(t.Key) == 0 {
		return false
	}
	w.Header().Set("Location", x.ticketFor(x.HTTP.RequestURI))
	w.WriteHeader(http.StatusFound)
	return true
}

// ticketFor is an address that answers what the caller would get at a path, with version and
// query, without a token.
func (x *exchange) ticketFor(path string) string {
	tk := ticket.Ticket{Path: path, Until: x.now().Add(ticket.TicketLife).Unix(), Caller: x.Request.Caller}
	return x.g.Origin.Of(x.HTTP) + x.g.Tickets.Issue(tk)
}

// ContentURL implements odatajson.Contents.
func (x *exchange) ContentURL(path string) string { return x.ticketFor("/" + x.VersionName + path) }

// Content answers tickets: the download that each was issued for, with Range and
// without a token.
func (g *Graph) Content() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.Tenants.CatchUp()
		tk, ok := g.Tickets.Open(strings.TrimPrefix(r.URL.Path, g.Tickets.Prefix), g.Tenants.ByID("").World.Now()) // all live by one clock
		tenant := g.Tenants.ByID(tk.Caller.Tenant)
		target, err := url.ParseRequestURI(tk.Path)
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			err = grapherr.NotAllowed(r.Method, []string{http.MethodGet})
		case !ok || err != nil:
			err = grapherr.NotFound("content", "ticket").Because("The address of the content is not valid, or no longer.", "Ask for the content again.")
		default:
			inner := r.Clone(r.Context())
			inner.URL, inner.RequestURI = target, tk.Path
			x := g.exchange(w, inner)
			defer x.forget()
			x.tenant, x.Request.Caller, x.direct = tenant, tk.Caller, true
			x.run(contentSteps[:])
		}
		if err != nil {
			Fail(w, r, err, tenant.World.Now(), g.Log)
		}
	})
}
