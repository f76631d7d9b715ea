// Package sendmail is code that sends a mail by Microsoft Graph, and a test that asserts
// what it sent. Only the base URL and the HTTP client tell the emulator from the service.
package sendmail

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

type (
	mail struct {
		Message message `json:"message"`
	}
	message struct {
		Subject      string      `json:"subject"`
		Body         text        `json:"body"`
		ToRecipients []recipient `json:"toRecipients"`
	}
	text struct {
		ContentType string `json:"contentType"`
		Content     string `json:"content"`
	}
	recipient struct {
		EmailAddress address `json:"emailAddress"`
	}
	address struct {
		Address string `json:"address"`
	}
)

// Report mails a report as the user whose token client sends. graph is the base URL of a
// version, "https://graph.microsoft.com/v1.0".
func Report(ctx context.Context, client *http.Client, graph, subject, content string, to ...string) error {
	m := mail{Message: message{Subject: subject, Body: text{ContentType: "text", Content: content}, ToRecipients: []recipient{}}}
	for _, a := range to {
		m.Message.ToRecipients = append(m.Message.ToRecipients, recipient{address{a}})
	}
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, graph+"/me/sendMail", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		return fmt.Errorf("sendMail: %s", resp.Status)
	}
	return nil
}
