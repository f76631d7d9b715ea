package synth

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// Content makes up the content of a stream, and keeps it.
func Content(x *op.Op, c *workload.Call, name string) (*store.Blob, error) {
	if err := x.Core.Materialize(x.Tx, c, &c.Self); err != nil {
		return nil, err
	}
	text, _ := Value("Edm.String", nil, c.Self.Home.Key+"/"+name, 0).Text()
	blob, err := store.ReadBlob(ContentType, strings.NewReader(text+"\n"), 1<<10)
	if err != nil {
		return nil, err
	}
	return blob, x.Tx.PutBlob(c.Self.Ref, name, blob)
}

// ContentType is the media type of content that was made up.
const ContentType = "application/octet-stream"
