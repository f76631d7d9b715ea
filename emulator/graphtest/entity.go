package graphtest

import "time"

// User returns what a user needs in order to be created: User("ragna") is called ragna and
// signs in as ragna@northgale.test. Members can be added and changed.
func User(name string) map[string]any {
	return map[string]any{
		"accountEnabled": true, "displayName": name, "mailNickname": name, "userPrincipalName": name + "@northgale.test",
		"passwordProfile": map[string]any{"password": "harbour-Gale-7-" + name, "forceChangePasswordNextSignIn": false},
	}
}

// Group returns what a security group needs in order to be created. Members can be added
// and changed: with mailEnabled and groupTypes: ["Unified"] it is a Microsoft 365 group.
func Group(name string) map[string]any {
	return map[string]any{"displayName": name, "mailNickname": name, "mailEnabled": false, "securityEnabled": true}
}

// Message returns a message with a text and recipients, by their addresses, for a draft
// (Add("/me/messages", …)) or as the message of sendMail. Without recipients it has none.
func Message(subject, text string, to ...string) map[string]any {
	recipients := []any{}
	for _, address := range to {
		recipients = append(recipients, map[string]any{"emailAddress": map[string]any{"address": address}})
	}
	return map[string]any{"subject": subject, "body": map[string]any{"contentType": "text", "content": text}, "toRecipients": recipients}
}

// Event returns an event that begins at start and takes d.
func Event(subject string, start time.Time, d time.Duration) map[string]any {
	at := func(t time.Time) map[string]any {
		return map[string]any{"dateTime": t.UTC().Format("2006-01-02T15:04:05"), "timeZone": "UTC"}
	}
	return map[string]any{"subject": subject, "start": at(start), "end": at(start.Add(d))}
}
