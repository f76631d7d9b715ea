package sts

import (
	"fmt"
	"strings"
	"testing"
)

// TestReadScopes prints what each text asks for.
func TestReadScopes(t *testing.T) {
	t.Attr("rules", "B-10.19 C-2.18")
	for _, tt := range []struct{ text, want string }{
		{"User.Read", Graph + " [User.Read]"},
		{"User.Read Mail.Read", Graph + " [User.Read Mail.Read]"},
		{"https://graph.microsoft.com/User.Read", "https://graph.microsoft.com [User.Read]"},
		{"https://graph.microsoft.com/.default", "https://graph.microsoft.com [] default"},
		{"https://graph.microsoft.com//.default", "https://graph.microsoft.com/ [] default"},
		{Graph + "/.default", Graph + " [] default"},
		{".default", Graph + " [] default"},
		{"openid profile email offline_access", " [] openid profile email offline"},
		{"openid https://graph.microsoft.com/User.Read Mail.Read", "https://graph.microsoft.com [User.Read Mail.Read] openid"},
		{"User.Read https://graph.microsoft.com/Mail.Read", "https://graph.microsoft.com [User.Read Mail.Read]"},
		{"api://desk/a.b api://other/c", "api://desk [a.b] others"},
		{"api://desk/a User.Read", "api://desk [a] others"},
		{"", " []"},
	} {
		s := readScopes(tt.text)
		got := fmt.Sprintf("%s %v", s.Resource, s.Names)
		for _, f := range []struct {
			on   bool
			name string
		}{{s.Default, "default"}, {s.OpenID, "openid"}, {s.Profile, "profile"}, {s.Email, "email"}, {s.Offline, "offline"}, {s.others, "others"}} {
			if f.on {
				got += " " + f.name
			}
		}
		if got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

// FuzzReadScopes: every word that counts is among those asked for.
func FuzzReadScopes(f *testing.F) {
	f.Add("openid https://graph.microsoft.com//.default a/b/c /x x/")
	f.Fuzz(func(t *testing.T, text string) {
		s := readScopes(text)
		if len(s.Names) > len(s.Asked) || len(s.Asked) > len(strings.Fields(text)) || (len(s.Names) > 0) && s.Resource == "" {
			t.Fatalf("%q: %+v", text, s)
		}
	})
}
