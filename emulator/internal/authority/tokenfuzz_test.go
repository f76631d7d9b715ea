package authority_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
)

// FuzzTokenEndpoint: whatever is posted is answered in JSON with a token or an
// error of the service, never with a failure of ours, and an assertion that is not
// signed by the application's key never gets a token.
func FuzzTokenEndpoint(f *testing.F) {
	f.Attr("rules", "C-2.22")
	emu, err := emulator.New(emulator.WithFixtures(deskTenant()))
	if err != nil {
		f.Fatal(err)
	}
	d := &desk{emu: emu}
	f.Add("/"+tenantID+"/oauth2/v2.0/token", asserted(d.assertion(signers()[1], nil)).Encode())
	f.Add("/common/oauth2/token", person().Encode())
	f.Add("/northgale.test/oauth2/v2.0/devicecode", deviceForm(publicApp).Encode())
	f.Add("/x/oauth2/v2.0/token", "grant_type=client_credentials&client_id=%zz")
	f.Add("/"+tenantID+"/oauth2/v2.0/token", "grant_type=refresh_token&refresh_token=AAAA&client_id="+publicApp+"&claims={}")
	f.Fuzz(func(t *testing.T, path, body string) {
		if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " ?#%\x00\r\n") || !strings.HasSuffix(path, "/token") && !strings.HasSuffix(path, "/devicecode") {
			t.Skip()
		}
		r := httptest.NewRequest("POST", "/x", strings.NewReader(body))
		r.URL.Path, r.RequestURI = path, path
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		emu.ServeHTTP(w, r)
		if w.Code >= 500 || !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%s %q: %d %s", path, body, w.Code, w.Body)
		}
		if w.Code == 200 && strings.Contains(body, "client_assertion=") && strings.Contains(w.Body.String(), "access_token") && !strings.Contains(body, "client_secret=right") {
			t.Fatalf("%q gets a token: %s", body, w.Body)
		}
	})
}
