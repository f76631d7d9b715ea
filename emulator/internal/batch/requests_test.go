package batch_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/fault"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// item is a response of a batch as a client reads it.
type item struct {
	ID      string
	Status  int
	Headers map[string]string
	Body    json.RawMessage
}

func sendBatch(t *testing.T, emu http.Handler, version, body string) (int, string, []item) {
	t.Helper()
	w := emulatortest.Do(emu, "POST", "/"+version+"/$batch", body)
	var out struct{ Responses []item }
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("the answer is no JSON: %v\n%s", err, w.Body)
	}
	return w.Code, w.Body.String(), out.Responses
}

func TestBatch(t *testing.T) {
	t.Attr("rules", "B-5.4 B-5.8 B-5.9 B-5.12 B-5.16 C-6.1 C-6.2 C-6.3 C-6.4")
	emu := emulatortest.New(t)
	code, text, got := sendBatch(t, emu, "v1.0", `{"requests":[
		{"id":"r1","method":"POST","url":"/groups/`+emulatortest.Crew+`/members/$ref","headers":{"content-type":"application/json"},
		 "body":{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/11111111-2222-4333-8444-555555555555"}},
		{"id":"r2","dependsOn":["r1"],"method":"GET","url":"/groups/`+emulatortest.Crew+`/members?$select=id"},
		{"id":"r3","dependsOn":["r2"],"method":"GET","url":"me"},
		{"id":4,"method":"GET","url":"me?$select=id"},
		{"id":"r5","method":"GET","url":"users/ida@northgale.test/photo/$value"},
		{"id":"r6","method":"GET","url":"/v1.0/me"},
		{"id":"r7","method":"GET","url":"https://graph.microsoft.com/beta/me?$select=id"},
		{"id":"r8","method":"DELETE","url":"/users/`+emulatortest.Ida+`"},
		{"id":"r9","method":"POST","url":"/$batch","headers":{"Content-Type":"application/json"},"body":{"requests":[]}},
		{"id":"r10","method":"GET","url":"/users?$filter=displayName eq 'Tomas Lind'&$select=id"},
		{"id":"r11","method":"GET","url":"/users/$count","headers":{"ConsistencyLevel":"eventual"}}]}`)
	if code != 200 || len(got) != 11 { // B-5.8, B-5.9
		t.Fatalf("%d with %d responses\n%s", code, len(got), text)
	}
	for i, want := range []struct {
		id     string
		status int
		part   string
	}{
		{"r1", 404, "Request_ResourceNotFound"},
		{"r2", 424, "FailedDependency"}, // B-5.16
		{"r3", 424, "FailedDependency"},
		{"4", 200, emulatortest.Ida},    // C-6.1
		{"r5", 200, `"/9j/2wCE`},        // B-5.12
		{"r6", 400, "segment 'v1.0'"},   // C-6.2
		{"r7", 200, "/beta/$metadata#"}, // C-6.2
		{"r8", 204, ""},                 // C-6.4
		{"r9", 400, "cannot contain"},   // B-5.4
		{"r10", 200, "e94b7c20-83d1-4a56"},
		{"r11", 200, `"11"`},
	} {
		g := got[i]
		if g.ID != want.id || g.Status != want.status || !strings.Contains(string(g.Body), want.part) {
			t.Errorf("%s: got %s %d %s, want %d with %s", want.id, g.ID, g.Status, g.Body, want.status, want.part)
		}
		if want.part == "" && g.Body != nil {
			t.Errorf("%s has a body: %s", want.id, g.Body)
		}
		if g.Body != nil && g.Headers["Content-Type"] == "" { // C-6.3
			t.Errorf("%s has a body and no Content-Type: %v", want.id, g.Headers)
		}
	}
}

