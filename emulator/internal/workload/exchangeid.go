package workload

import (
	"encoding/base64"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// The forms of ids that Exchange makes, as traits name them (B-13.11).
const (
	ExchangeItem   = "exchange item"   // 152 characters
	ExchangeFolder = "exchange folder" // 120 characters: of folders, calendars, lists of tasks
	ExchangePart   = "exchange part"   // of attachments: 180 characters that begin with the id of the item
)

// An id of Exchange is a header, the entry id of a folder, and for an item 24 bytes more that
// name it in the folder. The emulator has one mailbox and one store in all of them: no client
// takes an id apart.
const (
	exchangeHead  = "\x00\x03\x24\x00" + "6c5a1f0e-93b7-4d2c-a8e4-7b0d2f9c6e31" + "\x00"
	exchangeStore = "\x00\x00\x00\x00" + "\x1a\x44\x73\x90\xaa\x66\x11\xcd\x9b\xc8\x00\xaa\x00\x2f\xc4\x5a"
	exchangePart  = "\x00\x00\x01\x12\x00\x10\x00" // the end of an item's id; one part follows, whose name has 18 bytes
)

// ExchangeID makes an id of a form out of a GUID: equal GUIDs give equal ids. owner is the id
// of the item that a part belongs to; the other forms do not look at it.
func ExchangeID(form, guid, owner string) string {
	own, _ := value.GUIDBytes(guid)
	switch form {
	case ExchangeFolder:
		return exchangeText("\x2e\x00", "\x01\x00", own, "")
	case ExchangeItem:
		return exchangeText("\x46\x00", "\x07\x00", [16]byte{}, string(own[:])+"\x00\x00\x00\x00\x00\x00\x00\x00")
	}
	var raw [23]byte
	copy(raw[copy(raw[:], exchangePart):], own[:])
	return strings.TrimRight(strings.TrimSuffix(owner, "AAA="), "=") + base64.URLEncoding.EncodeToString(raw[:])
}

func exchangeText(length, kind string, folder [16]byte, item string) string {
	var raw [113]byte
	b := append(append(append(append(raw[:0], exchangeHead...), length...), exchangeStore...), kind...)
	b = append(append(append(b, folder[:]...), "\x00\x00\x00\x00\x00\x00\x00\x00"...), item...)
	return base64.URLEncoding.EncodeToString(b)
}
