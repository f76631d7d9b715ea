package emulator

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

// OptionsOf are the options that head a conversation: those of serve by the names of their
// flags, as far as they change answers, empty-pages, and switches by their own names.
// Folders are beside the file.
func OptionsOf(f *conversation.File) (out []Option, err error) {
	for _, o := range f.Options {
		opt, err := optionOf(filepath.Dir(f.Name), o.Name, o.Value)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", f.Name, o.Line, err)
		}
		out = append(out, opt)
	}
	return out, nil
}

// textOptions are the options that take a text.
var textOptions = map[string]func(string) Option{"on-missing": WithOnMissing, "min-fidelity": WithMinFidelity, "signed-in-user": WithSignedInUser, "auth": WithAuth,
	"sign-in": WithSignIn, "issuer": WithIssuer, "jobs": WithJobs, "consistency": WithConsistency, "app-consistency": WithAppConsistency, "public-url": WithPublicURL}

// flagOptions are those that are on or off, and off by default.
var flagOptions = map[string]func() Option{"strict": WithStrict, "forwarded-headers": WithForwardedHeaders, "empty-pages": WithEmptyPages}

// spanOptions are those that take a time span.
var spanOptions = map[string]func(time.Duration) Option{"services-delay": WithServicesDelay, "token-lifetime": WithTokenLifetime}

func optionOf(dir, name string, v any) (Option, error) {
	switch v := v.(type) {
	case bool:
		switch on := flagOptions[name]; {
		case on != nil && v:
			return on(), nil
		case on != nil:
			return func(*config) error { return nil }, nil
		}
	case int:
		switch {
		case name == "random-seed" && v >= 0:
			return WithRandomSeed(uint64(v)), nil
		case name == "body-limit":
			return WithBodyLimit(int64(v)), nil
		case name == "body-memory":
			return WithBodyMemory(int64(v)), nil
		}
	case []any:
		if name == "fixtures" || name == "docs" {
			return foldersOf(dir, name, v)
		}
	case string:
		for _, s := range Switches() {
			if s.Name == name {
				return WithSwitch(name, v), nil
			}
		}
		switch {
		case textOptions[name] != nil:
			return textOptions[name](v), nil
		case spanOptions[name] != nil:
			d, err := time.ParseDuration(v)
			if err != nil {
				return nil, fmt.Errorf("option %s: %q is no time span; write 90s or 15m", name, v)
			}
			return spanOptions[name](d), nil
		case name == "catalog" && v == "none":
			return WithoutCatalog(), nil
		case name == "fixtures" || name == "docs":
			return foldersOf(dir, name, []any{v})
		}
	}
	return nil, fmt.Errorf("option %s does not take %v", name, v)
}

// foldersOf are the trees of an option that takes folders, or names of built-in tenants.
func foldersOf(dir, name string, list []any) (Option, error) {
	var trees []fs.FS
	for _, v := range list {
		path, ok := v.(string)
		switch {
		case !ok || path == "":
			return nil, fmt.Errorf("option %s: %v is not the path of a folder", name, v)
		case name == "fixtures" && path == "@empty":
			trees = append(trees, fixtures.Empty())
		case name == "fixtures" && path == "@northgale":
			trees = append(trees, fixtures.Northgale())
		default:
			path = filepath.Join(dir, filepath.FromSlash(path))
			if info, err := os.Stat(path); err != nil || !info.IsDir() {
				return nil, fmt.Errorf("option %s: %s is not a folder", name, path)
			}
			trees = append(trees, os.DirFS(path))
		}
	}
	if name == "docs" {
		return WithDocs(trees...), nil
	}
	return WithFixtures(trees...), nil
}

// TokenAs is the access token of whoever as names in a conversation: a user, by id or
// userPrincipalName, me, the signed-in user, or app, an application without a user,
// followed by permissions; empty is me with User.Read. Of nobody the token is empty.
func (s *Server) TokenAs(as string) (string, error) {
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
