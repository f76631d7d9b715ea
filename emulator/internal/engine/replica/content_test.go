package replica_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

// What the consistency simulation keeps of content that was replaced is limited.
func TestFaultA15ReplacedContent(t *testing.T) {
	const size = 16 << 20
	emu := emulatortest.New(t, emulator.WithConsistency(emulator.Eventual(time.Hour)))
	var drive struct{ ID string }
	w := emulatortest.Do(emu, "POST", "/v1.0/drives", `{"name":"Hold","root":{"name":"root"}}`)
	if err := json.Unmarshal(w.Body.Bytes(), &drive); err != nil {
		t.Fatal(err)
	}
	put := func() {
		r := httptest.NewRequest("PUT", "/v1.0/drives/"+drive.ID+"/root:/a.bin:/content", bytes.NewReader(make([]byte, size)))
		r.Header.Set("Content-Type", "application/octet-stream")
		w := httptest.NewRecorder()
		emu.ServeHTTP(w, r)
		if w.Code != 200 && w.Code != 201 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		r = httptest.NewRequest("PATCH", "/v1.0/users/"+emulatortest.Ida, strings.NewReader(fmt.Sprintf(`{"city":"x%d"}`, time.Now().UnixNano())))
		r.Header.Set("Content-Type", "application/json")
		emu.ServeHTTP(httptest.NewRecorder(), r)
	}
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	for range 20 {
		put()
	}
	if after := heap(); after > before+160<<20 {
		t.Errorf("%d MB are kept of 20 times 16 MiB", (after-before)>>20)
	}
}
