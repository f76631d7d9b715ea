// Package media lists what takes content in JSON's stead: messages as MIME, OneNote
// pages as HTML, Teams apps as archives.
package media

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

const (
	message = "microsoft.graph.message"
	user    = "microsoft.graph.user"
	app     = "microsoft.graph.teamsApp"
)

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	mime := []string{"text/plain"} // base64 of a MIME message (B-4.49)
	archive := []string{"application/zip"}
	return workload.Workload{
		Name: "media",
		Takes: []workload.Take{
			{Type: message, Verb: bind.Create, Media: mime},
			{Type: message, Verb: bind.Invoke("reply"), Media: mime},
			{Type: message, Verb: bind.Invoke("replyAll"), Media: mime},
			{Type: message, Verb: bind.Invoke("forward"), Media: mime},
			{Type: message, Verb: bind.Invoke("createReply"), Media: mime},
			{Type: message, Verb: bind.Invoke("createReplyAll"), Media: mime},
			{Type: message, Verb: bind.Invoke("createForward"), Media: mime},
			{Type: user, Verb: bind.Invoke("sendMail"), Media: mime},
			{Type: app, Verb: bind.Create, Media: archive},
			{Type: "microsoft.graph.teamsAppDefinition", Verb: bind.Create, Media: archive},
			{Type: "microsoft.graph.trustFrameworkPolicy", Verb: bind.Create, Media: []string{"application/xml", "text/xml"}},
			{Type: "microsoft.graph.onenotePage", Verb: bind.Create,
				Media: []string{"text/html", "application/xhtml+xml", "multipart/form-data"}},
		},
	}
}
