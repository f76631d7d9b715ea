package cassette

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkExchange is what writing down an answer costs: scrubbing, YAML, the disk. The
// answers are those of BenchmarkRecording.
func BenchmarkExchange(b *testing.B) {
	c, err := Open(filepath.Join(b.TempDir(), "x.yaml"), All)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	const user = `"businessPhones":["+47 5550 0101"],"displayName":"Ida Berg","givenName":"Ida","jobTitle":"Pilot Coordinator","mail":"ida@northgale.test","mobilePhone":null,"officeLocation":"Tower 2","preferredLanguage":"nb-NO","surname":"Berg","userPrincipalName":"ida@northgale.test","id":"c26302f8-02f8-c263-f802-63c2f80263c2"}`
	const context = `{"@odata.context":"http://127.0.0.1:38211/v1.0/$metadata#users`
	answers := []struct{ path, body string }{
		{"/v1.0/me", context + `/$entity",` + user},
		{"/v1.0/users", context + `","@odata.nextLink":"http://127.0.0.1:38211/v1.0/users?$top=5&$skiptoken=RFNwdrulm-O-tHSF7InIiOjIwLCJ0IjoibWljcm9zb2Z0LmdyYXBoLnVzZXIiLCJuIjo1LCJ1IjoxNzk1MzQ0Nzk4LCJxIjoiJHRvcD01In0","value":[{` +
			strings.Repeat(user+",{", 4) + user + "]}"},
		{"/v1.0/users/ida@northgale.test", context + `(displayName,mail)/$entity","displayName":"Ida Berg","mail":"ida@northgale.test"}`},
		{"/v1.0/me/presence", context + `('c26302f8-02f8-c263-f802-63c2f80263c2')/presence/$entity","id":"c26302f8-02f8-c263-f802-63c2f80263c2","activity":"Offline","availability":"Offline","outOfOfficeSettings":{"message":null,"isOutOfOffice":false},"sequenceNumber":null,"statusMessage":null,"workLocation":null}`},
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		a := answers[n%len(answers)]
		u := &url.URL{Scheme: "http", Host: "127.0.0.1:38211", Path: a.path}
		id := []string{fmt.Sprintf("c26302f8-02f8-c263-f802-%012d", n)} // each answer has its own
		h := http.Header{"Content-Type": {"application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"}, "Request-Id": id, "Client-Request-Id": id,
			"Cache-Control": {"no-cache"}, "Date": {"Sun, 22 Nov 2026 08:00:00 GMT"}, "Odata-Version": {"4.0"}, "X-Emulator-Fidelity": {"modelled"}, "Vary": {"Accept-Encoding"},
			"Access-Control-Allow-Origin": {"*"}, "X-Ms-Resource-Unit": {"1"}, "X-Ms-Ags-Diagnostic": {`{"ServerInfo":{"DataCenter":"Emulator"}}`}}
		t := c.take("GET", u, nil)
		t.answered(200, h)
		t.told.Write([]byte(a.body))
		t.end()
	}
}
