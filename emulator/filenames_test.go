package emulator_test

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// A drive refuses names that it cannot hold, however they come.
func TestFaultA18FileNames(t *testing.T) {
	t.Attr("rules", "B-14.44 B-14.45 B-14.46 B-14.47")
	emu := emulatortest.New(t)
	send := func(method, path, body string) *httptest.ResponseRecorder {
		return emulatortest.Do(emu, method, "/v1.0"+path, body)
	}
	var drive struct{ ID string }
	if err := json.Unmarshal(send("POST", "/drives", `{"name":"Hold","root":{"name":"root","children":[{"name":"a.txt","file":{}}]}}`).Body.Bytes(), &drive); err != nil {
		t.Fatal(err)
	}
	root := "/drives/" + drive.ID + "/root"
	for _, name := range []string{"..", ".", "a\r\nb", "a\x00b", "a:b", strings.Repeat("x", 300), "a|b", " a", "a ", "a.", "CON", "con.txt", "LPT1", "~$a", "desktop.ini"} {
		text, _ := json.Marshal(name)
		for _, w := range []*httptest.ResponseRecorder{
			send("POST", root+"/children", `{"name":`+string(text)+`,"file":{}}`),
			send("PATCH", root+":/a.txt", `{"name":`+string(text)+`}`),
			send("PUT", root+"/children/"+url.PathEscape(name)+"/content", "x"),
			send("PUT", root+":/"+strings.ReplaceAll(url.PathEscape(name), ":", "%3A")+":/content", "x"),
		} {
			if w.Code != 400 && w.Code != 404 || !strings.Contains(w.Body.String(), `"error"`) {
				t.Errorf("%q: %d %.200s", name, w.Code, w.Body)
			}
		}
		if w := send("POST", root+"/children", `{"name":`+string(text)+`,"file":{}}`); !strings.Contains(w.Body.String(), `"invalidRequest"`) {
			t.Errorf("%q: %s", name, w.Body)
		}
	}
	for _, name := range []string{"console.txt", "a b.txt", "a#%.txt", ".hidden", "a..b", strings.Repeat("x", 255)} {
		text, _ := json.Marshal(name)
		if w := send("POST", root+"/children", `{"name":`+string(text)+`,"file":{}}`); w.Code != 201 {
			t.Errorf("%q: %d %s", name, w.Code, w.Body)
		}
	}
}
