package engine

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// plausibleContent makes up the content of a stream, and keeps it.
func (x *exchange) plausibleContent(c *workload.Call, name string) (*store.Blob, error) {
	if err := x.e.keep(c, &c.Self); err != nil {
		return nil, err
	}
	text, _ := plausible("Edm.String", nil, c.Self.Home.Key+"/"+name, 0).Text()
	blob, err := store.ReadBlob(plainContent, strings.NewReader(text+"\n"), 1<<10)
	if err != nil {
		return nil, err
	}
	return blob, c.Tx.PutBlob(c.Self.Ref, name, blob)
}

// plainContent is the media type of content that was made up.
const plainContent = "application/octet-stream"
