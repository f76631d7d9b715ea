// Package kiota runs what the Microsoft Graph SDK for Go is made of, its core, Kiota
// and azidentity, against the built binary. Nothing here names the emulator: graph-emulator
// exec gives this process a proxy, a CA and credentials (C-12.4).
package kiota

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	kiota "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	jsonserialization "github.com/microsoft/kiota-serialization-json-go"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go-core/authentication"
)

// TestMain starts this program again below the built binary.
func TestMain(m *testing.M) {
	if os.Getenv("GRAPH_EMULATOR_URL") != "" {
		serialization.DefaultSerializationWriterFactoryInstance.ContentTypeAssociatedFactories["application/json"] = jsonserialization.NewJsonSerializationWriterFactory()
		serialization.DefaultParseNodeFactoryInstance.ContentTypeAssociatedFactories["application/json"] = jsonserialization.NewJsonParseNodeFactory()
		os.Exit(m.Run())
	}
	binary := os.Getenv("GRAPH_EMULATOR_BINARY")
	if binary == "" {
		binary = filepath.Join("..", "..", "..", "..", "bin", "graph-emulator")
	}
	err := syscall.Exec(binary, append([]string{binary, "exec", "--auth", "verify", "--format", "none", "--"}, os.Args...), os.Environ())
	fmt.Fprintf(os.Stderr, "%s: %v; make clients builds it\n", binary, err)
	os.Exit(1)
}

var failures = kiota.ErrorMappings{"4XX": newFailure, "5XX": newFailure}

// adapter is what a generated client sends with. base is left alone when it is empty.
func adapter(t *testing.T, base string, hosts ...string) *core.GraphRequestAdapterBase {
	t.Helper()
	credential, err := azidentity.NewEnvironmentCredential(nil)
	if err != nil {
		t.Fatal(err)
	}
	auth, err := authentication.NewAzureIdentityAuthenticationProviderWithScopesAndValidHosts(credential, []string{"https://graph.microsoft.com/.default"}, hosts)
	if err != nil {
		t.Fatal(err)
	}
	a, err := core.NewGraphRequestAdapterBase(auth, core.GraphClientOptions{GraphServiceVersion: "v1.0"})
	if err != nil {
		t.Fatal(err)
	}
	if base == "" {
		base = "https://graph.microsoft.com/v1.0" // as NewGraphServiceClient sets it
	}
	a.SetBaseUrl(base)
	return a
}

