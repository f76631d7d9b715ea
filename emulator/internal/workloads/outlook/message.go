package outlook

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"html"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// boxOf is the user whose mailbox a node lies in; nil: none of the path.
func boxOf(n *workload.Node) *workload.Node {
	for ; n != nil && n.Type != nil; n = n.Home.Owner {
		if n.Type.Is(user) {
			box := *n // a rule may be about to change its Self
			return &box
		}
	}
	return nil
}

// folderOf finds a folder of a mailbox by its well-known name.
func folderOf(c *workload.Call, box *workload.Node, name string) (workload.Node, error) {
	return c.System.Member(c, box, "mailFolders", name)
}

// newMessage makes a draft, in Drafts where no folder is named (B-12.12). What a file
// lists outside of a folder has arrived.
func newMessage(c *workload.Call) (workload.Result, error) {
	box := boxOf(&c.Self)
	if box == nil {
		return c.Next()
	}
	if c.Media != nil {
		body, err := readMIME(c)
		if err != nil {
			return workload.Result{}, err
		}
		c.Body = body
	}
	body := c.Body.Clone()
	if c.Self.Type.Is(user) {
		name := "drafts"
		if c.Loading() && !body.Bool("isDraft") {
			name = "inbox"
			body.Set("isDraft", "false")
		}
		folder, err := folderOf(c, box, name)
		if err != nil {
			return workload.Result{}, err
		}
		c.Self = folder
		c.Nav, _ = folder.Type.Navigation("messages")
	}
	body.Set("parentFolderId", value.String(c.Self.Text("id")))
	if !c.Loading() {
		completed(c, &body)
	}
	c.Body = stamped(c, box, body)
	return c.Next()
}

// updateMessage completes what a change of a message gives, as newMessage does.
func updateMessage(c *workload.Call) (workload.Result, error) {
	body := c.Body.Clone()
	completed(c, &body)
	c.Body = body
	return c.Next()
}

// completed gives recipients the names that they lack (B-13.4), and a body without content
// an empty one.
func completed(c *workload.Call, body *value.Members) {
	for _, name := range [...]string{"toRecipients", "ccRecipients", "bccRecipients", "replyTo"} {
		list, ok := body.Get(name)
		if !ok || list.Kind() != value.KindArray {
			continue
		}
		all := []value.Raw{}
		for one := range list.Elements() {
			all = append(all, recipientNamed(c, one))
		}
		body.Set(name, value.Array(all...))
	}
	for _, name := range [...]string{"from", "sender"} {
		if one, ok := body.Get(name); ok {
			body.Set(name, recipientNamed(c, one))
		}
	}
	if text, ok := body.Get("body"); ok && text.Kind() == value.KindObject {
		m := text.Members()
		if content, ok := m.Get("content"); ok && content.IsNull() {
			m.Set("content", `""`)
			body.Set("body", m.Object())
		}
	}
}

// recipientNamed gives a recipient without a name the display name of the user who has the address,
// else the address (B-13.4).
func recipientNamed(c *workload.Call, one value.Raw) value.Raw {
	if one.Kind() != value.KindObject {
		return one
	}
	m := one.Members()
	raw, _ := m.Get("emailAddress")
	address := raw.Members().Text("address")
	if address == "" || raw.Members().Text("name") != "" {
		return one
	}
	name := address
	for _, by := range [...]string{"mail", "userPrincipalName"} {
		for ref := range c.Tx.Lookup(workload.IndexOf(user, by), address) {
			e, _ := c.Tx.Get(ref)
			name = cmp.Or(e.Object.Members().Text("displayName"), name)
		}
	}
	full := raw.Members()
	full.Set("name", value.String(name))
	m.Set("emailAddress", full.Object())
	return m.Object()
}

// conversationIndex is the header of a conversation: 01, the five high bytes of the time
// as Windows counts it, and a GUID (B-13.7).
func conversationIndex(c *workload.Call) value.Raw {
	const epoch = 11644473600 // seconds from 1601 to 1970
	ticks := uint64(c.Now().Unix()+epoch)*10_000_000 + uint64(c.Now().Nanosecond()/100)
	head := binary.BigEndian.AppendUint64([]byte{1}, ticks)[:6]
	id, _ := value.GUIDBytes(c.Tx.NewGUID())
	return value.String(base64.StdEncoding.EncodeToString(append(head, id[:]...)))
}

// stamped are the members of a message with what the service fills in (B-12.12, C-9.5).
func stamped(c *workload.Call, box *workload.Node, body value.Members) value.Members {
	now := value.Time(c.Now())
	body.SetMissing("isDraft", "true")
	draft, _ := body.Get("isDraft")
	body.SetMissing("isRead", draft)
	body.SetMissing("receivedDateTime", now)
	body.SetMissing("sentDateTime", now)
	if draft != "true" && !c.Loading() { // a draft has no sender yet
		body.SetMissing("from", recipient(box.Text("displayName"), addressOf(box)))
		from, _ := body.Get("from")
		body.SetMissing("sender", from)
	}
	_, domain, _ := strings.Cut(addressOf(box), "@")
	body.SetMissing("internetMessageId", value.String("<"+c.Tx.NewGUID()+"@"+domain+">"))
	body.SetMissing("conversationIndex", conversationIndex(c))
	body.SetMissing("conversationId", value.String("AAQk"+base64.RawURLEncoding.EncodeToString([]byte(c.Tx.NewGUID()))))
	return body
}

// addressOf is where a user gets mail.
func addressOf(u interface{ Text(name string) string }) string {
	return cmp.Or(u.Text("mail"), u.Text("userPrincipalName"))
}

