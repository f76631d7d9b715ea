package emulator_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/fault"
)

// request sends one request without a network.
func request(emu http.Handler, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	emu.ServeHTTP(w, r)
	return w
}

// With permissions enforced a request needs a token that permits it.
func ExampleWithAuth() {
	emu, err := emulator.New(emulator.WithAuth(emulator.AuthEnforce))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer emu.Close()

	for _, scope := range []string{"User.Read", "User.Read.All"} {
		token, err := emu.Token(scope)
		if err != nil {
			fmt.Println(err)
			return
		}
		r := httptest.NewRequest("GET", "/v1.0/users", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		emu.ServeHTTP(w, r)
		fmt.Println(scope, w.Code)
	}
	// Output:
	// User.Read 403
	// User.Read.All 200
}

// A token expires when the clock of the emulator is moved; no test has to wait.
func ExampleServer_Clock() {
	emu, err := emulator.New(emulator.WithAuth(emulator.AuthVerify), emulator.WithTokenLifetime(time.Hour))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer emu.Close()
	token, err := emu.Token()
	if err != nil {
		fmt.Println(err)
		return
	}
	me := func() int {
		r := httptest.NewRequest("GET", "/v1.0/me", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		emu.ServeHTTP(w, r)
		return w.Code
	}

	fmt.Println(me())
	fmt.Println(emu.Clock().Advance(2*time.Hour), me())
	// Output:
	// 200
	// <nil> 401
}

// The second request for messages is throttled, once.
func ExampleServer_Faults() {
	emu, err := emulator.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer emu.Close()
	if _, err := emu.Faults().Add(fault.Rule{Path: "/me/messages", Skip: 1, Status: 429, RetryAfter: 5}); err != nil {
		fmt.Println(err)
		return
	}

	for range 3 {
		w := request(emu, "GET", "/v1.0/me/messages", "")
		fmt.Printf("%d %q\n", w.Code, w.Header().Get("Retry-After"))
	}
	// Output:
	// 200 ""
	// 429 "5"
	// 200 ""
}

// A stub answers where the tenant has nothing to say, or something else.
func ExampleStubs_Add() {
	emu, err := emulator.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer emu.Close()
	_, err = emu.Stubs().Add(
		emulator.Stub{Method: "GET", Path: "/me/manager", Status: 404, Body: map[string]any{"error": map[string]any{"code": "Gone"}}},
		emulator.StubFunc("GET /users/{id}/photo/$value", func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, "a photo of %s", r.PathValue("id"))
		}))
	if err != nil {
		fmt.Println(err)
		return
	}

	fmt.Println(request(emu, "GET", "/v1.0/me/manager", "").Body)
	fmt.Println(request(emu, "GET", "/v1.0/users/ida/photo/$value", "").Body)
	for _, st := range emu.Stubs().List() {
		fmt.Println(st.Request, st.Hit)
	}
	// Output:
	// {"error":{"code":"Gone"}}
	// a photo of ida
	// GET /me/manager 1
	// GET /users/{id}/photo/$value 1
}

// An operation stays in progress until the test says so.
func ExampleServer_Jobs() {
	emu, err := emulator.New(emulator.WithJobs(emulator.JobsManual()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer emu.Close()
	request(emu, "POST", "/v1.0/teams", `{"template@odata.bind": "https://graph.microsoft.com/v1.0/teamsTemplates('standard')", "displayName": "Harbour"}`)

	job := emu.Jobs().List()[0]
	fmt.Println(job.Operation, job.Status)
	fmt.Println(emu.Jobs().Fail(job.ID, "", "no berth is free"), emu.Jobs().List()[0].Status)
	// Output:
	// create notStarted
	// <nil> failed
}

// A group that was just created is not found until the replicas have it.
func ExampleServer_Consistency() {
	emu, err := emulator.New(emulator.WithConsistency(emulator.Eventual(time.Minute)))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer emu.Close()
	path := "/v1.0/groups?$filter=displayName%20eq%20'Watch'&$select=displayName"
	request(emu, "POST", "/v1.0/groups", `{"displayName": "Watch", "mailEnabled": false, "mailNickname": "watch", "securityEnabled": true}`)

	fmt.Println(strings.Count(request(emu, "GET", path, "").Body.String(), `"Watch"`))
	fmt.Println(emu.Consistency().Converge())
	fmt.Println(strings.Count(request(emu, "GET", path, "").Body.String(), `"Watch"`))
	// Output:
	// 0
	// <nil>
	// 1
}
