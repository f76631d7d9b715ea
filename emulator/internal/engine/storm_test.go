package engine_test

import (
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// A member without a name is refused wherever it stands; once it was kept, and an export
// could not write it.
func TestMembersHaveNames(t *testing.T) {
	emu := emulatortest.New(t)
	for _, tt := range []struct{ path, body string }{
		{"/beta/onPremEncryptedPayloads", `{"":"x","encryptedBlob":"aGFyYm91cg=="}`},
		{"/v1.0/users", `{"":"x"}`},
		{"/v1.0/me/extensions", `{"@odata.type":"microsoft.graph.openTypeExtension","extensionName":"a.b","":1}`},
		{"/v1.0/me/messages", `{"subject":"x","body":{"":1}}`},
	} {
		if w := emulatortest.Do(emu, "POST", tt.path, tt.body); w.Code != 400 {
			t.Errorf("POST %s %s: %d %s", tt.path, tt.body, w.Code, w.Body)
		}
	}
	if err := emu.Export(t.Context(), t.TempDir()); err != nil {
		t.Error(err)
	}
}
