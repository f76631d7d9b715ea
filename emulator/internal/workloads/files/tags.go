package files

import (
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const driveItem edm.Name = "microsoft.graph.driveItem"

// tags shows what the versions of an item are told by: eTag moves with every change,
// cTag with the content only (B-4.53).
func tags(c *workload.Call) (workload.Result, error) {
	res, err := c.Next()
	if err != nil || res.One == nil || res.One.Ref <= 0 {
		return res, err
	}
	id := "root" // has no key of its own
	if _, _, key, ok := c.Tx.Owner(res.One.Ref); ok && key != "" {
		id = key
	}
	id = "{" + strings.ToUpper(id) + "},"
	_, content, _ := c.Tx.Blob(res.One.Ref, "content")
	tag := func(of string, n int64) value.Raw {
		return value.String(`"` + of + id + strconv.FormatInt(n, 10) + `"`)
	}
	res.One.Show(value.Member{Name: "eTag", Value: tag("", res.One.Seq)}, value.Member{Name: "cTag", Value: tag("c:", content)})
	return res, nil
}
