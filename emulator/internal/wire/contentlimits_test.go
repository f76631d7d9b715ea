package wire_test

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/graphtest"
)

// A request of JSON has at most 4 MB, and with it an attachment 3 MB; a photo has at most 4 MB.
func TestContentLimits(t *testing.T) {
	t.Attr("rules", "B-4.50")
	s := graphtest.Start(t)
	send := func(method, path, contentType string, body []byte) int {
		t.Helper()
		r, err := http.NewRequest(method, s.URL+path, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", contentType)
		answer, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	message := `{"subject":"Tides","attachments":[{"@odata.type":"#microsoft.graph.fileAttachment","name":"a","contentBytes":"` + "%" + `"}]}`
	attached := func(n int) []byte {
		return []byte(strings.ReplaceAll(message, "%", base64.StdEncoding.EncodeToString(make([]byte, n))))
	}
	photo := func(n int) []byte { return append([]byte("GIF89a\x3c\x00\x50\x00\x00\x00\x00"), make([]byte, n-13)...) }
	for _, tt := range []struct {
		method, path, contentType string
		body                      []byte
		want                      int
	}{
		{"POST", "/v1.0/me/messages", "application/json", attached(3000000), 201},
		{"POST", "/v1.0/me/messages", "application/json", attached(3 << 20), 413},
		{"PUT", "/v1.0/me/photo/$value", "image/gif", photo(4 << 20), 200},
		{"PUT", "/v1.0/me/photo/$value", "image/gif", photo(4<<20 + 1), 413},
	} {
		if got := send(tt.method, tt.path, tt.contentType, tt.body); got != tt.want {
			t.Errorf("%s %s with %d bytes: %d, want %d", tt.method, tt.path, len(tt.body), got, tt.want)
		}
	}
}
