package outlook

import (
	"fmt"
	"image"
	_ "image/gif" // the kinds of pictures that are taken
	_ "image/jpeg"
	_ "image/png"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const photo edm.Name = "microsoft.graph.profilePhoto"

// sizes are the squares that a photo is served in, as far as it is large enough (B-9.5).
var sizes = [...]int{48, 64, 96, 120, 240, 360, 432, 504, 648}

// maxPixels is how large a photo may be to be scaled in bounded memory.
const maxPixels = 1 << 24

// photos are the rules on a photo. What is stored is its content; what describes it is
// read from the content, and smaller sizes are made of it when they are asked for.
func photos() []workload.Rule {
	return []workload.Rule{
		{Type: photo, Verb: bind.Read, Computes: []string{"id", "height", "width"}, Do: describe},
		{Type: photo, Verb: bind.Download, Do: new(studio).download},
		{Type: photo, Verb: bind.Upload, Do: takePhoto},
		{Type: photo, Verb: bind.Update, Do: whole},
		{Type: photo, Verb: bind.Clear, Do: dropPhoto},
		{Type: photo, Verb: bind.Delete, Do: whole},
	}
}

// photoSizes are the views on the sizes of a photo.
func photoSizes(owner edm.Name) workload.View {
	return workload.View{Type: owner, Nav: "photos", Members: listSizes, Find: findSize}
}

// picture is the content of a photo.
type picture struct {
	blob          *store.Blob
	seq           int64 // the change that made the photo what it is
	width, height int
	format        string // jpeg, png, gif; empty: it is no picture
}

// id is the name of a size.
func sizeID(width, height int) string { return strconv.Itoa(width) + "x" + strconv.Itoa(height) }

// square is the largest square that can be cut from the picture.
func (p *picture) square() int { return min(p.width, p.height) }

// tag is the entity tag of the content.
func (p *picture) tag() string {
	return string(append(workload.AppendVersion([]byte{'"'}, p.seq), '"'))
}

// pictured reads what there is to know of a photo without decoding it; false: there is none.
func pictured(tx *store.Reader, ref store.Ref) (picture, bool) {
	blob, _, ok := tx.Blob(ref, "$value")
	if !ok {
		return picture{}, false
	}
	ent, _ := tx.Get(ref)
	p := picture{blob: blob, seq: ent.Seq}
	if c, format, err := image.DecodeConfig(blob.Reader()); err == nil {
		p.width, p.height, p.format = c.Width, c.Height, format
	}
	return p, true
}

// of is the picture that a photo or one of its sizes is made from, and how wide the size
// is; 0: it is the photo itself.
func pictureOf(tx *store.Reader, n *workload.Node) (p picture, width int, ok bool) {
	if n.Ref != workload.NoRef {
		p, ok = pictured(tx, n.Ref)
		return p, 0, ok
	}
	if !aSize(n) || n.Home.Owner.Ref == workload.NoRef {
		return p, 0, false
	}
	ref, ok := tx.One(n.Home.Owner.Ref, "photo")
	if !ok {
		return p, 0, false
	}
	if p, ok = pictured(tx, ref); !ok {
		return p, 0, false
	}
	if raw, _ := n.Get("id"); raw != value.String(sizeID(p.width, p.height)) {
		text, _ := raw.Text()
		text, _, _ = strings.Cut(text, "x")
		width, _ = strconv.Atoi(text)
	}
	return p, width, true
}

// aSize reports whether the photo was reached as one of its sizes.
func aSize(n *workload.Node) bool { return n.Home.Nav != nil && n.Home.Nav.Name == "photos" }

// listSizes gives the sizes of an owner's photo, the smallest first, and the photo
// itself under its own size.
func listSizes(s workload.Scope, owner *workload.Node, after store.Ref) iter.Seq[workload.Item] {
	return func(yield func(workload.Item) bool) {
		if owner.Ref == workload.NoRef {
			return
		}
		ref, ok := s.Tx.One(owner.Ref, "photo")
		if !ok {
			return
		}
		p, ok := pictured(s.Tx, ref)
		if !ok || p.format == "" {
			return
		}
		nav, _ := owner.Type.Navigation("photos")
		squares := sizes[:len(sizes):len(sizes)]
		if n := slices.IndexFunc(squares, func(n int) bool { return n > p.square() || n == p.width && n == p.height }); n >= 0 {
			squares = squares[:n]
		}
		at := store.Ref(0)
		give := func(width, height int) bool {
			at++
			id := sizeID(width, height)
			return at <= after || yield(workload.Item{At: at, Ref: workload.NoRef, Home: &workload.Home{Owner: owner, Nav: nav, Key: id},
				Object: s.Shapes.Object(string(photo), value.Members{{Name: "id", Value: value.String(id)},
					{Name: "height", Value: number(height)}, {Name: "width", Value: number(width)}})})
		}
		for _, n := range squares {
			if !give(n, n) {
				return
			}
		}
		give(p.width, p.height)
	}
}

func number(n int) value.Raw { return value.Raw(strconv.Itoa(n)) }

// findSize finds one of the sizes; the documentation writes 240X240 as well.
func findSize(s workload.Scope, owner *workload.Node, key string) (workload.Item, bool) {
	for item := range listSizes(s, owner, 0) {
		if strings.EqualFold(item.Home.Key, key) {
			return item, true
		}
	}
	if owner.Ref != workload.NoRef { // made up
		if ref, ok := s.Tx.Find(owner.Ref, "photos", key); ok {
			return workload.Item{At: ref, Ref: ref}, true
		}
	}
	return workload.Item{}, false
}

// describe tells of a photo what its content says.
func describe(c *workload.Call) (workload.Result, error) {
	res, err := c.Next()
	if err != nil || res.One == nil {
		return res, err
	}
	p, width, ok := pictureOf(c.Tx, &res.One.Node)
	switch {
	case !ok && (c.Presumes() || aSize(&res.One.Node)): // made up, or made where no photo is put
		return res, nil
	case !ok:
		return res, noPhoto(c)
	}
	res.One.Media = &workload.Media{Type: p.blob.MediaType(), Tag: p.tag()}
	switch {
	case width > 0:
		res.One.Media.Type = "image/jpeg"
		fallthrough
	case res.One.Ref == workload.NoRef:
		res.Header = map[string]string{"ETag": "W/" + p.tag()}
	case p.format != "":
		res.One.Show(value.Member{Name: "id", Value: value.String(sizeID(p.width, p.height))},
			value.Member{Name: "height", Value: number(p.height)}, value.Member{Name: "width", Value: number(p.width)})
	}
	return res, nil
}

// noPhoto answers for a photo without content.
func noPhoto(c *workload.Call) error {
	owner := ""
	if o := c.Self.Home.Owner; o != nil {
		owner = o.Text("id")
	}
	return grapherr.NoValue("profilePhoto", owner, "photo")
}

// takePhoto takes content that is a picture, whatever it is said to be, and says what it is.
func takePhoto(c *workload.Call) (workload.Result, error) {
	if aSize(&c.Self) || c.Media == nil {
		return whole(c)
	}
	cfg, format, err := image.DecodeConfig(c.Media.Blob.Reader())
	if err != nil {
		return workload.Result{}, (&grapherr.Error{Status: 400, Code: "BadRequest",
			Message: "The operation failed., The file you chose isn't an image. Please choose a different file."}).
			Because("The body is neither JPEG nor PNG nor GIF: "+err.Error()+".", "Send the bytes of the picture as they are in its file.")
	}
	small := ""
	switch least := sizes[0]; {
	case cfg.Width < least:
		small = "ValidationWidthTooSmall"
	case cfg.Height < least:
		small = "ValidationHeightTooSmall"
	case cfg.Width*cfg.Height > maxPixels:
		return workload.Result{}, grapherr.BadRequest("The photo has %d x %d pixels.", cfg.Width, cfg.Height).
			Because(fmt.Sprintf("The emulator takes photos of up to %d pixels.", maxPixels), "")
	}
	if small != "" {
		return workload.Result{}, (&grapherr.Error{Status: 400, Code: small,
			Message: "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ProfileBadRequestException' was thrown."}).
			Because(fmt.Sprintf("The photo has %d x %d pixels, and the smallest size is %s.", cfg.Width, cfg.Height, sizeID(sizes[0], sizes[0])), "")
	}
	c.Media = &workload.Media{Type: "image/" + format, Blob: c.Media.Blob.As("image/" + format)}
	return c.Next()
}

// whole refuses a change of one size: the photo is changed, and its sizes with it. What
// is changed has to be there.
func whole(c *workload.Call) (workload.Result, error) {
	switch {
	case aSize(&c.Self) && c.Self.Ref == workload.NoRef && c.Self.Exists:
		return workload.Result{}, grapherr.NotSupported().
			Because("The sizes of a photo are made from it.", "Change photo instead.")
	case !c.Self.Exists && !c.Presumes() && c.Verb == bind.Update:
		return workload.Result{}, noPhoto(c)
	}
	return c.Next()
}

// dropPhoto takes the content away, and the photo with it.
func dropPhoto(c *workload.Call) (workload.Result, error) {
	if aSize(&c.Self) {
		return whole(c)
	}
	res, err := c.Next()
	if err == nil && c.Self.Ref > 0 {
		err = c.System.Delete(c, c.Self.Ref)
	}
	return res, err
}
