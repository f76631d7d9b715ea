package uploads

import (
	"errors"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
)

// What a Content-Range says, and what is none.
func TestParseRange(t *testing.T) {
	for text, want := range map[string]Range{
		"bytes 0-0/1":                       {0, 0, 1},
		"bytes 5-9/10":                      {5, 9, 10},
		"Bytes  327680-655359/70000000000 ": {327680, 655359, 70000000000},
		"bytes 0-9223372036854775806/9223372036854775807": {0, 9223372036854775806, 9223372036854775807},
	} {
		if got, err := ParseRange(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "bytes", "bytes ", "bytes 0-1", "bytes 0/1", "bytes -/1", "bytes 0-/1", "bytes -1/2", "bytes 0-0/*", "bytes */1", "bytes 0-0/0",
		"bytes 1-0/2", "bytes 0-2/2", "items 0-0/1", "0-0/1", "bytes 0-0/1/1", "bytes 0 - 0/1", "bytes +0-0/1", "bytes 0x0-0/1", "bytes 0-0/9223372036854775808"} {
		got, err := ParseRange(text)
		if e, ok := errors.AsType[*grapherr.Error](err); !ok || e.Status != 400 || e.Code != "invalidRequest" {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

// What parses prints back, is inside its total, and has a length.
func FuzzParseRange(f *testing.F) {
	f.Add("bytes 0-327679/800000")
	f.Add("bytes 0-0/*")
	f.Add("bytes 9223372036854775806-9223372036854775806/9223372036854775807")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseRange(text)
		if err != nil {
			return
		}
		if again, err := ParseRange(r.String()); err != nil || again != r {
			t.Errorf("%q prints as %q, which is %v, %v", text, r, again, err)
		}
		if r.First < 0 || r.Len() < 1 || r.Last >= r.Total {
			t.Errorf("%q is %v of %d bytes", text, r, r.Len())
		}
	})
}
