package azcred

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/graph-emulator/graph-emulator/emulator"
)

// Credential implements azcore.TokenCredential. It is safe for concurrent use.
type Credential struct {
	make func(asked []string) (string, error)
}

var _ azcore.TokenCredential = (*Credential)(nil)

// New gives the credential of the emulator's signed-in user. A request for .default
// gets the scopes given here, without any User.Read; one that names scopes gets those.
func New(s *emulator.Server, scopes ...string) *Credential {
	return &Credential{func(asked []string) (string, error) { return s.Token(either(asked, scopes)...) }}
}

// NewUser is New for another user, by id or userPrincipalName.
func NewUser(s *emulator.Server, user string, scopes ...string) *Credential {
	return &Credential{func(asked []string) (string, error) { return s.TokenOf(user, either(asked, scopes)...) }}
}

// NewApp gives the credential of an application that acts without a user and has
// these application permissions.
func NewApp(s *emulator.Server, roles ...string) *Credential {
	return &Credential{func([]string) (string, error) { return s.AppToken(roles...) }}
}

func either(asked, otherwise []string) []string {
	if len(asked) > 0 {
		return asked
	}
	return otherwise
}

// GetToken implements azcore.TokenCredential. A token fetched after a claims
// challenge answers the challenge. The error says that no scope was asked for, or
// that the tenant has no such user.
func (c *Credential) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if err := ctx.Err(); err != nil {
		return azcore.AccessToken{}, err
	}
	if len(options.Scopes) == 0 {
		return azcore.AccessToken{}, errors.New("azcred: GetToken needs a scope")
	}
	var asked []string
	for _, scope := range options.Scopes {
		if name := scope[strings.LastIndexByte(scope, '/')+1:]; name != ".default" {
			asked = append(asked, name)
		}
	}
	token, err := c.make(asked)
	if err != nil {
		return azcore.AccessToken{}, fmt.Errorf("azcred: %w", err)
	}
	end, err := expiry(token)
	if err != nil {
		return azcore.AccessToken{}, fmt.Errorf("azcred: %w", err)
	}
	return azcore.AccessToken{Token: token, ExpiresOn: end}, nil
}

// expiry reads when a token of the emulator's ends.
func expiry(token string) (time.Time, error) {
	_, rest, _ := strings.Cut(token, ".")
	claims, _, _ := strings.Cut(rest, ".")
	raw, err := base64.RawURLEncoding.DecodeString(claims)
	if err != nil {
		return time.Time{}, err
	}
	var c struct {
		Expires int64 `json:"exp"`
	}
	err = json.Unmarshal(raw, &c)
	return time.Unix(c.Expires, 0), err
}
