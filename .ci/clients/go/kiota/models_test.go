package kiota

import (
	"fmt"

	kiota "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/serialization"
)

// user is as much of a user as the tests read, in the form of a generated model.
type user struct {
	id, name, principal, nickname, title, password *string

	enabled *bool
	removed bool
}

func newUser(serialization.ParseNode) (serialization.Parsable, error) { return &user{}, nil }

func (u *user) Serialize(w serialization.SerializationWriter) error {
	for _, p := range []struct {
		name  string
		value *string
	}{{"displayName", u.name}, {"userPrincipalName", u.principal}, {"mailNickname", u.nickname}, {"jobTitle", u.title}} {
		if err := w.WriteStringValue(p.name, p.value); err != nil {
			return err
		}
	}
	if u.password != nil {
		if err := w.WriteObjectValue("passwordProfile", &profile{u.password}); err != nil {
			return err
		}
	}
	return w.WriteBoolValue("accountEnabled", u.enabled)
}

func (u *user) GetFieldDeserializers() map[string]func(serialization.ParseNode) error {
	return map[string]func(serialization.ParseNode) error{
		"id": text(&u.id), "displayName": text(&u.name), "userPrincipalName": text(&u.principal), "jobTitle": text(&u.title),
		"@removed": func(serialization.ParseNode) error { u.removed = true; return nil },
	}
}

func text(to **string) func(serialization.ParseNode) error {
	return func(n serialization.ParseNode) (err error) { *to, err = n.GetStringValue(); return err }
}

type profile struct{ password *string }

func (p *profile) Serialize(w serialization.SerializationWriter) error {
	return w.WriteStringValue("password", p.password)
}

func (p *profile) GetFieldDeserializers() map[string]func(serialization.ParseNode) error { return nil }

// users is a page of them.
type users struct {
	value       []*user
	next, delta *string
}

func newUsers(serialization.ParseNode) (serialization.Parsable, error) { return &users{}, nil }

func (u *users) GetValue() []*user          { return u.value }
func (u *users) GetOdataNextLink() *string  { return u.next }
func (u *users) GetOdataDeltaLink() *string { return u.delta }

func (u *users) Serialize(serialization.SerializationWriter) error { return nil }

func (u *users) GetFieldDeserializers() map[string]func(serialization.ParseNode) error {
	return map[string]func(serialization.ParseNode) error{
		"@odata.nextLink": text(&u.next), "@odata.deltaLink": text(&u.delta),
		"value": func(n serialization.ParseNode) error {
			members, err := n.GetCollectionOfObjectValues(newUser)
			for _, m := range members {
				u.value = append(u.value, m.(*user))
			}
			return err
		},
	}
}

// failure is an error of Graph.
type failure struct {
	kiota.ApiError
	code, message *string
}

func newFailure(serialization.ParseNode) (serialization.Parsable, error) { return &failure{}, nil }

func (f *failure) Error() string {
	if f.code == nil || f.message == nil {
		return f.ApiError.Error()
	}
	return fmt.Sprintf("%d %s: %s", f.ResponseStatusCode, *f.code, *f.message)
}

func (f *failure) Serialize(serialization.SerializationWriter) error { return nil }

func (f *failure) GetFieldDeserializers() map[string]func(serialization.ParseNode) error {
	return map[string]func(serialization.ParseNode) error{"error": func(n serialization.ParseNode) error {
		inner, err := n.GetObjectValue(func(serialization.ParseNode) (serialization.Parsable, error) { return &words{f}, nil })
		_ = inner
		return err
	}}
}

// words is the object below error.
type words struct{ of *failure }

func (w *words) Serialize(serialization.SerializationWriter) error { return nil }

func (w *words) GetFieldDeserializers() map[string]func(serialization.ParseNode) error {
	return map[string]func(serialization.ParseNode) error{"code": text(&w.of.code), "message": text(&w.of.message)}
}
