package sharepoint

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// RootGUID is the GUID of the root folder of every drive (B-14.17).
const RootGUID = "ea8cc6be-ffdb-43d7-976f-bc7da445c639"

// IDs are the GUIDs that SharePoint names a library by: its site collection, its web, and
// the list. List is empty for a site.
type IDs struct{ Collection, Web, List string }

const drivePrefix = "b!"

// Drive is the id of the drive of a library (B-14.5).
func (i IDs) Drive() string {
	var raw [48]byte
	for n, guid := range [...]string{i.Collection, i.Web, i.List} {
		b, _ := value.GUIDBytes(guid)
		copy(raw[16*n:], b[:])
	}
	return drivePrefix + base64.RawURLEncoding.EncodeToString(raw[:])
}

// Site is the id of the site on a host (B-14.153).
func (i IDs) Site(host string) string { return host + "," + i.Collection + "," + i.Web }

// ReadDrive reads the id of a drive; false for what is none.
func ReadDrive(id string) (IDs, bool) {
	text, ok := strings.CutPrefix(id, drivePrefix)
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if !ok || err != nil || len(raw) != 48 {
		return IDs{}, false
	}
	return IDs{value.GUIDText([16]byte(raw)), value.GUIDText([16]byte(raw[16:])), value.GUIDText([16]byte(raw[32:]))}, true
}

// salts tell the GUIDs of what belongs to one owner apart. They leave the version and the
// variant of a GUID alone.
var salts = [3][16]byte{
	{0x5b, 0xd2, 0x07, 0x94, 0xc1, 0x3e, 0x4f, 0x08, 0x29, 0x1d, 0xe0, 0x72, 0x3c, 0x86, 0xfb, 0x15},
	{0x91, 0x6f, 0x3a, 0xd8, 0x0c, 0xb7, 0x62, 0x05, 0x1e, 0xc4, 0x58, 0x9b, 0xe7, 0x21, 0x4d, 0xf6},
	{0x2e, 0x83, 0xf5, 0x49, 0xb6, 0x70, 0x1d, 0x0a, 0x37, 0xda, 0x65, 0xc8, 0x12, 0x9f, 0xe4, 0x5b},
}

// Of are the ids of the site and the default library that belong to a user, a group or, for
// the root site, the tenant. Owner leads back.
func Of(owner string) IDs {
	if !isGUID(owner) { // of a tenant file
		owner = value.NamedGUID("owner " + owner)
	}
	return IDs{salted(owner, 0), salted(owner, 1), salted(owner, 2)}
}

// Owner is the id of whom a site collection belongs to, if it is the one of a user, a group
// or the tenant.
func Owner(collection string) string { return salted(collection, 0) }

// OwnerOfList is the same for the GUID of a list, if it is a default library.
func OwnerOfList(list string) string { return salted(list, 2) }

func salted(guid string, salt int) string {
	b, ok := value.GUIDBytes(guid)
	if !ok {
		return ""
	}
	for i := range b {
		b[i] ^= salts[salt][i]
	}
	return value.GUIDText(b)
}

func isGUID(s string) bool { _, ok := value.GUIDBytes(s); return ok }

var base32NoPad = base32.StdEncoding.WithPadding(base32.NoPadding)

// Item is the id of an item of a drive, made of its GUID (B-14.17).
func Item(drive, guid string) string {
	sum := sha256.Sum256([]byte(drive))
	b, ok := value.GUIDBytes(guid)
	if !ok {
		return guid // of a tenant file
	}
	// 26 characters hold 130 bits: two bits of the drive, and the GUID.
	var raw [17]byte
	raw[0] = sum[4] >> 6
	copy(raw[1:], b[:])
	out := []byte("01" + base32NoPad.EncodeToString(sum[:4])[:6])
	var acc, bits uint = uint(raw[0]), 2
	for _, x := range raw[1:] {
		acc, bits = acc<<8|uint(x), bits+8
		for bits >= 5 {
			bits -= 5
			out = append(out, alphabet[acc>>bits&31])
		}
		acc &= 1<<bits - 1
	}
	return string(out)
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

// GUIDOf is the GUID of an item by its id; one made of the id where that has another form.
func GUIDOf(item string) string {
	if len(item) == 34 && strings.HasPrefix(item, "01") {
		if b, ok := readItem(item[8:]); ok {
			return value.GUIDText(b)
		}
	}
	if isGUID(item) {
		return item
	}
	return value.NamedGUID("item " + item)
}

func readItem(text string) (out [16]byte, ok bool) {
	var acc, bits uint
	n := -2 // the two bits of the drive
	for i := range len(text) {
		at := strings.IndexByte(alphabet, text[i])
		if at < 0 {
			return out, false
		}
		acc, bits = acc<<5|uint(at), bits+5
		if i == 0 {
			bits -= 2
			acc &= 1<<bits - 1
			n = 0
		}
		for bits >= 8 && n < len(out) {
			bits -= 8
			out[n] = byte(acc >> bits)
			acc &= 1<<bits - 1
			n++
		}
	}
	return out, n == len(out)
}

// OfSite are the ids of a site by its id, with those of its default library.
func OfSite(id string) IDs {
	parts := strings.Split(id, ",")
	if n := len(parts); n > 1 && isGUID(parts[n-1]) && isGUID(parts[n-2]) {
		of := Of(Owner(parts[n-2]))
		return IDs{parts[n-2], parts[n-1], of.List}
	}
	return Of(id)
}
