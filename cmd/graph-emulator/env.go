package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/graph-emulator/graph-emulator/internal/options"
)

// formats are the forms that env can print.
var formats = []string{"sh", "powershell", "dotenv", "json"}

// asking is how long commands wait for a server that is there.
const asking = 10 * time.Second

func (p *program) envCommand() *cli.Command {
	where := options.Only(whereNames...)
	return p.command(&cli.Command{
		Usage:     "print variables and snippets that point clients at a running server",
		ArgsUsage: "[CLIENT]",
		Description: `Without CLIENT all variables, with it those that the client reads and how it is
pointed in code. The CA and a bundle of it with the roots of this system are
written to a folder, because most clients take a file. The server is found as
health finds it.

CLIENT is one of ` + clientList + `.

Examples:
  eval "$(graph-emulator env)"
  graph-emulator env go
  graph-emulator env --format powershell | Invoke-Expression
  graph-emulator env --format dotenv --dir ./certs > .env`,
		Flags: append(flags(where),
			&cli.StringFlag{Name: "url", Usage: "point at the server at `URL` [$" + options.Variable("url") + "]"},
			&cli.StringFlag{Name: "format", Usage: "print as `FORMAT` (" + strings.Join(formats, ", ") + ")", Value: "sh"},
			&cli.StringFlag{Name: "dir", Usage: "write the files for clients to `DIR`; without it to a folder of the user's cache"}),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			if cmd.Args().Len() > 1 {
				return badInputf("unexpected argument %q; %s --help lists the flags", cmd.Args().Get(1), cmd.FullName())
			}
			format, client := cmd.String("format"), cmd.Args().First()
			if !slices.Contains(formats, format) {
				return badInputf("--format: %q is not one of %s", format, strings.Join(formats, ", "))
			}
			if client != "" && !slices.Contains(strings.Split(clientList, ", "), client) {
				return badInputf("unknown client %q; there are %s", client, clientList)
			}
			url, err := p.healthURL(cmd, where)
			if err != nil {
				return err
			}
			return p.env(ctx, url, cmd.String("dir"), client, format)
		},
	})
}

// clientList is what clients.yaml has, for --help: that should not read the file.
const clientList = "go, js, dotnet, java, python, php, powershell, terraform, az, m365, pnp, rclone, browser, curl"

func (p *program) env(ctx context.Context, url, dir, client, format string) error {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	r, err := reach(url)
	if err != nil {
		return &badInput{err}
	}
	defer r.close()
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return badInputf("there is no folder for the files of clients (%w); name one with --dir", err)
		}
		dir = filepath.Join(cache, "graph-emulator", r.port)
	}
	a, err := r.point(ctx, dir, p.getenv)
	if err != nil {
		return fmt.Errorf("%w; env asks a server that runs, exec starts one", err)
	}
	k, err := a.fill()
	if err != nil {
		return err
	}
	text, err := k.print(client, format)
	if err != nil {
		return err
	}
	_, err = p.stdout.Write(text)
	return err
}

// print writes the variables, and of one client how it is pointed.
func (k *kit) print(client, format string) ([]byte, error) {
	settings, one := k.settings, &way{}
	for i := range k.ways {
		if k.ways[i].Name == client {
			one = &k.ways[i]
			settings = one.settings
		}
	}
	var out bytes.Buffer
	if format == "json" {
		return k.json(settings, one)
	}
	if one.Title != "" {
		fmt.Fprintf(&out, "# %s\n", one.Title)
	}
	for _, s := range settings {
		switch format {
		case "powershell":
			fmt.Fprintf(&out, "$env:%s = '%s'\n", s.Name, strings.ReplaceAll(s.Value, "'", "''"))
		case "dotenv":
			fmt.Fprintf(&out, "%s=\"%s\"\n", s.Name, strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`).Replace(s.Value))
		default:
			fmt.Fprintf(&out, "export %s='%s'\n", s.Name, strings.ReplaceAll(s.Value, "'", `'\''`))
		}
	}
	for _, text := range []string{one.Snippet, one.Note} {
		if text != "" {
			out.WriteString("#\n")
		}
		for line := range strings.Lines(text) {
			out.WriteString(strings.TrimRight("# "+strings.TrimRight(line, "\n"), " ") + "\n")
		}
	}
	return out.Bytes(), nil
}

// json writes the same for programs: of one client, or of all.
func (k *kit) json(settings []setting, one *way) ([]byte, error) {
	object := func(list []setting) map[string]string {
		m := map[string]string{}
		for _, s := range list {
			m[s.Name] = s.Value
		}
		return m
	}
	doc := map[string]any{"variables": object(settings)}
	describe := func(w *way) map[string]any {
		return map[string]any{"title": w.Title, "variables": object(w.settings), "snippet": w.Snippet, "note": w.Note}
	}
	if one.Name != "" {
		doc = describe(one)
	} else {
		all := map[string]any{}
		for i := range k.ways {
			all[k.ways[i].Name] = describe(&k.ways[i])
		}
		doc["clients"] = all
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(doc)
	return out.Bytes(), err
}
