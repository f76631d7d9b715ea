package value

import (
	"crypto/sha1"
	"encoding/hex"
)

// NamedGUID makes a GUID of a name (version 5 without a name space): always the same.
func NamedGUID(name string) string {
	sum := sha1.Sum([]byte(name))
	sum[6], sum[8] = sum[6]&0x0f|0x50, sum[8]&0x3f|0x80
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
