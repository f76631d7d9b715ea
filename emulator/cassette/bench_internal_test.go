package cassette

import (
	"net/http"
	"net/url"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkExchange is what writing down one answer costs: scrubbing, YAML, the disk.
func BenchmarkExchange(b *testing.B) {
	c, err := Open(filepath.Join(b.TempDir(), "x.yaml"), All)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	body := []byte(`{"@odata.context":"http://127.0.0.1:38211/v1.0/$metadata#users/$entity","businessPhones":[],"displayName":"Ida Berg","givenName":"Ida","jobTitle":"Harbour master","mail":"ida@northgale.test","mobilePhone":null,"officeLocation":"Quay 3","preferredLanguage":"en-GB","surname":"Berg","userPrincipalName":"ida@northgale.test","id":"c26302f8-02f8-c263-f802-63c2f80263c2"}`)
	u := &url.URL{Scheme: "http", Host: "127.0.0.1:38211", Path: "/v1.0/me"}
	h := http.Header{"Content-Type": {"application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"}, "Request-Id": {"c26302f8-02f8-c263-f802-63c2f80263c2"}, "Client-Request-Id": {"c26302f8-02f8-c263-f802-63c2f80263c2"},
		"Cache-Control": {"no-cache"}, "Date": {"Sun, 22 Nov 2026 08:00:00 GMT"}, "Odata-Version": {"4.0"}, "X-Emulator-Fidelity": {"modelled"}, "Vary": {"Accept-Encoding"}, "Access-Control-Allow-Origin": {"*"}}
	b.ReportAllocs()
	for b.Loop() {
		c.record("GET", u, said{header: http.Header{}}, said{header: h, data: body}, 200, time.Millisecond)
	}
}
