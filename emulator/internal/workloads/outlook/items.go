package outlook

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const item edm.Name = "microsoft.graph.outlookItem"

// keyed is how versions of items are told.
var keyed = workload.Traits{ChangeKeys: true}

// changeKey shows the payload of an item's etag (B-4.54).
func changeKey(c *workload.Call) (workload.Result, error) {
	res, err := c.Next()
	if err != nil || res.One == nil || res.One.Ref <= 0 {
		return res, err
	}
	key := append(keyed.AppendVersion([]byte{'"'}, res.One.Seq), '"')
	res.One.Show(value.Member{Name: "changeKey", Value: value.Raw(key)})
	return res, nil
}
