package emulator

import (
	"crypto/sha256"
	"strconv"

	"github.com/graph-emulator/graph-emulator/internal/admin"

	"github.com/graph-emulator/graph-emulator/emulator/internal/ticket"
)

// contentPath is where content is read without a token (B-9.1).
const contentPath = admin.Prefix + "/content/"

// key is what things of one kind are signed with. It repeats where the random seed
// is given; New has made one where it is not.
func (c *config) key(kind string) []byte {
	key := sha256.Sum256([]byte(kind + " " + strconv.FormatUint(c.seed, 10)))
	return key[:]
}

func (c *config) tickets() ticket.Tickets {
	return ticket.Tickets{Prefix: contentPath, Key: c.key("content")}
}