// What refuses a whole batch changes nothing, not even by its good items.
func TestBatchRefused(t *testing.T) {
	t.Attr("rules", "B-5.2 B-5.6 B-5.8 C-6.5")
	many := strings.TrimSuffix(strings.Repeat(`{"id":"%d","method":"GET","url":"/me"},`, 21), ",")
	numbers := make([]any, 21)
	for i := range numbers {
		numbers[i] = i
	}
	for _, tt := range []struct{ name, body, want string }{
		{"not JSON", `{"requests":[`, "Invalid batch payload format."},
		{"no requests", `{}`, "Invalid batch payload format."},
		{"no id", `{"requests":[{"method":"GET","url":"/me"}]}`, "Invalid batch payload format."},
		{"no method", `{"requests":[{"id":"1","url":"/me"}]}`, "Invalid batch payload format."},
		{"no url", `{"requests":[{"id":"1","method":"GET"}]}`, "Invalid batch payload format."},
		{"an id twice", `{"requests":[{"id":"a","method":"GET","url":"/me"},{"id":"A","method":"GET","url":"/me"}]}`, "Invalid batch payload format."},
		{"circle", `{"requests":[{"id":"1","method":"DELETE","url":"/users/` + emulatortest.Ida + `"},{"id":"2","method":"GET","url":"/me","dependsOn":["3"]},{"id":"3","method":"GET","url":"/me","dependsOn":["2"]}]}`, "Invalid dependency for request Id 2."},
		{"21 requests", `{"requests":[` + fmt.Sprintf(many, numbers...) + `]}`, "Number of requests inside batch exceeds the limit."},                                   // B-5.2
		{"no Content-Type", `{"requests":[{"id":"1","method":"POST","url":"/groups","body":{}}]}`, "Write request with id '1' does not contain a Content-Type header."}, // B-5.6
	} {
		t.Run(tt.name, func(t *testing.T) {
			emu := emulatortest.New(t)
			code, text, _ := sendBatch(t, emu, "v1.0", tt.body)
			if code != 400 || !strings.Contains(text, tt.want) {
				t.Errorf("got %d %s, want 400 with %q", code, text, tt.want)
			}
			w := emulatortest.Get(emu, "/v1.0/users/"+emulatortest.Ida)
			if w.Code != 200 {
				t.Errorf("an item of a refused batch ran: GET answers %d", w.Code)
			}
		})
	}
}

// K5: a request depends on earlier ones only, and the service runs dependencies of three
// shapes: none, each on the one before, all on the same. The documentation once
// showed another, and corrected it.
func TestFaultK5Dependencies(t *testing.T) {
	t.Attr("rules", "B-5.16")
	const invalid, shape = "Invalid dependency for request Id ", "Batch should be either fully sequential or fully parallel."
	for _, tt := range []struct{ name, dependsOn, refused, strict string }{
		{"parallel", `[] [] []`, "", ""},
		{"serial", `[] ["1"] ["2"]`, "", ""},
		{"serial, said twice", `[] ["1","1"] ["2"]`, "", ""},
		{"same", `[] ["1"] ["1"]`, "", ""},
		{"same, and others", `[] [] ["1"] [] ["1"]`, "", ""},
		{"mixed", `[] ["1"] [] ["2"]`, "", shape},
		{"on two", `[] [] ["1","2"]`, "", shape},
		{"unknown", `["9"]`, invalid + "1.", ""},
		{"later", `["2"] []`, invalid + "1.", ""},
		{"itself", `["1"]`, invalid + "1.", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			for i, on := range strings.Fields(tt.dependsOn) {
				fmt.Fprintf(&b, `,{"id":"%d","method":"GET","url":"/me","dependsOn":%s}`, i+1, on)
			}
			body := `{"requests":[` + b.String()[1:] + `]}`
			for _, strict := range []bool{false, true} {
				opts, refused := []emulator.Option{}, tt.refused
				if strict {
					opts, refused = append(opts, emulator.WithStrict()), refused+tt.strict
				}
				r := httptest.NewRequest("POST", "/v1.0/$batch", strings.NewReader(body))
				r.Header.Set("Content-Type", "application/json")
				w := httptest.NewRecorder()
				emulatortest.New(t, opts...).ServeHTTP(w, r)
				if refused != "" && (w.Code != 400 || !strings.Contains(w.Body.String(), refused)) || refused == "" && w.Code != 200 {
					t.Errorf("strict %v: %d %s, want %q", strict, w.Code, w.Body, refused)
				}
				if warned := strings.Contains(w.Header().Get("X-Emulator-Warning"), shape); warned != (tt.strict != "" && !strict) {
					t.Errorf("strict %v: warned %v", strict, warned)
				}
			}
		})
	}
}

