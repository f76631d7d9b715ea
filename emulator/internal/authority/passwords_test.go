package authority_test

import (
	"bytes"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// Passwords are written as hashes, with which users sign in as before; an option keeps them.
func TestFaultA14PasswordsAreHashed(t *testing.T) {
	for _, keep := range []bool{false, true} {
		var opts []emulator.Option
		if keep {
			opts = append(opts, emulator.WithKeepPasswords())
		}
		d := checkedDesk(t, opts...)
		const secret = "Hunter2-secret!"
		token, err := d.emu.AppToken("User.ReadWrite.All")
		if err != nil {
			t.Fatal(err)
		}
		if w := emulatortest.Do(d.emu, "POST", "/v1.0/users", `{"accountEnabled":true,"displayName":"Runa","mailNickname":"runa","userPrincipalName":"runa@northgale.test","passwordProfile":{"password":"`+secret+`","forceChangePasswordNextSignIn":false}}`,
			"Authorization", "Bearer "+token); w.Code != http.StatusCreated {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		dir := t.TempDir()
		if err := d.emu.Export(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		found := false
		err = filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			text, err := os.ReadFile(name)
			found = found || bytes.Contains(text, []byte(secret))
			if bytes.Contains(text, []byte(`"secretText":"older"`)) != keep && filepath.Base(name) == "applications.yaml" {
				t.Errorf("kept %v: %s", keep, text)
			}
			if info, _ := e.Info(); info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
				t.Errorf("%s has the mode %o", name, info.Mode().Perm())
			}
			return err
		})
		if err != nil || found != keep {
			t.Errorf("kept %v: the password is in the export: %v, %v", keep, found, err)
		}
		if err := d.emu.Import(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		if w := d.do("POST", "/"+tenantID+"/oauth2/v2.0/token", form("grant_type", "client_credentials", "client_id", deskApp, "client_secret", "right", "scope", "https://graph.microsoft.com/.default")); w.Code != 200 {
			t.Errorf("kept %v: the application: %d %s", keep, w.Code, w.Body)
		}
		for password, want := range map[string]int{secret: 200, "Hunter2-other!": 400} {
			w := d.do("POST", "/"+tenantID+"/oauth2/v2.0/token", form("grant_type", "password", "client_id", publicApp, "username", "runa@northgale.test", "password", password, "scope", "User.Read"))
			if w.Code != want {
				t.Errorf("kept %v: %s: %d %s", keep, password, w.Code, w.Body)
			}
		}
	}
}
