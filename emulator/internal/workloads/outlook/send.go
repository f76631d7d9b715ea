package outlook

import (
	"bytes"
	"encoding/base64"
	"io"
	"math"
	"mime"
	post "net/mail"
	"slices"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// sendMail sends what the body holds and keeps a copy in Sent Items unless the caller
// does not want one (B-4.49, C-9.5).
func sendMail(c *workload.Call) (workload.Result, error) {
	box := boxOf(&c.Self)
	if box == nil || !c.Self.Exists {
		return c.Next()
	}
	var sent value.Members
	if c.Media != nil {
		var err error
		if sent, err = readMIME(c); err != nil {
			return workload.Result{}, err
		}
	} else {
		raw, _ := c.Body.Get("Message")
		sent = raw.Members()
	}
	if keep, _ := c.Body.Get("SaveToSentItems"); keep != "false" {
		folder, err := folderOf(c, box, "sentitems")
		if err != nil {
			return workload.Result{}, err
		}
		own := stamped(c, box, value.Members{{Name: "isDraft", Value: "false"}, {Name: "isRead", Value: "true"}})
		n, err := c.System.Post(c, &folder, "messages", sent, given(own, sent))
		if err != nil {
			return workload.Result{}, err
		}
		if c.Media != nil {
			if err := c.System.PutContent(c, &n, "", c.Media.Blob); err != nil {
				return workload.Result{}, err
			}
		}
		return workload.Result{Status: 202}, deliver(c, box, sent, n.Object.Members())
	}
	return workload.Result{Status: 202}, deliver(c, box, sent, stamped(c, box, sent.Clone()))
}

// always are what the service says of a message, whatever its draft had.
var always = []string{"isDraft", "isRead", "sentDateTime", "receivedDateTime"}

// given are the members of what the service fills in that were not sent.
func given(own, sent value.Members) value.Members {
	out := make(value.Members, 0, len(own))
	for _, m := range own {
		if _, ok := sent.Get(m.Name); !ok || slices.Contains(always, m.Name) {
			out = append(out, m)
		}
	}
	return out
}

// send sends a draft, which then lies in Sent Items under another id.
func send(c *workload.Call) (workload.Result, error) {
	box := boxOf(&c.Self)
	if !c.Self.Exists || c.Self.Ref == workload.NoRef || box == nil {
		return c.Next()
	}
	sent := c.Self.Object.Members()
	var files []value.Raw
	for ref := range c.Tx.Members(c.Self.Ref, "attachments", 0) {
		e, _ := c.Tx.Get(ref)
		files = append(files, append(value.Members{{Name: "@odata.type", Value: value.String("#" + e.Object.Type())}}, e.Object.Members()...).Object())
	}
	if files != nil {
		sent.Set("attachments", value.Array(files...))
	}
	if len(recipients(sent)) == 0 && !c.Presumes() {
		return workload.Result{}, errNoRecipients
	}
	folder, err := folderOf(c, box, "sentitems")
	if err != nil {
		return workload.Result{}, err
	}
	now := value.Time(c.Now())
	own := stamped(c, box, value.Members{{Name: "isDraft", Value: "false"}, {Name: "isRead", Value: "true"}, {Name: "sentDateTime", Value: now}, {Name: "receivedDateTime", Value: now}})
	n, err := moved(c, &folder, "messages", newID(c), given(own, sent))
	if err != nil {
		return workload.Result{}, err
	}
	return workload.Result{Status: 202}, deliver(c, box, sent, n.Object.Members())
}

// recipients are the addresses that a message goes to.
func recipients(m value.Members) (out []string) {
	for _, name := range [...]string{"toRecipients", "ccRecipients", "bccRecipients"} {
		list, _ := m.Get(name)
		for one := range list.Elements() {
			raw, _ := one.Members().Get("emailAddress")
			if address := raw.Members().Text("address"); address != "" {
				out = append(out, address)
			}
		}
	}
	return out
}

// deliver puts a copy of a sent message into the Inbox of each recipient that is a user
// of the tenant (B-12.12). as is the message as its sender has it.
func deliver(c *workload.Call, box *workload.Node, sent, as value.Members) error {
	to := recipients(as)
	if len(to) == 0 && !c.Presumes() {
		return errNoRecipients
	}
	sent = sent.Clone()
	sent.Delete("bccRecipients")
	now := value.Time(c.Now())
	over := value.Members{{Name: "isDraft", Value: "false"}, {Name: "isRead", Value: "false"}, {Name: "receivedDateTime", Value: now}}
	for _, name := range [...]string{"from", "sender", "internetMessageId", "conversationId", "sentDateTime"} {
		if v, ok := as.Get(name); ok {
			over.Set(name, v)
		}
	}
	root := workload.Node{Type: c.Model.Root(), Exists: true}
	once := map[store.Ref]bool{}
	for _, address := range to {
		key := address
		for ref := range c.Tx.Lookup(workload.IndexOf(user, "mail"), address) {
			_, _, key, _ = c.Tx.Owner(ref)
			break
		}
		one, err := c.System.Member(c, &root, "users", key)
		if err != nil {
			return err
		}
		if !one.Exists || once[one.Ref] {
			continue // nobody of ours
		}
		once[one.Ref] = true
		if !hasMailbox(c.System.Switches(), c.Tx, &one) {
			continue
		}
		inbox, err := folderOf(c, &one, "inbox")
		if err != nil {
			return err
		}
		n, err := c.System.Post(c, &inbox, "messages", sent, over)
		if err != nil {
			return err
		}
		if c.Media != nil {
			if err := c.System.PutContent(c, &n, "", c.Media.Blob); err != nil {
				return err
			}
		}
	}
	return nil
}

// readMIME makes members of a message that was sent as MIME in base64 (B-4.49), and keeps
// the message as the content. What a part of it is attached is not taken apart.
func readMIME(c *workload.Call) (value.Members, error) {
	raw, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, c.Media.Blob.Reader()))
	if err != nil { // B-12.14
		return nil, &grapherr.Error{Status: 400, Code: "ErrorMimeContentInvalidBase64String", Message: "Invalid base64 string for MIME content."}
	}
	if c.Media.Blob, err = store.ReadBlob("text/plain", bytes.NewReader(raw), math.MaxInt64); err != nil {
		return nil, err
	}
	var out value.Members
	msg, err := post.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return out, nil // it is kept as it is
	}
	if text, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err == nil && text != "" {
		out.Set("subject", value.String(text))
	}
	for _, name := range [...]string{"toRecipients", "ccRecipients", "bccRecipients"} {
		list, _ := msg.Header.AddressList(strings.TrimSuffix(name, "Recipients"))
		var all []value.Raw
		for _, a := range list {
			all = append(all, recipient(a.Name, a.Address))
		}
		if all != nil {
			out.Set(name, value.Array(all...))
		}
	}
	if from, err := msg.Header.AddressList("From"); err == nil && len(from) > 0 {
		out.Set("from", recipient(from[0].Name, from[0].Address))
	}
	if id := msg.Header.Get("Message-ID"); id != "" {
		out.Set("internetMessageId", value.String(id))
	}
	if at, err := msg.Header.Date(); err == nil {
		out.Set("sentDateTime", value.Time(at.UTC().Truncate(time.Second)))
	}
	kind, _, _ := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if kind == "" || strings.HasPrefix(kind, "text/") {
		text, _ := io.ReadAll(msg.Body)
		format := "text"
		if kind == "text/html" {
			format = "html"
		}
		out.Set("body", value.Members{{Name: "contentType", Value: value.String(format)},
			{Name: "content", Value: value.String(strings.ToValidUTF8(string(text), "\uFFFD"))}}.Object())
	}
	return out, nil
}

func recipient(name, address string) value.Raw {
	return value.Members{{Name: "emailAddress", Value: value.Members{{Name: "name", Value: value.String(name)}, {Name: "address", Value: value.String(address)}}.Object()}}.Object()
}
