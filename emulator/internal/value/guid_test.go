package value_test

import (
	"encoding/base64"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

func TestSID(t *testing.T) {
	for _, tt := range []struct{ guid, want string }{
		{"73d664e4-0886-4a73-b745-c694da45ddb4", "S-1-12-1-1943430372-1249052806-2496021943-3034400218"},
		{"no-guid", ""},
	} {
		if got := value.SID(tt.guid); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.guid, got, tt.want)
		}
	}
}

func TestGUIDBytes(t *testing.T) {
	for _, tt := range []struct{ guid, want string }{
		{"b25985a8-9d2b-4fde-9fa7-6c4e43a8ddec", "qIVZsiud3k-fp2xOQ6jd7A"},
		{"62e90394-69f5-4237-9190-012177145e10", "lAPpYvVpN0KRkAEhdxReEA"},
		{"not-a-guid", ""},
		{"62e9039469f542379190012177145e10", ""},
	} {
		got := ""
		if b, ok := value.GUIDBytes(tt.guid); ok {
			got = base64.RawURLEncoding.EncodeToString(b[:])
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.guid, got, tt.want)
		}
	}
}
