package main

import (
	"context"
	"io"
	"strings"
	"testing"
)

func TestRunNamesWhatIsMissing(t *testing.T) {
	none := func(string) string { return "" }
	err := run(context.Background(), []string{"--out", t.TempDir()}, none, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "--csdl-v1") {
		t.Errorf("without sources: %v", err)
	}
}

func TestRunIsQuietInCI(t *testing.T) {
	var stderr strings.Builder
	ci := func(name string) string { return map[string]string{"CI": "true"}[name] }
	_ = run(context.Background(), []string{"--out", t.TempDir()}, ci, io.Discard, &stderr)
	if stderr.Len() > 0 {
		t.Errorf("printed %q", stderr.String())
	}
}
