package scrub

import (
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
)

// TestForms: the stand-in of an id has the length, the alphabet and the prefix of the id, and
// is its own stand-in.
func TestForms(t *testing.T) {
	const mailbox = "a53b24cf-2919-452f-b95e-278d9b780636"
	message := base64.RawURLEncoding.EncodeToString([]byte("\x00\x03\x24\x00" + mailbox + "\x00\x46\x00\x00\x00\x00\x00\x22\x43\xc5\xbd\xeb\xb0\x7b\x4c\xa0\x63\x83\x1f\x6b\x54\x45\x11\x07\x00\x22"))
	for _, tt := range []struct{ id, want string }{
		{message + "=", `AAMkA[A-Za-z0-9_-]+=`},
		{"AQMkADAwATMwMAItMDEwMC0wMAItMDACLTAwCgBGAAADsvKq5V6Yw0eAZ0lVPZMrqwcA1QtfJ5G8K0W8pBAtjaDqiAAAAgEMAAAA", `AQMk[A-Za-z0-9_-]+`},
		{"19:901a47e951fe46dcb21c96e0d908571f@thread.tacv2", `19:[0-9a-f]{32}@thread\.tacv2`},
		{"19:fUgbfnATY7HANBQCL3rvvVF8oh1-gBN_mjoshBaGixe3@thread.tacv2", `19:[a-z][A-Z][A-Za-z0-9]{25}-[a-z][A-Z]{2}_[A-Za-z]{11}\d@thread\.tacv2`},
		{"19%3A901a47e951fe46dcb21c96e0d908571f%40thread.v2", `19%3A[0-9a-f]{32}%40thread\.v2`},
		{"19:meeting_ZTk3Y2U4MjEtOTYwNy00YjQ4LWI0ZTYtNTk2NWY5ZjM0YTEx@thread.v2", `19:meeting_[A-Za-z0-9]{48}@thread\.v2`},
		{"19:meeting_fUgbfnATY7HANBQCL3rvvVF8oh1xgBNx@thread.v2", `19:meeting_[A-Za-z0-9]{32}@thread\.v2`},
		{"19:" + ida + "_" + mailbox + "@unq.gbl.spaces", `19:[0-9a-f-]{36}_[0-9a-f-]{36}@unq\.gbl\.spaces`},
		{"b!PK0o-NER92MgEyyu5B-0xtbbuXgG8vaEgK-v-aSafUjjexIKzblZAgeyNMnvMySY", `b![A-Za-z0-9_-]{64}`},
		{"01N6EGFVCQVIUG2AIVGUJDV7CRZZDAZWXQ", `01N6EGFV[A-Z2-7]{26}`},
		{"S-1-12-1-1234567890-1234567891-1234567892-1234567893", `S-1-12-1(-\d{1,10}){4}`},
		{"contoso.sharepoint.com,4f9a775a-e331-4e29-a0ae-de30ea9ef0da,18afcffb-a0d8-4432-83b4-ec1ce7891159", `t[0-9a-f]{14}\.sharepoint\.com,[0-9a-f-]{36},[0-9a-f-]{36}`},
		{`W/"JDEwMjg2YjQ4LTY1ZTItNGY3Yy1iYzFlLTVmY2Q5ZTZiZmE1Yw=="`, `W/"[A-Za-z0-9]{50}=="`},
		{`"{1F0C4E7A-93B5-4D28-A6E1-5C7B90D2F384},4"`, `"\{[0-9A-F-]{36}\},4"`},
	} {
		s := scrubber(t)
		got := s.Text(tt.id)
		if got == tt.id || !regexp.MustCompile("^"+tt.want+"$").MatchString(got) {
			t.Errorf("%s\nbecomes %s", tt.id, got)
		}
		if len(got) != len(tt.id) && !strings.HasPrefix(tt.id, "S-") && !strings.HasPrefix(tt.id, "contoso") {
			t.Errorf("%s\nbecomes %s, which is not as long", tt.id, got)
		}
		if again := scrubber(t).Text(got); again != got {
			t.Errorf("%s\nbecomes %s\nand then %s", tt.id, got, again)
		}
		if other := scrubber(t, WithKey("another")).Text(tt.id); other == got {
			t.Errorf("%s: the key makes no difference", tt.id)
		}
		if bare := scrubber(t, WithoutPseudonyms()).Text(tt.id); bare != tt.id {
			t.Errorf("%s without pseudonyms becomes %s", tt.id, bare)
		}
		if inside := s.Text("https://graph.microsoft.com/v1.0/x/" + tt.id + "/y"); !strings.HasPrefix(tt.id, "AAMk") && inside != "https://graph.microsoft.com/v1.0/x/"+got+"/y" {
			t.Errorf("%s\nin a URL becomes %s", tt.id, inside)
		}
	}
	for _, stays := range []string{"1650894590215", "19:30 at the pier", "AAMkAGI2NGVhZTVl", "01N6"} {
		if got := scrubber(t).Text(stays); got != stays {
			t.Errorf("%s becomes %s", stays, got)
		}
	}
}

// TestFormsHoldGUIDs: the GUID that several ids hold has one stand-in.
func TestFormsHoldGUIDs(t *testing.T) {
	s := scrubber(t)
	const mailbox = "a53b24cf-2919-452f-b95e-278d9b780636"
	id := base64.RawURLEncoding.EncodeToString([]byte("\x00\x03\x24\x00" + mailbox + "\x00\x46\x00\x00\x00\x00\x00\x22\x43\xc5\xbd\xeb"))
	raw, err := base64.RawURLEncoding.DecodeString(s.Text(id))
	if err != nil || !strings.Contains(string(raw), s.guid(mailbox)) {
		t.Errorf("%q, %v", raw, err)
	}
	// c26302f8-02f8-c263-f802-63c2f80263c2 as four numbers
	if got, want := s.Text("S-1-12-1-3261268728-3261268728-3261268728-3261268728"), s.Text(ida); !strings.HasPrefix(got, "S-1-12-1-") || want == ida {
		t.Errorf("%s, %s", got, want)
	}
	if got, want := s.Text("19:"+mailbox+"_"+ida+"@unq.gbl.spaces"), "19:"+s.guid(mailbox)+"_"+s.guid(ida)+"@unq.gbl.spaces"; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}
