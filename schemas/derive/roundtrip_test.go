package derive

import (
	"bytes"
	"io/fs"
	"testing"

	"github.com/graph-emulator/graph-emulator/schemas"
)

// A file that is read through the model and written again is the same file:
// what an overlay is made from loses nothing of its base.
func TestRoundTrip(t *testing.T) {
	for _, v := range schemas.Versions() {
		m, err := schemas.Model(v)
		if err != nil {
			t.Fatal(err)
		}
		d := over(m, NewLedger(), v)
		files := schemas.Files(v)
		n, bad := 0, 0
		err = fs.WalkDir(files, ".", func(p string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			want, err := fs.ReadFile(files, p)
			if err != nil {
				return err
			}
			n++
			if got := d.render(d.find(nameOf(p))); !bytes.Equal(got, want) {
				if bad++; bad <= 3 {
					t.Errorf("%s/%s\n got %s\nwant %s", v, p, got, want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if bad > 3 {
			t.Errorf("%s: %d of %d files differ", v, bad, n)
		}
	}
}
