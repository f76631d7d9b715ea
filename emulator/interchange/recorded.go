package interchange

import (
	"bytes"
	"cmp"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
)

// ShapesOf reads the recorded exchanges with Microsoft Graph in a file, whatever its format:
// graph-shapes, a recording of ours, or that of another tool. Stubs, and requests to other
// services, are left out. The error is that of the file system, or of type
// *conversation.Error.
func ShapesOf(path string) (out []Shape, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	format, err := Detect(text)
	if err != nil {
		f, err := conversation.ReadFile(path)
		if err != nil {
			return nil, err
		}
		return shapesIn(f), nil
	}
	if format != GraphShapes {
		f, _, err := Read(path, text, format, os.DirFS(filepath.Dir(path)))
		if err != nil {
			return nil, err
		}
		return shapesIn(f), nil
	}
	for s, err := range Shapes(bytes.NewReader(text)) {
		if e, ok := errors.AsType[*conversation.Error](err); ok {
			e.File = path
			return nil, e
		}
		out = append(out, s)
	}
	return out, nil
}

// service is where requests of recordings go that do not say it.
const service = "https://graph.microsoft.com"

// shapesIn takes the exchanges of a recording as shapes.
func shapesIn(f *conversation.File) (out []Shape) {
	if f.Recording == nil {
		return nil
	}
	upstream := strings.TrimSuffix(cmp.Or(f.Recording.Upstream, service), "/")
	for _, x := range f.Exchanges {
		method, target, _ := strings.Cut(x.Request, " ")
		if strings.HasPrefix(target, "/") {
			target = upstream + target
		}
		u, err := url.Parse(target)
		if x.Stub || err != nil || !strings.HasPrefix(u.Path, "/v1.0/") && !strings.HasPrefix(u.Path, "/beta/") {
			continue
		}
		whole := *x
		whole.Request = method + " " + target
		out = append(out, Shape{Exchange: &whole, File: f.Name, Recorded: f.Recording.Made})
	}
	return out
}