// ask makes the request of a method and a path with its query.
func ask(t *testing.T, a kiota.RequestAdapter, method kiota.HttpMethod, path string, body serialization.Parsable) *kiota.RequestInformation {
	t.Helper()
	r := kiota.NewRequestInformation()
	r.Method = method
	u, err := url.Parse(a.GetBaseUrl() + path)
	if err != nil {
		t.Fatal(err)
	}
	r.SetUri(*u)
	r.Headers.TryAdd("Accept", "application/json")
	if body != nil {
		if err := r.SetContentFromParsable(t.Context(), a, "application/json", body); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func send[T serialization.Parsable](t *testing.T, a kiota.RequestAdapter, r *kiota.RequestInformation, make serialization.ParsableFactory) (T, error) {
	t.Helper()
	var none T
	got, err := a.Send(t.Context(), r, make, failures)
	if err != nil || got == nil {
		return none, err
	}
	return got.(T), nil
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func crew(name string) *user {
	nick, yes, password := strings.ToLower(name), true, "rV7!quaySide"
	principal := nick + "@northgale.test"
	return &user{name: &name, principal: &principal, nickname: &nick, enabled: &yes, password: &password}
}

// control asks the control plane of the emulator that this process runs below.
func control(t *testing.T, method, path, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), method, os.Getenv("GRAPH_EMULATOR_URL")+"/_emulator"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
}

// reaches creates, reads, changes and deletes a user.
func reaches(t *testing.T, a kiota.RequestAdapter, name string) {
	t.Helper()
	made := must(send[*user](t, a, ask(t, a, kiota.POST, "/users", crew(name)), newUser))(t)
	path := "/users/" + *made.id
	title := "Bosun"
	if _, err := send[*user](t, a, ask(t, a, kiota.PATCH, path, &user{title: &title}), newUser); err != nil { // 204
		t.Fatal(err)
	}
	read := must(send[*user](t, a, ask(t, a, kiota.GET, path+"?$select=id,displayName,jobTitle", nil), newUser))(t)
	if *read.name != name || *read.title != title || read.principal != nil {
		t.Errorf("read %s, %s, %v", *read.name, *read.title, read.principal)
	}
	if err := a.SendNoContent(t.Context(), ask(t, a, kiota.DELETE, path, nil), failures); err != nil {
		t.Fatal(err)
	}
	_, err := send[*user](t, a, ask(t, a, kiota.GET, path, nil), newUser)
	if gone, ok := errors.AsType[*failure](err); !ok || gone.ResponseStatusCode != 404 || *gone.code != "Request_ResourceNotFound" {
		t.Errorf("after the delete: %v", err)
	}
}

func TestThroughTheProxy(t *testing.T) { reaches(t, adapter(t, ""), "Aksel") }

// C-2.25: without the host on its list the client sends no token.
func TestBaseURL(t *testing.T) {
	base := os.Getenv("MICROSOFT_GRAPH_BASE_URL")
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" {
		t.Fatalf("%q: %v", base, err)
	}
	reaches(t, adapter(t, base+"/v1.0", u.Hostname()), "Berit")
	a := adapter(t, base+"/v1.0")
	_, err = send[*users](t, a, ask(t, a, kiota.GET, "/users", nil), newUsers)
	if refused, ok := errors.AsType[*failure](err); !ok || refused.ResponseStatusCode != 401 {
		t.Errorf("without a token: %v", err)
	}
}

func TestPageIterator(t *testing.T) {
	a := adapter(t, "")
	var want []string
	for i := range 11 {
		want = append(want, fmt.Sprintf("Hand%02d", i))
		must(send[*user](t, a, ask(t, a, kiota.POST, "/users", crew(want[i])), newUser))(t)
	}
	first := must(send[*users](t, a, ask(t, a, kiota.GET, "/users?$filter=startswith(displayName,'Hand')&$top=4", nil), newUsers))(t)
	it := must(core.NewPageIterator[*user](first, a, newUsers))(t)
	var got []string
	if err := it.Iterate(t.Context(), func(u *user) bool { got = append(got, *u.name); return true }); err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	if len(first.value) != 4 || !slices.Equal(got, want) {
		t.Errorf("a first page of %d, in all %v", len(first.value), got)
	}
}

func TestDelta(t *testing.T) {
	a := adapter(t, "")
	round := func(link string) (all []*user, next string) {
		t.Helper()
		u, err := url.Parse(link)
		if err != nil {
			t.Fatal(err)
		}
		r := ask(t, a, kiota.GET, "", nil)
		r.SetUri(*u)
		it := must(core.NewPageIterator[*user](must(send[*users](t, a, r, newUsers))(t), a, newUsers))(t)
		if err := it.Iterate(t.Context(), func(u *user) bool { all = append(all, u); return true }); err != nil {
			t.Fatal(err)
		}
		if it.GetOdataDeltaLink() == nil {
			t.Fatal("no delta link")
		}
		return all, *it.GetOdataDeltaLink()
	}
	all, link := round(a.GetBaseUrl() + "/users/delta?$select=displayName")
	if len(all) < 2 {
		t.Fatalf("%d users", len(all))
	}
	made := must(send[*user](t, a, ask(t, a, kiota.POST, "/users", crew("Cato")), newUser))(t)
	changed, link := round(link)
	if len(changed) != 1 || *changed[0].name != "Cato" {
		t.Errorf("after the create: %d", len(changed))
	}
	if err := a.SendNoContent(t.Context(), ask(t, a, kiota.DELETE, "/users/"+*made.id, nil), failures); err != nil {
		t.Fatal(err)
	}
	if changed, _ = round(link); len(changed) != 1 || !changed[0].removed || *changed[0].id != *made.id {
		t.Errorf("after the delete: %d", len(changed))
	}
}

func TestBatch(t *testing.T) {
	if err := core.RegisterError(core.BatchRequestErrorRegistryKey, failures); err != nil {
		t.Fatal(err)
	}
	a := adapter(t, "")
	batch := core.NewBatchRequest(a)
	step := func(method kiota.HttpMethod, path string, body serialization.Parsable) core.BatchItem {
		t.Helper()
		return must(batch.AddBatchRequestStep(*ask(t, a, method, path, body)))(t)
	}
	makes := step(kiota.POST, "/users", crew("Dagny"))
	reads := step(kiota.GET, "/users/dagny@northgale.test", nil)
	fails := step(kiota.GET, "/users/nobody@northgale.test", nil)
	reads.DependsOnItem(makes)
	answers := must(batch.Send(t.Context(), a))(t)
	if got := must(core.GetBatchResponseById[*user](answers, *reads.GetId(), newUser))(t); *got.name != "Dagny" {
		t.Errorf("read %s", *got.name)
	}
	if _, err := core.GetBatchResponseById[*user](answers, *fails.GetId(), newUser); err == nil || !strings.Contains(err.Error(), "Request_ResourceNotFound") {
		t.Errorf("of nobody: %v", err)
	}
	if status := answers.GetResponseById(*makes.GetId()).GetStatus(); *status != 201 {
		t.Errorf("the create: %d", *status)
	}
}

// C-11.2: the client waits as it is told and repeats.
func TestThrottled(t *testing.T) {
	a := adapter(t, "")
	control(t, http.MethodPost, "/faults", `{"path": "/organization", "status": 429, "retryAfter": 1, "times": 2}`)
	if _, err := send[*users](t, a, ask(t, a, kiota.GET, "/organization", nil), newUsers); err != nil {
		t.Error(err)
	}
	control(t, http.MethodPost, "/faults", `{"path": "/organization", "status": 503, "retryAfter": 1, "times": 9}`)
	t.Cleanup(func() { control(t, http.MethodDelete, "/faults", "") })
	_, err := send[*users](t, a, ask(t, a, kiota.GET, "/organization", nil), newUsers)
	if busy, ok := errors.AsType[*failure](err); !ok || busy.ResponseStatusCode != 503 {
		t.Errorf("a service that stays away: %v", err)
	}
}

// C-11.8: Kiota and azidentity answer a claims challenge with a new token.
func TestChallenged(t *testing.T) {
	a := adapter(t, "")
	read := func() error {
		_, err := send[*users](t, a, ask(t, a, kiota.GET, "/users?$top=1", nil), newUsers)
		return err
	}
	if err := read(); err != nil {
		t.Fatal(err)
	}
	control(t, http.MethodPost, "/authority/challenge", "")
	t.Cleanup(func() { control(t, http.MethodDelete, "/authority/challenge", "") })
	if err := read(); err != nil {
		t.Error(err)
	}
}

func TestStream(t *testing.T) {
	a := adapter(t, "")
	made := must(send[*user](t, a, ask(t, a, kiota.POST, "/users", crew("Einar")), newUser))(t)
	photo := []byte("GIF89a\x3c\x00\x50\x00\x00\x00\x00not much of a picture")
	put := ask(t, a, kiota.PUT, "/users/"+*made.id+"/photo/$value", nil)
	put.SetStreamContentAndContentType(photo, "image/gif")
	if err := a.SendNoContent(t.Context(), put, failures); err != nil {
		t.Fatal(err)
	}
	got, err := a.SendPrimitive(context.Background(), ask(t, a, kiota.GET, "/users/"+*made.id+"/photo/$value", nil), "[]byte", failures)
	if err != nil || !bytes.Equal(got.([]byte), photo) {
		t.Errorf("read %q, %v", got, err)
	}
}
