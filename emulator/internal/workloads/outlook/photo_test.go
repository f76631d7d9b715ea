package outlook_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/graphtest"
)

// A size is a picture of that size, cut from the middle of the photo.
func TestPhotoSizes(t *testing.T) {
	t.Attr("rules", "B-9.5")
	s := graphtest.Start(t)
	wide := image.NewNRGBA(image.Rect(0, 0, 300, 130)) // red, green in the middle, blue; the last column clear
	for x := range 300 {
		for y := range 130 {
			c := color.NRGBA{0, 200, 0, 255}
			switch {
			case x < 85:
				c = color.NRGBA{200, 0, 0, 255}
			case x >= 215:
				c = color.NRGBA{0, 0, 200, 0}
			}
			wide.SetNRGBA(x, y, c)
		}
	}
	var body bytes.Buffer
	if err := png.Encode(&body, wide); err != nil {
		t.Fatal(err)
	}
	put, err := http.NewRequest("PUT", s.URL+"/v1.0/users/tomas@northgale.test/photo/$value", bytes.NewReader(body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := s.Client().Do(put)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	get := func(path string) (media string, content []byte) {
		t.Helper()
		answer, err := s.Client().Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		content, err = io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != 200 {
			t.Fatalf("%s: %d %v: %s", path, answer.StatusCode, err, content)
		}
		return answer.Header.Get("Content-Type"), content
	}
	if media, content := get("/v1.0/users/tomas@northgale.test/photo/$value"); media != "image/png" || !bytes.Equal(content, body.Bytes()) {
		t.Errorf("what was put is read as %d bytes of %s, want %d", len(content), media, body.Len())
	}
	if media, content := get("/v1.0/users/tomas@northgale.test/photos/300x130/$value"); media != "image/png" || !bytes.Equal(content, body.Bytes()) {
		t.Errorf("under its own size it is %d bytes of %s", len(content), media)
	}
	for _, tt := range []struct {
		who   string
		sizes string
	}{
		{"ida", "48 64 96 120 240 360 432 504 648"},
		{"tomas", "48 64 96 120"},
	} {
		for size := range strings.FieldsSeq(tt.sizes) {
			media, content := get("/v1.0/users/" + tt.who + "@northgale.test/photos/" + size + "x" + size + "/$value")
			img, err := jpeg.Decode(bytes.NewReader(content))
			if err != nil || media != "image/jpeg" || img.Bounds().Dx() != img.Bounds().Dy() {
				t.Fatalf("%s %s: %s, %v", tt.who, size, media, err)
			}
			if n := img.Bounds().Dx(); size != map[int]string{48: "48", 64: "64", 96: "96", 120: "120", 240: "240", 360: "360", 432: "432", 504: "504", 648: "648"}[n] {
				t.Errorf("%s: %s is %d wide", tt.who, size, n)
			}
			if tt.who == "tomas" {
				for x, want := range map[int]bool{5: true, img.Bounds().Dx() / 2: true, img.Bounds().Dx() - 5: true} {
					if r, g, b, _ := img.At(x, x).RGBA(); (g>>8 > 170 && r>>8 < 40 && b>>8 < 40) != want {
						t.Errorf("size %s is not cut from the middle: %d %d %d at %d", size, r>>8, g>>8, b>>8, x)
					}
				}
			}
		}
	}
}
