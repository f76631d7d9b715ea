package authority_test

import (
	"net/url"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// Addresses that a browser would not take for a page or an application are refused.
func TestFaultA18RedirectURI(t *testing.T) {
	emu := emulatortest.New(t)
	for redirect, sends := range map[string]bool{
		"http://localhost/x": true, "https://northgale.test/cb": true, "msauth.com.northgale.chart://auth": true, "msal00000003-0000-0000-c000-000000000000://auth": true,
		"com.northgale.chart:/cb": true, "urn:ietf:wg:oauth:2.0:oob": true,
		"javascript:alert(1)": false, "vbscript:x": false, "VBScript:x": false, "file:///etc/passwd": false, "blob:https://x/1": false, "view-source:https://x": false,
		"data:text/html,x": false, "about:blank": false, "chrome://x": false, "urn:x": false, "http:x": false, "ftp://x/y": false, "mailto:a@b": false,
	} {
		w := emulatortest.Get(emu, "/northgale.test/oauth2/v2.0/authorize?client_id=00000003-0000-0000-c000-000000000000&response_type=code&scope=openid&redirect_uri="+url.QueryEscape(redirect))
		if got := w.Code == 302; got != sends {
			t.Errorf("%s: %d %s", redirect, w.Code, w.Header().Get("Location"))
		}
	}
}
