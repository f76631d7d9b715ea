package outlook

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	post "net/mail"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const fileAttachment edm.Name = "microsoft.graph.fileAttachment"

// readContent answers a message in MIME: as it was sent, else made from its members (B-13.79, R-X4).
func readContent(c *workload.Call) (workload.Result, error) {
	if !c.Self.Exists || c.Self.Ref <= 0 || len(c.Path) > 0 {
		return c.Next()
	}
	if _, _, kept := c.Tx.Blob(c.Self.Ref, "$value"); kept {
		return c.Next()
	}
	var b bytes.Buffer
	writeMIME(&b, c.Tx, c.Self.Ref, c.Self.Object.Members())
	blob, err := store.ReadBlob("text/plain", &b, int64(b.Len()))
	if err != nil {
		return workload.Result{}, err
	}
	return workload.Result{Stream: &workload.Media{Type: "text/plain", Blob: blob}}, nil
}

// readFile answers the bytes of an attached file (B-13.69).
func readFile(c *workload.Call) (workload.Result, error) {
	if !c.Self.Exists || c.Self.Ref <= 0 || len(c.Path) > 0 || !c.Self.Type.Is(fileAttachment) {
		return c.Next()
	}
	raw, err := base64.StdEncoding.DecodeString(c.Self.Text("contentBytes"))
	if err != nil || len(raw) == 0 {
		return c.Next()
	}
	kind := cmp.Or(printable(c.Self.Text("contentType")), "application/octet-stream")
	blob, err := store.ReadBlob(kind, bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return workload.Result{}, err
	}
	return workload.Result{Stream: &workload.Media{Type: kind, Blob: blob}}, nil
}

// writeMIME writes a message of RFC 5322. Equal messages give equal bytes.
func writeMIME(b *bytes.Buffer, tx *store.Reader, ref store.Ref, m value.Members) {
	files := filesOf(tx, ref)
	from, _ := m.Get("from")
	if !from.IsNull() {
		addressHeader(b, "From", value.Array(from))
	}
	for _, h := range [...][2]string{{"To", "toRecipients"}, {"Cc", "ccRecipients"}, {"Bcc", "bccRecipients"}, {"Reply-To", "replyTo"}} {
		list, _ := m.Get(h[1])
		addressHeader(b, h[0], list)
	}
	subject := mime.QEncoding.Encode("utf-8", m.Text("subject"))
	header(b, "Subject", subject)
	header(b, "Thread-Topic", subject)
	header(b, "Thread-Index", m.Text("conversationIndex"))
	if level := m.Text("importance"); level == "high" || level == "low" {
		header(b, "Importance", level)
	}
	at, err := time.Parse(time.RFC3339, cmp.Or(m.Text("sentDateTime"), m.Text("createdDateTime")))
	if err == nil {
		header(b, "Date", at.UTC().Format(time.RFC1123Z))
	}
	header(b, "Message-ID", "\r\n\t"+printable(m.Text("internetMessageId")))
	own, _ := m.Get("internetMessageHeaders")
	for one := range own.Elements() {
		if name := one.Members().Text("name"); token(name) {
			header(b, name, mime.QEncoding.Encode("utf-8", one.Members().Text("value")))
		}
	}
	header(b, "Content-Language", "en-US")
	has := ""
	if len(files) > 0 {
		has = "yes"
	}
	header(b, "X-MS-Has-Attach", has)
	header(b, "X-MS-TNEF-Correlator", "")
	header(b, "X-MS-Exchange-Organization-RecordReviewCfmType", "0")
	raw, _ := m.Get("body")
	kind, text := "text/plain", raw.Members().Text("content")
	if strings.EqualFold(raw.Members().Text("contentType"), "html") {
		kind = "text/html"
	}
	if len(files) == 0 {
		writeText(b, kind, text, "MIME-Version: 1.0\r\n")
		return
	}
	boundary := "_000_" + strings.ReplaceAll(value.NamedGUID(m.Text("internetMessageId")+m.Text("id")), "-", "") + "_"
	header(b, "Content-Type", `multipart/mixed;`+"\r\n\tboundary=\""+boundary+`"`)
	header(b, "MIME-Version", "1.0")
	b.WriteString("\r\n--" + boundary + "\r\n")
	writeText(b, kind, text, "")
	for _, f := range files {
		b.WriteString("\r\n--" + boundary + "\r\n")
		f.write(b)
	}
	b.WriteString("\r\n--" + boundary + "--\r\n")
}

