// Presence creates and changes a presence on a running server, with net/http and nothing
// else: start one with "graph-emulator serve", then "go run ./examples/presence".
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	server := flag.String("url", "http://127.0.0.1:3650", "address of the server")
	flag.Parse()
	if err := run(context.Background(), *server, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "presence:", err)
		os.Exit(1)
	}
}

// run makes the calls one after the other and prints the answers.
func run(ctx context.Context, server string, out io.Writer) error {
	for _, c := range []struct{ method, path, body string }{
		{http.MethodPost, "/beta/communications/presences", `{"availability": "Busy", "activity": "InACall"}`},
		{http.MethodPatch, "/beta/communications/presences", `{"availability": "Away", "activity": "Away"}`},
		{http.MethodGet, "/v1.0/me/presence/availability/$value", ""},
	} {
		status, answer, err := call(ctx, c.method, server+c.path, c.body)
		if err != nil {
			return err
		}
		if status >= 400 {
			return fmt.Errorf("%s %s: %d %s", c.method, c.path, status, answer)
		}
		fmt.Fprintln(out, c.method, c.path, status, answer)
	}
	return nil
}

func call(ctx context.Context, method, url, body string) (status int, answer string, err error) {
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), err
}
