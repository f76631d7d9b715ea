package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/graphtest"
)

func TestRun(t *testing.T) {
	srv := graphtest.Start(t)
	defer http.DefaultClient.CloseIdleConnections()
	var out strings.Builder
	if err := run(t.Context(), srv.URL, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"POST /beta/communications/presences 201 ", "PATCH /beta/communications/presences 200 ", "$value 200 Away\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("lacks %q:\n%s", want, &out)
		}
	}
}