// A switch shuffles the answers; the requests still run in their order.
func TestShuffledBatch(t *testing.T) {
	t.Attr("rules", "B-5.19")
	const items = 12
	var b strings.Builder
	for i := range items {
		fmt.Fprintf(&b, `,{"id":"%d","method":"PATCH","url":"/users/%s","headers":{"Content-Type":"application/json"},"body":{"jobTitle":"%d"}}`, i, emulatortest.Ida, i)
	}
	order := func(opts ...emulator.Option) string {
		emu := emulatortest.New(t, opts...)
		code, text, got := sendBatch(t, emu, "v1.0", `{"requests":[`+b.String()[1:]+`]}`)
		if code != 200 || len(got) != items {
			t.Fatal(code, text)
		}
		if w := emulatortest.Get(emu, "/v1.0/users/"+emulatortest.Ida+"?$select=jobTitle"); !strings.Contains(w.Body.String(), `"11"`) {
			t.Errorf("the requests ran in another order: %s", w.Body)
		}
		ids := ""
		for _, g := range got {
			ids += g.ID + " "
		}
		return ids
	}
	straight := order()
	if want := "0 1 2 3 4 5 6 7 8 9 10 11 "; straight != want {
		t.Errorf("in order %s", straight)
	}
	one, again := order(emulator.WithSwitch("batch.shuffle", "on"), emulator.WithRandomSeed(7)), order(emulator.WithSwitch("batch.shuffle", "on"), emulator.WithRandomSeed(7))
	if one == straight || one != again {
		t.Errorf("shuffled %s, again %s", one, again)
	}
}

// Strict mode takes the documentation at its word, unless told otherwise.
func TestAbsoluteURLsInStrictBatch(t *testing.T) {
	t.Attr("rules", "B-5.3")
	const body = `{"requests":[{"id":"1","method":"GET","url":"https://graph.microsoft.com/v1.0/me"}]}`
	if code, text, _ := sendBatch(t, emulatortest.New(t, emulator.WithStrict()), "v1.0", body); code != 400 {
		t.Errorf("strict: %d %s", code, text)
	}
	if code, text, got := sendBatch(t, emulatortest.New(t, emulator.WithStrict(), emulator.WithSwitch("batch.absoluteUrls", "accept")), "v1.0", body); code != 200 || got[0].Status != 200 {
		t.Errorf("strict, accepting: %d %s", code, text)
	}
}

// A batch lets a URL exceed the front door's limit. Redirects are not followed.
func TestBatchURLs(t *testing.T) {
	t.Attr("rules", "B-2.31 B-5.11 B-5.21")
	emu := emulatortest.New(t)
	long := "/users?$select=id&x=" + strings.Repeat("y", 9000)
	if w := emulatortest.Get(emu, "/v1.0"+long); w.Code != 414 {
		t.Errorf("outside: %d", w.Code)
	}
	_, text, got := sendBatch(t, emu, "v1.0", `{"requests":[{"id":"1","method":"GET","url":"`+long+`"},
		{"id":"2","method":"GET","url":"/reports/getTeamsUserActivityUserDetail(period='D7')"}]}`)
	if got[0].Status != 200 {
		t.Errorf("inside: %.300s", text)
	}
	if got[1].Status != 302 || !strings.HasPrefix(got[1].Headers["Location"], "http://example.com/") || got[1].Body != nil {
		t.Errorf("a redirect: %+v", got[1])
	}
}

// Items of a batch are throttled one by one; the batch is 200.
func TestThrottledInsideABatch(t *testing.T) {
	t.Attr("rules", "B-5.20 B-8.7 C-6.7 C-11.6")
	emu := emulatortest.New(t)
	if _, err := emu.Faults().Add(fault.Rule{Every: 2, Times: -1, Status: 429, RetryAfter: 9}); err != nil {
		t.Fatal(err)
	}
	code, text, got := sendBatch(t, emu, "v1.0", `{"requests":[
		{"id":"1","method":"GET","url":"/me"},{"id":"2","method":"GET","url":"/me/messages"},
		{"id":"3","method":"GET","url":"/me"},{"id":"4","method":"GET","url":"/me"},
		{"id":"5","method":"GET","url":"/me","dependsOn":["4"]}]}`)
	if code != 200 || len(got) != 5 {
		t.Fatal(code, text)
	}
	for i, want := range []int{200, 429, 200, 429, 424} {
		if got[i].Status != want {
			t.Errorf("%s: %d, want %d", got[i].ID, got[i].Status, want)
		}
	}
	if got[1].Headers["Retry-After"] != "9" || !strings.Contains(string(got[1].Body), "ApplicationThrottled") {
		t.Errorf("%v %s", got[1].Headers, got[1].Body)
	}
	if got[0].Headers["Retry-After"] != "" {
		t.Errorf("an item that passed: %v", got[0].Headers)
	}
	emu.Faults().Clear()
	if _, err := emu.Faults().Add(fault.Rule{Path: "/me", Drop: true}); err != nil {
		t.Fatal(err)
	}
	if _, _, got = sendBatch(t, emu, "v1.0", `{"requests":[{"id":"1","method":"GET","url":"/me"},{"id":"2","method":"GET","url":"/users"}]}`); got[0].Status != 502 || got[1].Status != 200 {
		t.Errorf("a connection cut inside a batch: %+v", got)
	}
}
