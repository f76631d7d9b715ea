package presence

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/zone"
)

// mailboxSettings is the member of a user that says whether somebody is away.
const mailboxSettings = "mailboxSettings"

// present are the settings of somebody who is not out of office.
const present value.Raw = `{"message":null,"isOutOfOffice":false}`

// mailbox follows a change of a user's mailbox settings: automatic replies say that
// the user is out of office (B-11.25).
func mailbox(c *workload.Call) (workload.Result, error) {
	_, sent := c.Body.Get(mailboxSettings)
	if !sent && (len(c.Path) == 0 || c.Path[0] != mailboxSettings) {
		return workload.Result{}, nil
	}
	owner := c.Self
	owner.Home.Key = owner.Text("id") // however the path named the user
	n, err := c.System.Member(c, &owner, "presence", "")
	if err != nil || !n.Exists {
		return workload.Result{}, err
	}
	return workload.Result{}, settle(c, &n, false)
}

// outOfOffice is what the user's automatic replies come to now.
func (r *reckoning) outOfOffice() value.Raw {
	ref, _ := r.c.Tx.Find(0, "users", r.n.Text("id"))
	u, _ := r.c.Tx.Get(ref)
	settings, _ := u.Object.Get(mailboxSettings)
	replies, _ := settings.Members().Get("automaticRepliesSetting")
	m := replies.Members()
	status, _ := m.Get("status")
	switch status {
	case `"alwaysEnabled"`:
	case `"scheduled"`:
		start, _ := m.Get("scheduledStartDateTime")
		end, _ := m.Get("scheduledEndDateTime")
		from, bad := zone.Parse(start)
		to, worse := zone.Parse(end)
		if bad != "" || worse != "" || !r.now.Before(to) {
			return present
		}
		if r.now.Before(from) {
			r.until(from)
			return present
		}
		r.until(to)
	default:
		return present
	}
	message, _ := m.Get("internalReplyMessage")
	if message.IsNull() {
		message = value.Null
	}
	return value.Members{{Name: "message", Value: message}, {Name: "isOutOfOffice", Value: "true"}}.Object()
}

// leave follows the deletion of a user: the presence goes too.
func leave(c *workload.Call) (workload.Result, error) {
	owner, ok := c.Tx.One(0, "communications")
	if !ok {
		return workload.Result{}, nil
	}
	if ref, ok := c.Tx.Find(owner, "presences", c.Self.Text("id")); ok {
		return workload.Result{}, c.System.Delete(c, ref)
	}
	return workload.Result{}, nil
}
