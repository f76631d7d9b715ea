package emulator

import (
	"crypto/rand"
	"crypto/sha256"
	"strconv"

	"github.com/graph-emulator/graph-emulator/emulator/internal/wire"
)

// contentPath is where content is read without a token (B-9.1).
const contentPath = AdminPrefix + "/content/"

// tickets are signed with a key that repeats where the random seed is given.
func (c *config) tickets() wire.Tickets {
	key := sha256.Sum256([]byte("content " + strconv.FormatUint(c.seed, 10)))
	if c.seed == 0 {
		rand.Read(key[:]) // never fails
	}
	return wire.Tickets{Prefix: contentPath, Key: key[:]}
}
