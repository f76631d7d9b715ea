package conversation

import (
	"bytes"
	"strconv"
)

// The states of a recording, as its head says them: it goes on, or it has been ended.
// They are of one length, so that a recorder can change one into the other in its place.
const (
	Open = "open"
	Done = "done"
)

// stateHead is what recordings that Append has written begin with; their state follows.
var stateHead = "recording: {format: " + strconv.Itoa(Format) + ", state: "

// StateOffset is where the state stands in the text of a recording; false: the text is
// none that Append has written.
func StateOffset(text []byte) (int, bool) {
	return len(stateHead), bytes.HasPrefix(text, []byte(stateHead))
}

// WholeLength is how much of a text is to be read: of an open recording, up to the end of
// its last whole exchange. Its recorder may be writing the next, or was killed when it
// did; took, the last member of an exchange, tells where one ends.
func WholeLength(text []byte) int {
	if !bytes.HasPrefix(text, []byte(stateHead+Open)) {
		return len(text)
	}
	if i := bytes.IndexByte(text, 0); i >= 0 { // what never came to the disk
		text = text[:i]
	}
	for end := len(text); ; {
		from := bytes.LastIndex(text[:end], []byte("\ntook: "))
		if from < 0 {
			return bytes.IndexByte(text, '\n') + 1 // the head
		}
		if line := bytes.IndexByte(text[from+1:], '\n'); line >= 0 {
			return from + 1 + line + 1
		}
		end = from
	}
}
