package files

import (
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/sharepoint"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// epoch is when the tenant's own site was made.
var epoch = time.Date(2021, 3, 1, 8, 0, 0, 0, time.UTC)

// since is when the library was made: with whom it belongs to.
func (o *owner) since() value.Raw {
	if at, ok := o.of.Get("createdDateTime"); ok && !at.IsNull() {
		return at
	}
	return value.Time(epoch)
}

// title is the name of the library.
func (o *owner) title() string {
	if o.main {
		return "Documents"
	}
	raw, _ := o.list.Get("displayName")
	text, _ := raw.Text()
	return text
}

// group is the group that a library belongs to.
func (o *owner) group() (value.Object, bool) {
	if o.ref == 0 || o.of.Type() != "microsoft.graph.group" {
		return value.Object{}, false
	}
	return o.of, true
}

// address is the webUrl of a library (B-14.2, B-14.32).
func address(tx *store.Reader, s workload.Switches, o *owner) string {
	hosts := sharepoint.HostsOf(tx, s)
	if o.kind == business {
		return "https://" + hosts.Personal + "/personal/" + sharepoint.PersonalName(text(o.of, "userPrincipalName")) + "/Documents"
	}
	at := "https://" + hosts.Sites
	switch {
	case o.ref == 0:
	case o.of.Type() == "microsoft.graph.group":
		at += "/sites/" + sharepoint.EscapePath(text(o.of, "mailNickname"))
	default:
		if own := text(o.of, "webUrl"); own != "" {
			at = own
		}
	}
	if o.main {
		return at + "/Shared%20Documents"
	}
	name := text(o.list, "name")
	if name == "" {
		name = text(o.list, "displayName")
	}
	return at + "/" + sharepoint.EscapePath(name)
}

func text(o value.Object, name string) string {
	raw, _ := o.Get(name)
	s, _ := raw.Text()
	return s
}

// identityOf is a user or a group as an identity. mail says under which name the address
// stands.
func identityOf(o value.Object, mail string) value.Raw {
	var m value.Members
	address := text(o, "mail")
	if address == "" {
		address = text(o, "userPrincipalName")
	}
	if address != "" {
		m.Set(mail, value.String(address))
	}
	m.Set("id", value.String(text(o, "id")))
	m.Set("displayName", value.String(text(o, "displayName")))
	return m.Object()
}

// by is the caller as who made or changed an item (B-14.31).
func by(c *workload.Call) value.Raw {
	var m value.Members
	if _, e, ok := byID(c.Tx, "users", c.Caller.User); ok && c.Caller.User != "" {
		m.Set("user", identityOf(e.Object, "email"))
		return m.Object()
	}
	if c.Caller.App != "" {
		app := value.Members{{Name: "id", Value: value.String(c.Caller.App)}}
		for ref := range c.Tx.Lookup(workload.IndexOf("microsoft.graph.servicePrincipal", "appId"), c.Caller.App) {
			e, _ := c.Tx.Get(ref)
			app.Set("displayName", value.String(text(e.Object, "displayName")))
		}
		m.Set("application", app.Object())
	}
	m.Set("user", `{"displayName":"SharePoint App"}`)
	return m.Object()
}

// mimes are the media types that OneDrive gives to files by the ends of their names (B-14.27).
var mimes = map[string]string{
	"7z": "application/x-7z-compressed", "avi": "video/x-msvideo", "bmp": "image/bmp", "css": "text/css", "csv": "text/csv",
	"doc":  "application/msword",
	"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"eml":  "message/rfc822", "gif": "image/gif", "gz": "application/x-gzip", "heic": "image/heic", "htm": "text/html", "html": "text/html", "ico": "image/x-icon",
	"jpeg": "image/jpeg", "jpg": "image/jpeg", "js": "application/javascript", "json": "application/json", "log": "text/plain", "m4a": "audio/mp4", "md": "text/markdown",
	"mov": "video/quicktime", "mp3": "audio/mpeg", "mp4": "video/mp4", "mpg": "video/mpeg", "msg": "application/vnd.ms-outlook",
	"odp": "application/vnd.oasis.opendocument.presentation", "ods": "application/vnd.oasis.opendocument.spreadsheet", "odt": "application/vnd.oasis.opendocument.text",
	"one": "application/msonenote", "pdf": "application/pdf", "png": "image/png", "ppt": "application/vnd.ms-powerpoint",
	"pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation", "rar": "application/x-rar-compressed", "rtf": "application/rtf",
	"svg": "image/svg+xml", "tif": "image/tiff", "tiff": "image/tiff", "txt": "text/plain", "wav": "audio/wav", "webm": "video/webm", "webp": "image/webp",
	"xls": "application/vnd.ms-excel", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xml": "text/xml", "zip": "application/x-zip-compressed",
}

func mimeOf(name string) string {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		if t, ok := mimes[strings.ToLower(name[i+1:])]; ok {
			return t
		}
	}
	return "application/octet-stream"
}

// office are the ends of names whose addresses open an editor (B-14.32).
var office = map[string]bool{"doc": true, "docx": true, "xls": true, "xlsx": true, "ppt": true, "pptx": true}

func isOffice(name string) bool {
	i := strings.LastIndexByte(name, '.')
	return i >= 0 && office[strings.ToLower(name[i+1:])]
}