// readItem shows what follows from a message or an event: its change key, whether
// something is attached (B-12.15), how it begins, where Outlook shows it.
func readItem(link func(*workload.Entity) string) workload.Func {
	return func(c *workload.Call) (workload.Result, error) {
		res, err := changeKey(c)
		if err != nil || res.One == nil || res.One.Ref <= 0 {
			return res, err
		}
		one := res.One
		body, _ := one.Get("body")
		members := body.Members()
		text, kind := members.Text("content"), members.Text("contentType")
		one.Show(value.Member{Name: "hasAttachments", Value: value.Bool(attached(c.Tx, one.Ref))},
			value.Member{Name: "webLink", Value: value.String(link(one))})
		if one.Bool("isDraft") { // nobody has sent it yet
			for _, name := range [...]string{"from", "sender"} {
				if by, _ := one.Get(name); by.IsNull() {
					one.Show(value.Member{Name: name})
				}
			}
		}
		if text != "" || one.Text("bodyPreview") == "" {
			one.Show(value.Member{Name: "bodyPreview", Value: value.String(preview(text, strings.EqualFold(kind, "html")))})
		}
		return res, nil
	}
}

const outlookHost = "https://outlook.office365.com"

// messageLink is where Outlook shows a message (B-13.10).
func messageLink(e *workload.Entity) string {
	return outlookHost + "/owa/?ItemID=" + url.QueryEscape(e.Text("id")) + "&exvsurl=1&viewmodel=ReadMessageItem"
}

// eventLink is where Outlook shows an event; one of a group has another address (R-X6).
func eventLink(e *workload.Entity) string {
	id := e.Text("id")
	if g := groupOf(&e.Node); g != nil {
		alias, domain, _ := strings.Cut(g.Text("mail"), "@")
		return outlookHost + "/calendar/deeplink/read/group/" + domain + "/" + cmp.Or(g.Text("mailNickname"), alias) + "/" + ewsID.Replace(id)
	}
	return outlookHost + "/owa/?itemid=" + url.QueryEscape(id) + "&exvsurl=1&path=/calendar/item"
}

// attached reports whether a message has attachments that are not shown in its text.
func attached(tx *store.Reader, message store.Ref) bool {
	for ref := range tx.Members(message, "attachments", 0) {
		e, _ := tx.Get(ref)
		if !e.Object.Bool("isInline") {
			return true
		}
	}
	return false
}

// previewed is how many letters of a text stand in bodyPreview.
const previewed = 255

// preview is how a text begins.
func preview(text string, markup bool) string {
	if markup {
		var b strings.Builder
		for text != "" && b.Len() < 8*previewed {
			plain, rest, _ := strings.Cut(text, "<")
			b.WriteString(plain)
			_, text, _ = strings.Cut(rest, ">")
		}
		text = html.UnescapeString(b.String())
	}
	text = strings.TrimSpace(text)
	for n := range text {
		if utf8.RuneCountInString(text[:n]) == previewed {
			return text[:n]
		}
		if n > 4*previewed {
			break
		}
	}
	return text
}

// discard puts a message into Deleted Items under another id; one that lies there already
// goes for good (B-4.33).
func discard(c *workload.Call) (workload.Result, error) {
	box := boxOf(&c.Self)
	if !c.Self.Exists || c.Self.Ref == workload.NoRef || box == nil || !c.Owned() {
		return c.Next()
	}
	bin, err := folderOf(c, box, "deleteditems")
	if err != nil {
		return workload.Result{}, err
	}
	for ref, ok := c.Self.Ref, true; ok && ref > 0; ref, _, _, ok = c.Tx.Owner(ref) {
		if ref == bin.Ref {
			return c.Next()
		}
	}
	_, err = moved(c, &bin, "messages", newID(c), nil)
	return workload.Result{}, err
}

// purge deletes an item for good.
func purge(c *workload.Call) (workload.Result, error) {
	if !c.Self.Exists || c.Self.Ref <= 0 {
		return c.Next()
	}
	return workload.Result{}, c.System.Purge(c, &c.Self)
}

// moved takes Self to another folder and changes members of it.
func moved(c *workload.Call, to *workload.Node, nav, id string, changed value.Members) (workload.Node, error) {
	n := c.Self
	if err := c.System.Move(c, &n, to, nav, id); err != nil {
		return n, err
	}
	if err := renameParts(c, &n, id); err != nil {
		return n, err
	}
	parent := to.Text("id")
	if to.Type.Is(user) {
		parent = rootID
	}
	changed.Set("parentFolderId", value.String(parent))
	return n, c.System.Write(c, &n, changed)
}

// renameParts gives the attachments of an item that got an id the ids that follow from it
// (B-13.11).
func renameParts(c *workload.Call, n *workload.Node, id string) error {
	if id == "" {
		return nil
	}
	var keys []string
	for ref := range c.Tx.Members(n.Ref, "attachments", 0) {
		_, _, key, _ := c.Tx.Owner(ref)
		keys = append(keys, key)
	}
	for _, key := range keys {
		part, err := c.System.Member(c, n, "attachments", key)
		if err != nil {
			return err
		}
		if err := c.System.Move(c, &part, n, "attachments", workload.ExchangeID(workload.ExchangePart, c.Tx.NewGUID(), id)); err != nil {
			return err
		}
	}
	return nil
}

var errNoRecipients = &grapherr.Error{Status: 400, Code: "ErrorInvalidRecipients",
	Message: "At least one recipient isn't valid., A message can't be sent because it contains no recipients."}
