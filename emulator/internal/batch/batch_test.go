package batch_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/batch"
)

// TestFaultA6EscapedText: a text counts with the length that it has in the answer, where it is
// escaped; what is called JSON and is none counts as a text.
func TestFaultA6EscapedText(t *testing.T) {
	for _, tt := range []struct {
		kind, method, char string
		want               []int // statuses
	}{
		{"text/plain", "GET", "\x01", []int{200, 413, 413}}, // six bytes each
		{"application/json", "GET", "\x01", []int{200, 413, 413}},
		{"text/plain", "POST", "\x01", []int{200, 200, 200}}, // it has been done, so only its body is left out
		{"text/plain", "GET", "å", []int{200, 200, 200}},
		{"text/plain", "GET", "\xff", []int{200, 200, 413}}, // three bytes each
	} {
		size := 9 << 20
		h := batch.Handler{
			Item: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", tt.kind)
				chunk := []byte(strings.Repeat(tt.char, 1<<20/len(tt.char)))
				for range size >> 20 {
					if _, err := w.Write(chunk); err != nil {
						return
					}
				}
			},
			Read: func(r *http.Request) ([]byte, error) { return io.ReadAll(r.Body) },
			Fail: func(w http.ResponseWriter, r *http.Request, err error) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(413)
				fmt.Fprintf(w, `{"error":%q}`, err)
			},
			Body: func(_ *http.Request, content []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(content)) },
		}
		var items []string
		for i := range tt.want {
			items = append(items, fmt.Sprintf(`{"id":"%d","method":%q,"url":"/me"}`, i, tt.method))
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("POST", "/v1.0/$batch", strings.NewReader(`{"requests":[`+strings.Join(items, ",")+`]}`)))
		if !json.Valid(w.Body.Bytes()) || w.Body.Len() > batch.MaxAnswer+4096 {
			t.Fatalf("%+v: %d bytes, or no JSON", tt, w.Body.Len())
		}
		for i, status := range tt.want {
			if !bytes.Contains(w.Body.Bytes(), fmt.Appendf(nil, `{"id":"%d","status":%d,`, i, status)) {
				t.Errorf("%+v: part %d is not %d", tt, i, status)
			}
		}
	}
}
