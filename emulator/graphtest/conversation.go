package graphtest

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/internal/converse"
)

// Conversations runs the YAML files that glob names, each as a subtest against
// an emulator of its own. Package conversation says what such a file holds. Its options are
// those of docs/CONFIGURATION.md that change answers, and switches by their own names. The
// caller of a request, as, is a user by id or userPrincipalName, me (the signed-in user),
// app (an application without a user) or nobody, followed by permissions. Blanks in the
// query of a request are encoded. ${url} is the address of the emulator.
func Conversations(t *testing.T, glob string) {
	t.Helper()
	files, err := filepath.Glob(glob)
	if err != nil {
		t.Fatalf("graphtest: %s: %v", glob, err)
	}
	if len(files) == 0 {
		t.Fatalf("graphtest: no file is named %s", glob)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)), func(t *testing.T) {
			f, err := conversation.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			hold(t, f)
		})
	}
}

// hold plays a conversation from its beginning to its end.
func hold(t *testing.T, f *conversation.File) {
	options, err := converse.Options(f)
	if err != nil {
		t.Fatal(err)
	}
	s := Start(t, options...)
	vars := conversation.Vars{"url": s.URL}
	for _, x := range f.Exchanges {
		differences, body, err := s.play(x, vars)
		if err != nil {
			t.Fatalf("%s:%d: %v", f.Name, x.Line, err)
		}
		if len(differences) > 0 {
			var lines strings.Builder
			for _, d := range differences {
				lines.WriteString("\n\t" + d.String())
			}
			t.Errorf("%s:%d: %s%s\n\tanswer: %s", f.Name, x.Line, x.Request, lines.String(), body)
		}
	}
}
