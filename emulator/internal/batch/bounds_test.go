package batch_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// The answers of a batch are bounded together; one that does not fit says so in its own
// place.
func TestFaultA6AnswerOfBatchIsBounded(t *testing.T) {
	emu := emulatortest.New(t)
	emulatortest.Must(t, emu, "POST", "/v1.0/me/messages", `{"subject":"`+strings.Repeat("x", 3900<<10)+`"}`, 201)
	var b strings.Builder
	for i := range 20 {
		fmt.Fprintf(&b, `,{"id":"%d","method":"GET","url":"/me/messages?$top=999&$select=subject"}`, i)
	}
	code, text, got := sendBatch(t, emu, "v1.0", `{"requests":[`+b.String()[1:]+`]}`)
	if code != 200 || len(got) != 20 || len(text) > 65<<20 {
		t.Fatalf("%d, %d answers, %d bytes", code, len(got), len(text))
	}
	large := 0
	for _, g := range got {
		switch {
		case g.Status == 413 && strings.Contains(string(g.Body), `"code":"ResponseTooLarge"`):
			large++
		case g.Status != 200 || len(g.Body) < 3900<<10:
			t.Errorf("%s: %d with %d bytes", g.ID, g.Status, len(g.Body))
		}
	}
	if large == 0 || large > 5 {
		t.Errorf("%d answers are too large", large)
	}
}

// The content of a file is answered in a batch with its address.
func TestFaultA6ContentInBatchIsAnAddress(t *testing.T) {
	t.Attr("rules", "B-5.11")
	emu := emulatortest.New(t)
	var drive struct{ ID string }
	emulatortest.Into(t, &drive, emu, "POST", "/v1.0/drives", `{"name":"hold","root":{"name":"root"}}`, 201)
	file := "/v1.0/drives/" + drive.ID + "/root:/a.bin:/content"
	emulatortest.Must(t, emu, "PUT", file, "hello", 201, "Content-Type", "")
	_, text, got := sendBatch(t, emu, "v1.0", `{"requests":[{"id":"1","method":"GET","url":"`+strings.TrimPrefix(file, "/v1.0")+`"}]}`)
	if got[0].Status != 302 || got[0].Body != nil {
		t.Fatal(text)
	}
	if w := emulatortest.Get(emu, got[0].Headers["Location"]); w.Code != 200 || w.Body.String() != "hello" {
		t.Errorf("the address answers %d %s", w.Code, w.Body)
	}
}

// Nothing more of a batch is done for a client that has gone.
func TestFaultA6BatchStopsWithItsClient(t *testing.T) {
	emu := emulatortest.New(t)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	r := httptest.NewRequestWithContext(ctx, "POST", "/v1.0/$batch", strings.NewReader(`{"requests":[{"id":"1","method":"DELETE","url":"/users/`+emulatortest.Ida+`"}]}`))
	r.Header.Set("Content-Type", "application/json")
	emu.ServeHTTP(httptest.NewRecorder(), r)
	if w := emulatortest.Get(emu, "/v1.0/users/"+emulatortest.Ida); w.Code != 200 {
		t.Errorf("the request of the batch was done: %d", w.Code)
	}
}

// What a client asks for inside a batch does not break the JSON around it.
func TestPartsOfBatchAreNotCompressed(t *testing.T) {
	emu := emulatortest.New(t)
	_, _, got := sendBatch(t, emu, "v1.0", `{"requests":[{"id":"1","method":"GET","url":"/users","headers":{"Accept-Encoding":"gzip"}}]}`)
	if got[0].Status != 200 || !strings.Contains(string(got[0].Body), emulatortest.Ida) {
		t.Errorf("%+v", got[0])
	}
}
