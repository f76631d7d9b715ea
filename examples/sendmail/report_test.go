package sendmail_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/graphtest"
	"github.com/graph-emulator/graph-emulator/examples/sendmail"
)

// TestReport asserts what was asked of Graph: one mail, its subject and its recipient.
func TestReport(t *testing.T) {
	srv := graphtest.Start(t)
	if err := sendmail.Report(t.Context(), srv.Client(), srv.GraphURL("v1.0"), "Night shift", "All quiet.", "ida@northgale.test"); err != nil {
		t.Fatal(err)
	}

	sent := srv.RequestsTo("POST /me/sendMail")
	if len(sent) != 1 {
		t.Fatalf("%d mails were sent", len(sent))
	}
	var got struct {
		Message struct {
			Subject      string
			ToRecipients []struct{ EmailAddress struct{ Address string } }
		}
	}
	if err := json.Unmarshal(sent[0].Body, &got); err != nil {
		t.Fatal(err)
	}
	if got.Message.Subject != "Night shift" {
		t.Errorf("subject %q", got.Message.Subject)
	}
	if to := got.Message.ToRecipients; len(to) != 1 || to[0].EmailAddress.Address != "ida@northgale.test" {
		t.Errorf("recipients %v", to)
	}
}

// TestReportRefused: a stub plays a service that refuses, and the code under test says so.
func TestReportRefused(t *testing.T) {
	srv := graphtest.Start(t)
	srv.Stub(emulator.Stub{Method: http.MethodPost, Path: "/me/sendMail", Status: http.StatusForbidden, Times: 1})
	if err := sendmail.Report(t.Context(), srv.Client(), srv.GraphURL("v1.0"), "Night shift", "All quiet."); err == nil {
		t.Error("a refusal is no error")
	}
}