// header writes one header; an empty one has no blank behind its name.
func header(b *bytes.Buffer, name, text string) {
	b.WriteString(name + ":")
	if text != "" && text[0] != '\r' {
		b.WriteByte(' ')
	}
	b.WriteString(text + "\r\n")
}

// addressHeader writes the header of a list of recipients, each on a line of its own; of an empty
// list, none.
func addressHeader(b *bytes.Buffer, name string, list value.Raw) {
	var all []string
	for one := range list.Elements() {
		raw, _ := one.Members().Get("emailAddress")
		if address := printable(raw.Members().Text("address")); address != "" {
			all = append(all, (&post.Address{Name: raw.Members().Text("name"), Address: address}).String())
		}
	}
	if all != nil {
		header(b, name, strings.Join(all, ",\r\n\t"))
	}
}

// printable leaves out what would end a header.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

// token reports whether a text can be the name of a header of the client's.
func token(name string) bool {
	return len(name) > 2 && strings.EqualFold(name[:2], "x-") && strings.Trim(name, idLetters) == ""
}

// longestLine is how long a line of a message may be.
const longestLine = 998

// writeText writes the headers and the content of a part with text. more are headers behind
// its type.
func writeText(b *bytes.Buffer, kind, text, more string) {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	plain := true
	for line := range strings.SplitSeq(text, "\n") {
		plain = plain && len(line) <= longestLine && strings.IndexFunc(line, func(r rune) bool { return r > '~' || r < ' ' && r != '\t' }) < 0
	}
	if plain {
		fmt.Fprintf(b, "Content-Type: %s; charset=\"us-ascii\"\r\n%s\r\n%s", kind, more, strings.ReplaceAll(text, "\n", "\r\n"))
		return
	}
	fmt.Fprintf(b, "Content-Type: %s; charset=\"utf-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n%s\r\n", kind, more)
	w := quotedprintable.NewWriter(b)
	io.WriteString(w, text) // a buffer takes everything
	w.Close()
}

// file is an attachment that is a file.
type file struct {
	name, kind, id string
	inline         bool
	content        string // base64
}

// filesOf are the files attached to a message.
func filesOf(tx *store.Reader, message store.Ref) (out []file) {
	for ref, e := range tx.Entities(message, "attachments", 0, nil) {
		m := e.Object.Members()
		f := file{name: m.Text("name"), kind: printable(m.Text("contentType")), id: printable(m.Text("contentId")), inline: m.Bool("isInline"), content: m.Text("contentBytes")}
		if f.content == "" {
			if blob, _, ok := tx.Blob(ref, "$value"); ok {
				raw, _ := io.ReadAll(blob.Reader())
				f.content = base64.StdEncoding.EncodeToString(raw)
			}
		}
		if e.Object.Type() == string(fileAttachment) {
			out = append(out, f)
		}
	}
	return out
}

func (f *file) write(b *bytes.Buffer) {
	name := mime.QEncoding.Encode("utf-8", strings.NewReplacer(`"`, "'", `\`, "_").Replace(f.name))
	header(b, "Content-Type", cmp.Or(f.kind, "application/octet-stream")+`; name="`+name+`"`)
	how := "attachment"
	if f.inline {
		how = "inline"
	}
	header(b, "Content-Disposition", how+`; filename="`+name+`"`)
	if f.id != "" {
		header(b, "Content-ID", "<"+f.id+">")
	}
	header(b, "Content-Transfer-Encoding", "base64")
	b.WriteString("\r\n")
	const width = 76
	for rest := f.content; rest != ""; {
		n := min(width, len(rest))
		b.WriteString(rest[:n] + "\r\n")
		rest = rest[n:]
	}
}
