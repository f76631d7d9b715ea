package emulator_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator"
)

// A Server is an http.Handler and needs no network.
func ExampleNew() {
	emu, err := emulator.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer emu.Close()

	w := httptest.NewRecorder()
	emu.ServeHTTP(w, httptest.NewRequest("GET", "/v1.0/me/presence/availability/$value", nil))
	fmt.Println(w.Code, w.Body)

	w = httptest.NewRecorder()
	r := httptest.NewRequest("PATCH", "/beta/communications/presences", strings.NewReader(`{"availability": "Busy", "activity": "InACall"}`))
	r.Header.Set("Content-Type", "application/json")
	emu.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body)

	w = httptest.NewRecorder()
	emu.ServeHTTP(w, httptest.NewRequest("GET", "/v1.0/me/presence/availability/$value", nil))
	fmt.Println(w.Code, w.Body)

	// Output:
	// 200 Offline
	// 200 {"@odata.context":"http://example.com/beta/$metadata#communications/presences/$entity","id":"c26302f8-02f8-c263-f802-63c2f80263c2","availability":"Busy","activity":"InACall"}
	// 200 Busy
}

// A client that knows no other address than Microsoft's needs no server and no proxy.
func ExampleServer_Transport() {
	emu, err := emulator.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer emu.Close()

	client := &http.Client{Transport: emu.Transport()}
	resp, err := client.Get("https://graph.microsoft.com/v1.0/me/displayName")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Println(resp.Status, string(body), err)
	// Output:
	// 200 OK {"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#users('c26302f8-02f8-c263-f802-63c2f80263c2')/displayName","value":"Ida Berg"} <nil>
}
