package files_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
	"github.com/graph-emulator/graph-emulator/fixtures"
)

// filled is a drive with folders that have each so many files.
func filled(b *testing.B, folders, files int) *emulatortest.Client {
	c := emulatortest.NewEmpty(b, emulator.WithFixtures(fixtures.Northgale()))
	for i := range folders {
		id := c.Must("POST", "/me/drive/root/children", map[string]any{"name": fmt.Sprint("folder ", i), "folder": map[string]any{}}, 201)["id"].(string)
		for n := range files {
			c.Must("POST", "/me/drive/items/"+id+"/children", map[string]any{"name": fmt.Sprintf("file %d.txt", n*7919%files), "file": map[string]any{}}, 201)
		}
	}
	return c
}

// BenchmarkDriveDelta is the delta of one change: what it costs depends on the changes, and not
// on the drive.
func BenchmarkDriveDelta(b *testing.B) {
	for _, folders := range []int{1, 100} {
		b.Run(fmt.Sprint("items=", folders*1000), func(b *testing.B) {
			c := filled(b, folders, 1000)
			link := c.Must("GET", "/me/drive/root/delta?token=latest", nil, 200)["@odata.deltaLink"].(string)
			u, _ := url.Parse(link)
			c.Must("PUT", "/me/drive/root:/folder%200/file%201.txt:/content", map[string]any{}, 200)
			for b.Loop() {
				got := emulatortest.Get(c.Handler, u.RequestURI())
				if got.Code != 200 {
					b.Fatal(got.Body)
				}
			}
			if n := len(emulatortest.Members(c.Must("GET", "/me/drive/root/delta?"+u.RawQuery, nil, 200))); n != 3 {
				b.Fatalf("%d members", n)
			}
		})
	}
}

// BenchmarkLargeFolder is a page of a folder with 10,000 files: the first and one far behind.
func BenchmarkLargeFolder(b *testing.B) {
	c := filled(b, 1, 10_000)
	first := "/v1.0/me/drive/root:/folder%200:/children?$top=200"
	path := first
	for range 45 {
		got := emulatortest.Object(b, emulatortest.Get(c.Handler, path).Body.Bytes())
		u, err := url.Parse(got["@odata.nextLink"].(string))
		if err != nil {
			b.Fatal(err)
		}
		path = u.RequestURI()
	}
	for name, path := range map[string]string{"first": first, "late": path} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if got := emulatortest.Get(c.Handler, path); got.Code != 200 {
					b.Fatal(got.Body)
				}
			}
		})
	}
}
