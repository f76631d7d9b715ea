package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v3"
)

// manualName is the command that needs all others.
const manualName = "manual"

func (p *program) manualCommand() *cli.Command {
	return p.command(&cli.Command{
		Usage: "print the manual page (roff), made from the help of all commands",
		Description: `Examples:
  graph-emulator manual | man -l -
  graph-emulator manual > /usr/local/share/man/man1/graph-emulator.1`,
		Action: func(_ context.Context, cmd *cli.Command) error {
			if err := noArguments(cmd); err != nil {
				return err
			}
			var page strings.Builder
			root := cmd.Root()
			fmt.Fprintf(&page, ".TH GRAPH-EMULATOR 1\n.SH NAME\n%s \\- %s\n", roff(root.Name), roff(root.Usage))
			page.WriteString(".SH SYNOPSIS\n.B graph-emulator\n.I command\n[flag]... [argument]...\n")
			fmt.Fprintf(&page, ".SH DESCRIPTION\n%s", prose(root.Description))
			page.WriteString(".SH COMMANDS\n")
			for _, c := range root.Commands {
				manualOf(&page, c, "")
			}
			_, err := io.WriteString(p.stdout, page.String())
			return err
		},
	})
}

// manualOf writes what the help of a command says, and of the commands below it.
func manualOf(page *strings.Builder, c *cli.Command, above string) {
	if c.Hidden || c.Name == "help" {
		return
	}
	name := strings.TrimSpace(above + " " + c.Name)
	fmt.Fprintf(page, ".SS %s\n%s.\n", roff(strings.TrimSpace(name+" "+c.ArgsUsage)), roff(strings.ToUpper(c.Usage[:1])+c.Usage[1:]))
	if c.Description != "" {
		fmt.Fprintf(page, ".PP\n%s", prose(c.Description))
	}
	for _, f := range c.VisibleFlags() {
		var names []string
		for _, n := range f.Names() {
			names = append(names, strings.Repeat("-", min(len(n), 2))+n)
		}
		usage := ""
		if d, ok := f.(cli.DocGenerationFlag); ok {
			usage = d.GetUsage()
		}
		fmt.Fprintf(page, ".TP\n\\fB%s\\fR\n%s\n", roff(strings.Join(names, ", ")), roff(strings.ReplaceAll(usage, "`", "")))
	}
	for _, sub := range c.Commands {
		manualOf(page, sub, name)
	}
}

// prose writes a text with its line breaks: lists and examples depend on them.
func prose(text string) string {
	var b strings.Builder
	b.WriteString(".nf\n")
	for line := range strings.Lines(text) {
		b.WriteString(roff(strings.TrimRight(line, "\n")) + "\n")
	}
	b.WriteString(".fi\n")
	return b.String()
}

// roff escapes a text.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}
