package presence

import (
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// The records that a presence has besides what it shows.
const (
	sessions  = "sessions"  // by the id of the application (B-11.16)
	preferred = "preferred" // one, under its own name
)

// state is the pair that a presence shows.
type state struct{ availability, activity string }

// settable are the states of a session (B-11.18).
var settable = []state{{"Available", "Available"}, {"Busy", "InACall"}, {"Busy", "InAConferenceCall"}, {"Away", "Away"}, {"DoNotDisturb", "Presenting"}}

// The expiry of a session (B-11.19).
const (
	defaultExpiry = 5 * time.Minute
	minExpiry     = 5 * time.Minute
	maxExpiry     = 4 * time.Hour
)

// own lets delegated callers change their own presence and nobody else's (B-11.26).
func own(do workload.Func) workload.Func {
	return func(c *workload.Call) (workload.Result, error) {
		if !c.Self.Exists {
			return c.Next() // 404
		}
		if c.Caller.User != "" && !strings.EqualFold(c.Caller.User, c.Self.Text("id")) {
			e := &grapherr.Error{Status: 401, Code: "Unauthorized", Message: "Cannot set the presence of another user"}
			return workload.Result{}, e.Because("The request acts for the user "+c.Caller.User+".", "Use a token of that user, or one of an application without a user.")
		}
		return do(c)
	}
}

// setPresence starts the session of an application, or starts it anew (B-11.17, B-11.20).
func setPresence(c *workload.Call) (workload.Result, error) {
	id, err := sessionID(c)
	if err != nil {
		return workload.Result{}, err
	}
	st, err := pair(c, settable)
	if err != nil {
		return workload.Result{}, err
	}
	lasts, given, err := duration(c)
	if err != nil {
		return workload.Result{}, err
	}
	if !given {
		lasts = defaultExpiry
	} else if lasts < minExpiry || lasts > maxExpiry {
		return workload.Result{}, grapherr.BadRequest("The parameter 'expirationDuration' must lie between PT5M and PT4H.")
	}
	if err := c.System.Remember(c, &c.Self, sessions, id, record(st, c.Now(), lasts)); err != nil {
		return workload.Result{}, err
	}
	return done, settle(c, &c.Self, true)
}

// clearPresence ends the session of an application (B-11.29).
func clearPresence(c *workload.Call) (workload.Result, error) {
	id, err := sessionID(c)
	if err != nil {
		return workload.Result{}, err
	}
	for key := range c.System.Remembered(c, &c.Self, sessions) {
		if strings.EqualFold(key, id) {
			if err := c.System.Remember(c, &c.Self, sessions, id, nil); err != nil {
				return workload.Result{}, err
			}
			return done, settle(c, &c.Self, true)
		}
	}
	return workload.Result{}, &grapherr.Error{Status: 404, Code: "NotFound", Message: "There is no presence session '" + id + "'."} // B-11.30
}

// done answers an action: 200 without a body.
var done = workload.Result{Status: 200}

// sessionID is that of the calling application (B-11.16).
func sessionID(c *workload.Call) (string, error) {
	raw, _ := c.Body.Get("sessionId")
	id, _ := raw.Text()
	switch {
	case id == "":
		return "", grapherr.BadRequest("The parameter 'sessionId' is required: the id of the calling application.")
	case !edm.IsGUID(id):
		return "", grapherr.BadRequest("The parameter 'sessionId' must be the id of the calling application, and '%s' is no GUID.", id)
	case c.Caller.App != "" && !strings.EqualFold(id, c.Caller.App):
		return "", grapherr.BadRequest("The parameter 'sessionId' must be the id of the calling application.").
			Because("It is '"+id+"', and the token was issued to '"+c.Caller.App+"'.", "")
	}
	return id, nil
}

// pair reads availability and activity, which only come in pairs (B-11.18).
func pair(c *workload.Call, allowed []state) (state, error) {
	availability, _ := c.Body.Get("availability")
	activity, _ := c.Body.Get("activity")
	var st state
	st.availability, _ = availability.Text()
	st.activity, _ = activity.Text()
	var pairs []string
	for _, a := range allowed {
		if a == st {
			return st, nil
		}
		pairs = append(pairs, a.availability+"/"+a.activity)
	}
	return state{}, grapherr.BadRequest("Availability and activity combination is not supported.").
		Because("It is '"+st.availability+"' and '"+st.activity+"'.", "Use one of "+strings.Join(pairs, ", ")+".")
}

// duration reads expirationDuration; given is false where it is missing or null.
func duration(c *workload.Call) (d time.Duration, given bool, err error) {
	raw, _ := c.Body.Get("expirationDuration")
	if raw.IsNull() {
		return 0, false, nil
	}
	text, _ := raw.Text()
	d, ok := odata.ParseDuration(text)
	if !ok || d <= 0 {
		return 0, false, grapherr.BadRequest("The parameter 'expirationDuration' is no duration: '%s'.", text).
			Because("", "Write days, hours, minutes and seconds in the manner of P1D or PT30M.")
	}
	return d, true, nil
}

// claim is a session or the preferred presence, as it was set.
type claim struct {
	state
	since, until time.Time
}

func record(st state, now time.Time, lasts time.Duration) value.Members {
	return value.Members{
		{Name: "availability", Value: value.String(st.availability)}, {Name: "activity", Value: value.String(st.activity)},
		{Name: "since", Value: value.Int(now.UnixNano())}, {Name: "until", Value: value.Int(now.Add(lasts).UnixNano())},
	}
}

func claimOf(o value.Object) (cl claim) {
	for name, into := range map[string]*string{"availability": &cl.availability, "activity": &cl.activity} {
		raw, _ := o.Get(name)
		*into, _ = raw.Text()
	}
	for name, into := range map[string]*time.Time{"since": &cl.since, "until": &cl.until} {
		raw, _ := o.Get(name)
		n, _ := raw.Int()
		*into = time.Unix(0, n)
	}
	return cl
}

// A session that is Available fades twice (B-11.21).
const (
	idleAfter = 5 * time.Minute
	awayAfter = 10 * time.Minute
)

// idle is a faded session under its two names.
var idle = map[string]state{enum: {"AvailableIdle", "Inactive"}, prose: {"Available", "AvailableInactive"}}

// at is what a session shows at a time, what that counts among others, and when it
// fades next; zero: not any more.
func (cl claim) at(now time.Time, names string) (st state, rank int, fades time.Time) {
	age := now.Sub(cl.since)
	switch {
	case cl.availability != "Available":
		return cl.state, ranks[cl.availability], time.Time{}
	case age >= awayAfter:
		return state{"Away", "Away"}, ranks["Away"], time.Time{}
	case age < idleAfter:
		return cl.state, ranks["Available"], cl.since.Add(idleAfter)
	}
	st, ok := idle[names]
	if !ok {
		st = idle[enum]
	}
	return st, ranks["AvailableIdle"], cl.since.Add(awayAfter)
}

// ranks is the order in which states win, the highest first (B-11.23).
var ranks = map[string]int{"DoNotDisturb": 8, "Busy": 7, "BusyIdle": 6, "Available": 5, "AvailableIdle": 4, "BeRightBack": 3, "Away": 2, "Offline": 1}
