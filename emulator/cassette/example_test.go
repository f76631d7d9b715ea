package cassette_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/cassette"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	emu, err := emulator.New() // the service, for the example
	if err != nil {
		fmt.Println(err)
		return
	}
	defer emu.Close()
	for _, mode := range []cassette.Mode{cassette.Once, cassette.None} {
		tape, err := cassette.Open(filepath.Join(dir, "session.yaml"), mode)
		if err != nil {
			fmt.Println(err)
			return
		}
		client := &http.Client{Transport: tape.Transport(emu.Transport())}
		resp, err := client.Get("https://graph.microsoft.com/v1.0/me/presence/availability/$value")
		if err != nil {
			fmt.Println(err)
			return
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		fmt.Println(tape.Mode(), string(body))
		if err := tape.Close(); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// all Offline
	// none Offline
}
