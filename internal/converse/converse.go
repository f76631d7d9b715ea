// Package converse prepares an emulator for a conversation: the options at its head, and
// the callers that its requests name.
package converse

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/internal/options"
)

// Options returns the options at the head of a conversation. Folders are beside its file.
// An error names the line.
func Options(f *conversation.File) (out []emulator.Option, err error) {
	for _, o := range f.Options {
		opts, err := options.Heading(filepath.Dir(f.Name), o.Name, o.Value)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", f.Name, o.Line, err)
		}
		out = append(out, opts...)
	}
	return out, nil
}

// Token returns the access token of the caller that as names: a user, by id or
// userPrincipalName; me, the signed-in user; or app, an application without a user; each
// followed by permissions. Empty is me with User.Read. The token of nobody is empty.
func Token(s *emulator.Server, as string) (string, error) {
	words := strings.Fields(as)
	if len(words) == 0 {
		return s.Token()
	}
	switch who, permissions := words[0], words[1:]; who {
	case "me":
		return s.Token(permissions...)
	case "app":
		return s.AppToken(permissions...)
	case "nobody":
		return "", nil
	default:
		return s.TokenOf(who, permissions...)
	}
}
