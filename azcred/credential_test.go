package azcred_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/graph-emulator/graph-emulator/azcred"
	"github.com/graph-emulator/graph-emulator/emulator"
)

// TestCredential: a pipeline of the SDK signs its requests with the credential, and
// the emulator, told to enforce permissions, lets in who may.
func TestCredential(t *testing.T) {
	emu, err := emulator.New(emulator.WithAuth(emulator.AuthEnforce))
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewTLSServer(emu) // the SDK sends no token without TLS
	defer srv.Close()
	const all = "https://graph.microsoft.com/.default"
	for _, tt := range []struct {
		name  string
		cred  azcore.TokenCredential
		scope string
		path  string
		want  int
	}{
		{"me", azcred.New(emu), all, "/v1.0/me", 200},
		{"me, named", azcred.New(emu), "https://graph.microsoft.com/User.ReadBasic.All", "/v1.0/users", 200},
		{"users without the scope", azcred.New(emu), all, "/v1.0/users", 403},
		{"users with it", azcred.New(emu, "User.Read.All"), all, "/v1.0/users", 200},
		{"another user", azcred.NewUser(emu, "tomas@northgale.test"), all, "/v1.0/me", 200},
		{"an application", azcred.NewApp(emu, "User.Read.All"), all, "/v1.0/users", 200},
		{"an application without the role", azcred.NewApp(emu), all, "/v1.0/users", 403},
	} {
		pl := runtime.NewPipeline("test", "v1", runtime.PipelineOptions{PerRetry: []policy.Policy{runtime.NewBearerTokenPolicy(tt.cred, []string{tt.scope}, nil)}},
			&policy.ClientOptions{Transport: srv.Client(), Retry: policy.RetryOptions{MaxRetries: -1}})
		req, err := runtime.NewRequest(t.Context(), http.MethodGet, srv.URL+tt.path)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := pl.Do(req)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		resp.Body.Close()
		if resp.StatusCode != tt.want {
			t.Errorf("%s: %s", tt.name, resp.Status)
		}
	}
}

func TestGetToken(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	emu, err := emulator.New(emulator.WithClock(func() time.Time { return now }), emulator.WithTokenLifetime(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	got, err := azcred.New(emu).GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{"User.Read"}})
	if err != nil || !got.ExpiresOn.Equal(now.Add(time.Minute)) {
		t.Errorf("%v %v", got.ExpiresOn, err)
	}
	if _, err := azcred.New(emu).GetToken(t.Context(), policy.TokenRequestOptions{}); err == nil {
		t.Error("no scope is taken")
	}
	if _, err := azcred.NewUser(emu, "nobody").GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{"User.Read"}}); err == nil || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("a user that is not there: %v", err)
	}
}
