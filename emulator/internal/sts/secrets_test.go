package sts_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// A secret is given to programs on their command line, where one that begins with a
// dash would be taken for a flag.
func TestSecretsBeginWithNoDash(t *testing.T) {
	emu := emulatortest.New(t, emulator.WithRandomSeed(1))
	post := func(path, body string, into any) {
		t.Helper()
		w := emulatortest.Do(emu, http.MethodPost, path, body)
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil || w.Code >= 300 {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	for range 20 {
		var app struct{ ID string }
		post("/v1.0/applications", `{"displayName": "Ledger"}`, &app)
		for range 20 {
			var secret struct{ SecretText, Hint string }
			post("/v1.0/applications/"+app.ID+"/addPassword", `{}`, &secret)
			if strings.HasPrefix(secret.SecretText, "-") || !strings.HasPrefix(secret.SecretText, secret.Hint) || len(secret.SecretText) < 30 {
				t.Fatalf("%+v", secret)
			}
		}
	}
}
