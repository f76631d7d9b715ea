package outlook

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// studio makes the sizes of photos, one at a time, so that their pictures take the
// memory of one.
type studio struct{ mu sync.Mutex }

// download answers the content of a photo, or of a size of it. The size is made when
// the transaction is over.
func (s *studio) download(c *workload.Call) (workload.Result, error) {
	if c.Self.Ref != workload.NoRef {
		return c.Next()
	}
	p, width, ok := pictureOf(c.Tx, &c.Self)
	if !ok {
		return c.Next()
	}
	m := &workload.Media{Type: p.blob.MediaType(), Blob: p.blob}
	if width > 0 {
		m = &workload.Media{Type: "image/jpeg", Make: func() (*store.Blob, error) { return s.print(p.blob, width) }}
	}
	return workload.Result{Stream: m, Header: map[string]string{"ETag": p.tag()}}, nil
}

// print makes a square JPEG of a picture.
func (s *studio) print(b *store.Blob, width int) (*store.Blob, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	img, _, err := image.Decode(b.Reader())
	if err != nil {
		return nil, grapherr.BadRequest("The photo cannot be scaled.").Because("Its header is that of a picture, and the rest is not: "+err.Error()+".", "Put it again.")
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, scaled(img, width), &jpeg.Options{Quality: 85}); err != nil {
		return nil, err
	}
	return store.ReadBlob("image/jpeg", &out, math.MaxInt64)
}

// scaled cuts the square from the middle of a picture and makes it as wide as asked.
// Each of its points is the mean of a few that lie in its place; what shines through is
// white.
func scaled(img image.Image, width int) *image.RGBA {
	of, ok := img.(image.RGBA64Image)
	if !ok {
		of = anyImage{img}
	}
	b := img.Bounds()
	side := min(b.Dx(), b.Dy())
	left, top := b.Min.X+(b.Dx()-side)/2, b.Min.Y+(b.Dy()-side)/2
	const most = 4 // points in a row of one place
	out := image.NewRGBA(image.Rect(0, 0, width, width))
	for y := range width {
		y0, y1 := y*side/width, max((y+1)*side/width, y*side/width+1)
		for x := range width {
			x0, x1 := x*side/width, max((x+1)*side/width, x*side/width+1)
			var r, g, b, n uint32
			for sy := y0; sy < y1; sy += max((y1-y0)/most, 1) {
				for sx := x0; sx < x1; sx += max((x1-x0)/most, 1) {
					c := of.RGBA64At(left+sx, top+sy)
					white := uint32(0xffff - c.A)
					r, g, b, n = r+uint32(c.R)+white, g+uint32(c.G)+white, b+uint32(c.B)+white, n+1
				}
			}
			out.SetRGBA(x, y, color.RGBA{uint8(r / n >> 8), uint8(g / n >> 8), uint8(b / n >> 8), 0xff})
		}
	}
	return out
}

// anyImage is a picture whose type cannot tell its points cheaply.
type anyImage struct{ image.Image }

func (i anyImage) RGBA64At(x, y int) color.RGBA64 {
	return color.RGBA64Model.Convert(i.At(x, y)).(color.RGBA64)
}
