package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/graph-emulator/graph-emulator/internal/admin"
	"github.com/graph-emulator/graph-emulator/internal/options"
)

func (p *program) healthCommand() *cli.Command {
	where := options.Only(whereNames...)
	return p.command(&cli.Command{
		Usage: "ask a running server whether it answers",
		Description: `Ends with 0 if the server answers and with 1 if not. Without --url it asks the
server of the ready file, if one is named, else the one that serve would start
here: the same flags, variables and configuration file tell its address.

Examples:
  graph-emulator health
  graph-emulator health --url http://127.0.0.1:8123`,
		Flags: append(flags(where),
			&cli.StringFlag{Name: "url", Usage: "ask the server at `URL` [$" + options.Variable("url") + "]"},
			&cli.DurationFlag{Name: "timeout", Usage: "wait at most `TIME`", Value: 2 * time.Second}),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			if err := noArguments(cmd); err != nil {
				return err
			}
			url, err := p.healthURL(cmd, where)
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(ctx, cmd.Duration("timeout"))
			defer cancel()
			if err := askHealth(ctx, url); err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.stdout, "ok: %s\n", url)
			return err
		},
	})
}

// whereNames are the options that say where the server is.
var whereNames = []string{"listen", "ready-file"}

func (p *program) healthURL(cmd *cli.Command, where []options.Option) (string, error) {
	url, from := cmd.String("url"), "--url"
	if url == "" {
		url, from = p.getenv(options.Variable("url")), options.Variable("url")
	}
	if url != "" {
		if err := options.CheckURL(url); err != nil {
			return "", badInputf("%s: %w", from, err)
		}
		return strings.TrimRight(url, "/"), nil
	}
	s, err := p.resolve(cmd, where)
	if err != nil {
		return "", err
	}
	if !s.Given("ready-file") {
		return reachable(s.Text("listen")), nil
	}
	ready := s.Text("ready-file")
	f, err := os.Open(ready)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("no server is ready: %s is not there", ready)
	}
	if err != nil {
		return "", fmt.Errorf("--ready-file: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Scan()
	if err := options.CheckURL(lines.Text()); err != nil {
		return "", fmt.Errorf("%s: %w", ready, err)
	}
	return lines.Text(), nil
}

// askHealth goes straight to the server: a proxy of the environment is meant
// for the world and not for it.
func askHealth(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+admin.Prefix+"/health", nil)
	if err != nil {
		return &badInput{err}
	}
	transport := &http.Transport{DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", req.URL, resp.Status)
	}
	return nil
}
