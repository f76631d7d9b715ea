package wire

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/fault"
	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// faulty does what the rule says that hits this request, if one does (B-8.14). Requests
// inside a batch come by here like any other (B-8.7, C-11.6).
func (x *exchange) faulty(w http.ResponseWriter) error {
	g := x.g
	if g.Faults == nil || !g.Faults.Any() {
		return nil
	}
	var target *bind.Target
	probe := &fault.Probe{Method: x.HTTP.Method, Version: x.VersionName, Path: unescaped(x.Path), App: x.Request.Caller.App, User: x.Request.Caller.User, Now: x.now(),
		Template: func() string {
			if target = x.lenient(); target == nil {
				return ""
			}
			return target.Template()
		}}
	probe.Attempt, _ = strconv.Atoi(first(x.HTTP.Header["Retry-Attempt"])) // C-11.3; what is no number is no repetition
	hit, ok := g.Faults.Hit(probe)
	if !ok {
		return nil
	}
	w.Header()["X-Emulator-Fault"] = []string{printable(hit.ID)}
	return x.strike(w, &hit, target)
}

// strike does what a rule says. target may be nil: it is found when it is needed.
func (x *exchange) strike(w http.ResponseWriter, hit *fault.Hit, target *bind.Target) error {
	g := x.g
	if hit.Delay > 0 {
		if err := g.Wait(x.HTTP.Context(), x.now().Add(hit.Delay.Duration())); err != nil {
			panic(http.ErrAbortHandler) // the client has gone
		}
		g.Tenants.CatchUp()
	}
	switch {
	case hit.Drop && x.item: // only the whole batch has a connection
		return grapherr.Injected(http.StatusBadGateway, "", "").Because("The fault "+hit.ID+" cuts the connection.", "")
	case hit.Drop:
		panic(http.ErrAbortHandler) // C-11.7
	case hit.Status == 0:
		return nil
	}
	if target == nil {
		target = x.lenient()
	}
	return x.injected(w, hit, target)
}

// lenient is what the path means; nil when it means nothing.
func (x *exchange) lenient() *bind.Target {
	path, err := odata.ParsePath(x.Path)
	if err != nil {
		return nil
	}
	target, err := bind.Resolve(x.Request.Model, path)
	if err != nil {
		return nil
	}
	return target
}

func unescaped(path string) string {
	if plain, err := url.PathUnescape(path); err == nil {
		return plain
	}
	return path
}

// injected makes the error of a rule: in the words of the workload that the path leads
// to, where the rule has none of its own.
func (x *exchange) injected(w http.ResponseWriter, hit *fault.Hit, target *bind.Target) error {
	_, key := lastOf(x.Path)
	e := grapherr.Injected(hit.Status, "", key)
	if hit.Status == http.StatusTooManyRequests {
		e = grapherr.Throttled(time.Second)
	}
	var t *edm.Type
	if target != nil {
		t = target.Owning()
		e = x.g.Engine.Registry.Word(t, e)
	}
	if hit.Challenge {
		e = grapherr.From(x.tenant.Gate.Challenged(x.HTTP, x.now().Unix()))
	}
	e = e.Because("The fault "+hit.ID+" was asked for.", "")
	e.Status, e.RetryAfter = hit.Status, retryAfter(hit, t != nil && x.g.Engine.Types.Of(t).Traits.NoRetryAfter)
	if hit.Code != "" {
		e.Code, e.Inner, e.Shape = hit.Code, "", grapherr.Common
	}
	if hit.Message != "" {
		e.Message = hit.Message
	}
	e.Header = x.throttleHeaders(hit, e, t)
	if hit.Body != nil {
		h := w.Header()
		e.Body = []byte(strings.NewReplacer("${request-id}", h[hRequestID][0], "${client-request-id}", quotedInside(h[hClientID][0]),
			"${date}", x.now().UTC().Format("2006-01-02T15:04:05")).Replace(string(hit.Body)))
	}
	return e
}

// quotedInside makes a text fit to stand inside a JSON string.
func quotedInside(s string) string {
	q := strconv.QuoteToASCII(s)
	return q[1 : len(q)-1]
}

func lastOf(path string) (before, last string) {
	path = strings.Trim(unescaped(path), "/")
	i := strings.LastIndexByte(path, '/')
	return path[:max(i, 0)], path[i+1:]
}

// retryAfter is what the answer says of it: the rule's word, else what is left of its
// window (B-8.3); a 429 says a second at least, and whole ones (C-11.1).
func retryAfter(hit *fault.Hit, silent bool) time.Duration {
	if hit.RetryAfter > 0 {
		return hit.RetryAfter.Duration()
	}
	if silent {
		return 0
	}
	switch {
	case hit.Window > 0 && hit.Status != http.StatusUnauthorized:
		return max(hit.Left, time.Second)
	case hit.Status == http.StatusTooManyRequests:
		return time.Second
	}
	return 0
}

// throttleHeaders are what a directory's 429 carries (B-8.11), a challenge (C-11.8), and
// what the rule wants sent.
func (x *exchange) throttleHeaders(hit *fault.Hit, e *grapherr.Error, t *edm.Type) map[string]string {
	out := maps.Clone(e.Header)
	if out == nil {
		out = map[string]string{}
	}
	if hit.Status == http.StatusTooManyRequests && t != nil && x.g.Engine.Registry.Service(t) == "directory" {
		out["x-ms-throttle-scope"] = fmt.Sprintf("Tenant_Application/ReadWrite/%s/%s", printable(x.Request.Caller.App), printable(x.Request.Caller.Tenant))
		out["x-ms-throttle-information"] = "ResourceUnitLimitExceeded"
	}
	if hit.Status == http.StatusUnauthorized && !hit.Challenge {
		out["WWW-Authenticate"] = x.tenant.Gate.Bearer(x.HTTP)
	}
	for name, v := range hit.Headers {
		out[name] = v
	}
	return out
}

// seconds is a time span as Retry-After writes it: whole, and not too short.
func seconds(d time.Duration) string { return strconv.Itoa(int(math.Ceil(d.Seconds()))) }
