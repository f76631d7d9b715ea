package outlook

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	post "net/mail"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// membersOf reads a JSON object.
func membersOf(text string) value.Members { return value.Raw(text).Members() }

// TestMIMEParses: what is written of a message can be read by others, in any script, and no text ends a header.
func TestMIMEParses(t *testing.T) {
	st := store.New(store.Options{})
	shapes := value.NewShapes()
	message := membersOf(`{"id":"one","subject":"Gezeiten für Zoë\r\nBcc: x@y.example","internetMessageId":"<a@b.example>\r\nX-Evil: 1","sentDateTime":"2026-11-30T08:31:40Z",` +
		`"body":{"contentType":"html","content":"<p>Größe</p>\nzwei"},"from":{"emailAddress":{"name":"Zoë","address":"zoe@harbour.example"}},` +
		`"toRecipients":[{"emailAddress":{"name":"Lind, Tomas","address":"tomas@northgale.test"}},{"emailAddress":{"name":"José","address":"jose@northgale.test"}}],` +
		`"internetMessageHeaders":[{"name":"X-Tide","value":"hög"},{"name":"X-Bad: y","value":"z"}]}`)
	var b, again bytes.Buffer
	err := st.Update(func(tx *store.Tx) error {
		ref, err := tx.Add(0, "messages", "one", shapes.Object("microsoft.graph.message", message))
		if err != nil {
			return err
		}
		_, err = tx.Add(ref, "attachments", "two", shapes.Object("microsoft.graph.fileAttachment",
			membersOf(`{"name":"höhe.txt","contentType":"text/plain","contentBytes":"`+base64.StdEncoding.EncodeToString([]byte("high"))+`"}`)))
		writeMIME(&b, &tx.Reader, ref, message)
		writeMIME(&again, &tx.Reader, ref, message)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != again.String() {
		t.Error("the same message gives two texts")
	}
	msg, err := post.ReadMessage(&b)
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	if err != nil || subject != "Gezeiten für Zoë\r\nBcc: x@y.example" || msg.Header.Get("Bcc") != "" || msg.Header.Get("X-Evil") != "" || msg.Header.Get("X-Bad") != "" {
		t.Errorf("subject %q (%v), headers %v", subject, err, msg.Header)
	}
	to, err := msg.Header.AddressList("To")
	if err != nil || len(to) != 2 || to[0].Name != "Lind, Tomas" || to[1].Name != "José" {
		t.Errorf("To: %v %v", to, err)
	}
	if at, err := msg.Header.Date(); err != nil || at.Unix() != 1796027500 {
		t.Errorf("Date: %v %v", at, err)
	}
	_, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	text, err := parts.NextRawPart()
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(text))
	if err != nil || strings.ReplaceAll(string(body), "\r\n", "\n") != "<p>Größe</p>\nzwei" {
		t.Errorf("text %q %v", body, err)
	}
	paper, err := parts.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, paper))
	if err != nil || string(content) != "high" {
		t.Errorf("attachment %q %v", content, err)
	}
}
