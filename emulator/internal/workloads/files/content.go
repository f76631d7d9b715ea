package files

import (
	"strconv"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// emptyFile is the content of a file that has none.
func emptyFile() *store.Blob {
	b, _ := store.ReadBlob("application/octet-stream", strings.NewReader(""), 0) // nothing is read
	return b
}

// hashes are those of business drives (B-14.25).
func hashes(blob *store.Blob) value.Raw {
	return value.Members{{Name: "quickXorHash", Value: value.String(blob.QuickXor())}}.Object()
}

// tag is an eTag or a cTag (B-14.21, B-14.22).
func tag(of, guid string, n int64) value.Raw {
	return value.String(`"` + of + "{" + guid + "}," + strconv.FormatInt(n, 10) + `"`)
}

// next is a tag of an item with the next number.
func next(n *workload.Node, name, of string) value.Member {
	text := n.Text(name)
	number, _ := strconv.ParseInt(strings.TrimSuffix(text[strings.LastIndexByte(text, ',')+1:], `"`), 10, 64)
	return value.Member{Name: name, Value: tag(of, guidOf(n), number+1)}
}

// publication says which version of a file is the current one (B-14.103).
func publication(version int64) value.Raw {
	return value.Members{{Name: "level", Value: `"published"`}, {Name: "versionId", Value: value.String(strconv.FormatInt(version, 10) + ".0")}}.Object()
}

// versionOf is the number of the current version.
func versionOf(n *workload.Node) int64 {
	raw, _ := n.Get("publication")
	major, _, _ := strings.Cut(raw.Members().Text("versionId"), ".")
	v, err := strconv.ParseInt(major, 10, 64)
	if err != nil {
		return 1
	}
	return v
}

// versionID is its id.
func versionID(n *workload.Node) string { return strconv.FormatInt(versionOf(n), 10) + ".0" }

// first gives a new file its content.
func first(c *workload.Call, n *workload.Node, blob *store.Blob) error {
	if err := c.System.PutContent(c, n, content, blob); err != nil {
		return err
	}
	changed, _ := n.Get("lastModifiedDateTime")
	if err := c.System.Write(c, n, value.Members{{Name: "size", Value: value.Int(blob.Len())}, {Name: "lastModifiedDateTime", Value: changed}, described(n, blob)}); err != nil {
		return err
	}
	return grow(c, n, blob.Len(), 0)
}

// described is the facet of a file with its hash.
func described(n *workload.Node, blob *store.Blob) value.Member {
	raw, _ := n.Get("file")
	f := raw.Members()
	f.SetMissing("mimeType", value.String(mimeOf(n.Text("name"))))
	f.Set("hashes", hashes(blob))
	return value.Member{Name: "file", Value: f.Object()}
}

// fill replaces the content of a file. What it was stays as a version (B-14.69).
func fill(c *workload.Call, n *workload.Node, blob *store.Blob, extra value.Members) error {
	was := sizeOf(n)
	if err := keepVersion(c, n); err != nil {
		return err
	}
	if err := c.System.PutContent(c, n, content, blob); err != nil {
		return err
	}
	changed := extra.Clone()
	now := seconds(c.Now())
	changed.Set("lastModifiedDateTime", now)
	created, _ := n.Get("createdDateTime")
	stored, _ := n.Get("fileSystemInfo")
	if at, ok := stored.Members().Get("createdDateTime"); ok {
		created = at
	}
	if given, ok := extra.Get("fileSystemInfo"); ok {
		info := given.Members()
		if at, ok := info.Get("createdDateTime"); ok {
			created = wholeSeconds(at)
		}
		if at, ok := info.Get("lastModifiedDateTime"); ok {
			now = wholeSeconds(at)
			changed.Set("lastModifiedDateTime", now)
		}
	}
	changed.Set("fileSystemInfo", fileSystemInfo(created, now))
	changed.Set("lastModifiedBy", by(c))
	changed.Set("size", value.Int(blob.Len()))
	changed.Set("publication", publication(versionOf(n)+1))
	tags := value.Members{next(n, "eTag", ""), next(n, "cTag", "c:"), described(n, blob)}
	for _, t := range tags {
		changed.Set(t.Name, t.Value)
	}
	if err := c.System.Write(c, n, changed); err != nil {
		return err
	}
	return grow(c, n, blob.Len()-was, was)
}

// keepVersion keeps a file as it is as a version of it.
func keepVersion(c *workload.Call, n *workload.Node) error {
	v, err := c.System.Create(c, n, versions, asVersion(n))
	if err != nil {
		return err
	}
	if blob, _, ok := c.Tx.Blob(n.Ref, content); ok {
		return c.System.PutContent(c, &v, content, blob)
	}
	return nil
}

// grow adds to the sizes of the folders above an item, and to what its drive has used: by what
// the item grew, and besides by what its versions did (B-14.28, B-14.69).
func grow(c *workload.Call, n *workload.Node, by, versions int64) error {
	ref := n.Ref
	for {
		from, nav, _, ok := c.Tx.Owner(ref)
		switch {
		case !ok:
			return nil
		case nav == rootName:
			return charge(c, from, by+versions, 0)
		case nav != children:
			return nil
		}
		folder, ok := nodeOf(c, from, driveItem)
		if !ok {
			return nil
		}
		if err := c.System.Write(c, &folder, value.Members{{Name: "size", Value: value.Int(max(sizeOf(&folder)+by, 0))}, {Name: "lastModifiedDateTime", Value: seconds(c.Now())}}); err != nil {
			return err
		}
		ref = from
	}
}

// wholeSeconds cuts the fraction off a time that a client sent (B-14.29).
func wholeSeconds(raw value.Raw) value.Raw {
	text, _ := raw.Text()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return raw
	}
	return seconds(at.UTC())
}
