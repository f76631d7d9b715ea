package presence

import (
	"unicode/utf8"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/zone"
)

// maxStatus is how long a status message may be, in characters (B-11.35; unsure).
const maxStatus = 280

// setStatusMessage sets what a user has to say, whatever the sessions (B-11.35).
func setStatusMessage(c *workload.Call) (workload.Result, error) {
	sent, ok := c.Body.Get("statusMessage")
	if !ok {
		return workload.Result{}, grapherr.BadRequest("The parameter 'statusMessage' is required.")
	}
	status, err := statusOf(c, sent)
	if err != nil {
		return workload.Result{}, err
	}
	return done, settle(c, &c.Self, false, value.Member{Name: "statusMessage", Value: status})
}

// statusOf is a status message as it is stored; null where it is empty.
func statusOf(c *workload.Call, sent value.Raw) (value.Raw, error) {
	message, _ := sent.Members().Get("message")
	raw, _ := message.Members().Get("content")
	content, _ := raw.Text()
	switch {
	case content == "":
		return value.Null, nil
	case utf8.RuneCountInString(content) > maxStatus:
		return "", grapherr.BadRequest("The status message is longer than %d characters.", maxStatus)
	}
	form, _ := message.Members().Get("contentType")
	if form.IsNull() {
		form = `"text"`
	}
	out := value.Members{
		{Name: "message", Value: value.Members{{Name: "content", Value: raw}, {Name: "contentType", Value: form}}.Object()},
		{Name: "expiryDateTime", Value: value.Null},
		{Name: "publishedDateTime", Value: value.Time(c.Now())},
	}
	if expiry, _ := sent.Members().Get("expiryDateTime"); !expiry.IsNull() {
		at, bad := zone.Parse(expiry)
		if bad != "" {
			return "", grapherr.WrongValue("statusMessage/expiryDateTime/"+bad, "Expected a date and time such as 2026-11-22T09:00:00, and the name of a time zone.")
		}
		out.Set("expiryDateTime", zone.Print(at)) // B-1.42
	}
	return out.Object(), nil
}
