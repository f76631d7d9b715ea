package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/internal/options"
)

// TestReasons: each mistake is a line of its own and names the file as the
// user knows it, however the errors were wrapped on their way.
func TestReasons(t *testing.T) {
	first, second := folder(t, "a.yaml", "", "sub/both.yaml", ""), folder(t, "b.yaml", "", "sub/both.yaml", "")
	s := &settings{}
	if err := s.Set(&options.Only("fixtures")[0], []string{first, second}); err != nil {
		t.Fatal(err)
	}
	in := func(file string, line int) error { return &fixtures.Error{File: file, Line: line, Reason: "wrong"} }
	err := fmt.Errorf("load: %w", errors.Join(in("a.yaml", 1), errors.Join(in("b.yaml", 2), in("sub/both.yaml", 3)), fmt.Errorf("tenant: %w", in("built-in.yaml", 4)), errors.New("other")))
	got := reasons(&badInput{s.place(err)})
	want := []string{
		filepath.Join(first, "a.yaml") + ":1: wrong",
		filepath.Join(second, "b.yaml") + ":2: wrong",
		filepath.Join(first, "sub", "both.yaml") + ":3: wrong",
		"built-in.yaml:4: wrong",
		"other",
	}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}
