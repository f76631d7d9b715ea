package presence

import (
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// preferable are the states that a user may prefer (B-11.31).
var preferable = []state{{"Available", "Available"}, {"Busy", "Busy"}, {"DoNotDisturb", "DoNotDisturb"},
	{"BeRightBack", "BeRightBack"}, {"Away", "Away"}, {"Offline", "OffWork"}}

// lasting is how long a preference lasts unless it says so (B-11.31).
func lasting(st state) time.Duration {
	if st.availability == "DoNotDisturb" || st.availability == "Busy" {
		return 24 * time.Hour
	}
	return 7 * 24 * time.Hour
}

// setPreferred sets what shows in the place of any session, as long as there is one (B-11.32).
func setPreferred(c *workload.Call) (workload.Result, error) {
	st, err := pair(c, preferable)
	if err != nil {
		return workload.Result{}, err
	}
	lasts, given, err := duration(c)
	if err != nil {
		return workload.Result{}, err
	}
	if !given {
		lasts = lasting(st)
	}
	if err := c.System.Remember(c, &c.Self, preferred, preferred, record(st, c.Now(), lasts)); err != nil {
		return workload.Result{}, err
	}
	return done, settle(c, &c.Self, true)
}

// clearPreferred goes back to the sessions. Where nothing is preferred, nothing
// changes (B-11.34).
func clearPreferred(c *workload.Call) (workload.Result, error) {
	for range c.System.Remembered(c, &c.Self, preferred) {
		if err := c.System.Remember(c, &c.Self, preferred, preferred, nil); err != nil {
			return workload.Result{}, err
		}
		return done, settle(c, &c.Self, true)
	}
	return done, nil
}
