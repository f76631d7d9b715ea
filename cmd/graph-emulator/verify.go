package main

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/conversation/verify"
	"github.com/graph-emulator/graph-emulator/internal/clouds"
	"github.com/graph-emulator/graph-emulator/internal/converse"
	"github.com/graph-emulator/graph-emulator/internal/options"
)

func (p *program) verifyCommand() *cli.Command {
	options := shortLived()
	return p.command(&cli.Command{
		Usage:     "replay recorded conversations and report every difference",
		ArgsUsage: "FILE...",
		Description: `Replays each file against a fresh emulator, configured by the flags of serve and the
options in the file, or against the server at --url. Ids, versions, tokens and times
may differ. Pseudonyms are mapped to the names of the tenant; a recording of another
tenant needs the fixtures that learn writes. Requests to hosts that the emulator does
not serve (record --host) are skipped and listed. Exits with 1 if anything else differs.

With --shape the files may be of any service tenant, and of any format that import reads.
No value is compared: only which members answers have, in which order, the forms of ids and
times, headers and errors. The result is a score by area and a list of differences.

Examples:
  graph-emulator verify session.yaml
  graph-emulator verify --fixtures ./learnt --ignore /error/message *.yaml
  graph-emulator verify --format junit session.yaml > report.xml
  graph-emulator verify --url http://127.0.0.1:3650 session.yaml
  graph-emulator verify --shape --min 90 session.har`,
		Flags: append(append(append(flags(options), standInFlags()...),
			&cli.BoolFlag{Name: "shape", Usage: "compare the shape of the answers, not their values: members, forms of ids and times, headers, errors"},
			&cli.FloatFlag{Name: "min", Usage: "with --shape: fail if less than `PERCENT` of the checks of a figure pass"},
			&cli.StringFlag{Name: "url", Usage: "replay against the server at `URL` instead of a fresh emulator"},
			&cli.StringSliceFlag{Name: "ignore", Usage: "ignore differences at `PLACE`, a header or a JSON pointer in which * matches any one name; may be repeated"}),
			formFlags("output", "text", "text, json, junit; with --shape text, json, markdown")...),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			form := formOf(cmd, "output")
			if cmd.Bool("shape") {
				return p.verifyShapes(ctx, cmd, form)
			}
			if cmd.IsSet("min") {
				return badInputf("--min is for --shape")
			}
			print, ok := verifyReports[form]
			if !ok {
				return badInputf("--format: %q is not one of text, json, junit", form)
			}
			files, err := conversations(cmd)
			if err != nil {
				return err
			}
			s, err := p.resolve(cmd, options)
			if err != nil {
				return err
			}
			var all []verified
			for _, f := range files {
				v := verified{File: f.Name}
				if err := agree(cmd, f); err != nil {
					return &badInput{err}
				}
				if v.Exchanges, err = s.verify(ctx, f, cmd.String("url"), verify.Verifier{Ignore: cmd.StringSlice("ignore"), Scrub: p.standIns(cmd)}); err != nil {
					return err
				}
				all = append(all, v)
			}
			if err := print(p, all); err != nil {
				return err
			}
			if n := differing(all); n > 0 {
				return fmt.Errorf("%d of %d exchanges differ", n, counted(all))
			}
			if counted(all) == 0 {
				return badInputf("no exchange was held: there is nothing that the answers agree with")
			}
			return nil
		},
	})
}

// shortLived are the options of a server of a moment.
func shortLived() []options.Option {
	return options.Except("listen", "ready-file", "watch")
}

// conversations reads the files that a command is given.
func conversations(cmd *cli.Command) ([]*conversation.File, error) {
	if cmd.Args().Len() == 0 {
		return nil, badInputf("no file given; %s --help says what it takes", cmd.FullName())
	}
	var out []*conversation.File
	var errs []error
	for _, name := range cmd.Args().Slice() {
		f, err := conversation.ReadFile(name)
		if err != nil {
			errs = append(errs, toImport(name, err))
		}
		out = append(out, f)
	}
	if len(errs) > 0 {
		return nil, &badInput{errors.Join(errs...)}
	}
	return out, nil
}

// withoutOptions refuses conversations with options: who makes something else of what was
// answered cannot honour them.
func withoutOptions(files []*conversation.File) error {
	for _, f := range files {
		if len(f.Options) > 0 {
			return badInputf("%s:%d: options are of tests and of verify", f.Name, f.Options[0].Line)
		}
	}
	return nil
}

// agree refuses a conversation whose options are said otherwise already.
func agree(cmd *cli.Command, f *conversation.File) error {
	for _, o := range f.Options {
		for _, flag := range []string{"url", o.Name} {
			if cmd.IsSet(flag) {
				return fmt.Errorf("%s:%d: option %s: --%s says whom the conversation is held with", f.Name, o.Line, o.Name, flag)
			}
		}
	}
	return nil
}

// verify holds one conversation.
func (s *settings) verify(ctx context.Context, f *conversation.File, url string, v verify.Verifier) ([]verify.Result, error) {
	v.Base = strings.TrimSuffix(url, "/")
	if url == "" {
		opts, err := converse.Options(f)
		if err != nil {
			return nil, &badInput{err}
		}
		emu, err := s.emulator(slog.New(slog.DiscardHandler), opts...)
		if err != nil {
			return nil, err
		}
		defer emu.Close()
		v.Transport, v.Elsewhere = emu.Transport(), s.elsewhere
		v.Token = func(as string) (string, error) { return converse.Token(emu, as) }
		if f.Recording == nil {
			v.Base = "http://localhost" // an address of the emulator's own, as tests have
		}
	} else {
		if err := options.CheckURL(url); err != nil {
			return nil, badInputf("--url: %w", err)
		}
		t := &http.Transport{}
		defer t.CloseIdleConnections()
		v.Transport = t
	}
	out, err := v.Run(ctx, f)
	if err != nil && context.Cause(ctx) == nil {
		return nil, badInputf("--ignore: %w", err)
	}
	return out, err
}

// elsewhere reports whether an emulator does not stand for a host.
func (s *settings) elsewhere(host string) bool {
	same := func(name string) bool { return strings.EqualFold(name, host) }
	if u, err := url.Parse(s.Text("public-url")); err == nil && same(u.Hostname()) {
		return false
	}
	return !slices.ContainsFunc(clouds.Hosts(), same) && !slices.ContainsFunc(s.List("tls-name"), same)
}

// verified is what became of a file.
type verified struct {
	File      string          `json:"file"`
	Exchanges []verify.Result `json:"exchanges"`
}

func differing(all []verified) (n int) {
	for _, v := range all {
		for _, r := range v.Exchanges {
			if len(r.Differences) > 0 {
				n++
			}
		}
	}
	return n
}

// counted is how many exchanges were held.
func counted(all []verified) (n int) {
	for _, v := range all {
		for _, r := range v.Exchanges {
			if !r.Skipped {
				n++
			}
		}
	}
	return n
}

// verifyReports print what became of all files, by the name of their form.
var verifyReports = map[string]func(*program, []verified) error{
	"text": (*program).verifyText,
	"json": func(p *program, all []verified) error { return p.printJSON(all) },
	"junit": func(p *program, all []verified) error {
		return p.verifyJUnit(all)
	},
}

func (p *program) verifyText(all []verified) error {
	var b strings.Builder
	strangers, elsewhere, stubs, redacted := map[string]bool{}, map[string]int{}, 0, 0
	for _, v := range all {
		for _, r := range v.Exchanges {
			switch {
			case r.Host != "":
				elsewhere[r.Host]++
			case r.Redacted:
				redacted++
			case r.Skipped:
				stubs++
			}
			for _, name := range r.Strangers {
				strangers[name] = true
			}
			if len(r.Differences) > 0 {
				fmt.Fprintf(&b, "%s:%d: %s\n", v.File, r.Line, r.Request)
			}
			for _, d := range r.Differences {
				fmt.Fprintf(&b, "\t%s\n", d)
			}
			if r.Note != "" {
				fmt.Fprintf(&b, "\tnote: %s\n", r.Note)
			}
		}
	}
	switch n := len(strangers); {
	case b.Len() > 0 && n > 0:
		fmt.Fprintf(&b, "requests name %s of nothing in this tenant: it is not that of the recording (learn makes one that is), the --pseudonym-key is another, or what they stand for is part of a name only\n", plural(n, "stand-in"))
	case b.Len() == 0 && counted(all) > 0:
		fmt.Fprintf(&b, "ok: %s, no difference\n", plural(counted(all), "exchange"))
	}
	for _, host := range slices.Sorted(maps.Keys(elsewhere)) {
		fmt.Fprintf(&b, "not held: %s with %s, which the emulator does not stand for\n", plural(elsewhere[host], "exchange"), host)
	}
	if redacted > 0 {
		fmt.Fprintf(&b, "not compared: %s for a token whose body was redacted before it was recorded\n", plural(redacted, "request"))
	}
	if stubs > 0 {
		fmt.Fprintf(&b, "not held: %s\n", plural(stubs, "stub"))
	}
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}

// The elements of a JUnit report that those who read them have in common.
type (
	junitSuites struct {
		XMLName xml.Name `xml:"testsuites"`
		Suites  []junitSuite
	}
	junitSuite struct {
		XMLName  xml.Name `xml:"testsuite"`
		Name     string   `xml:"name,attr"`
		Tests    int      `xml:"tests,attr"`
		Failures int      `xml:"failures,attr"`
		Skipped  int      `xml:"skipped,attr"`
		Cases    []junitCase
	}
	junitCase struct {
		XMLName xml.Name      `xml:"testcase"`
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitFailure `xml:"failure"`
		Skipped *junitSkipped `xml:"skipped"`
	}
	junitSkipped struct {
		Message string `xml:"message,attr,omitempty"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

func (p *program) verifyJUnit(all []verified) error {
	var out junitSuites
	for _, v := range all {
		suite := junitSuite{Name: v.File, Tests: len(v.Exchanges), Failures: differing([]verified{v})}
		for i, r := range v.Exchanges {
			c := junitCase{Class: v.File, Name: fmt.Sprintf("%d %s", i+1, r.Request), Time: fmt.Sprintf("%.3f", r.Took.Seconds())}
			if r.Skipped {
				c.Skipped = &junitSkipped{}
				if r.Redacted {
					c.Skipped.Message = "the body of the request was redacted"
				}
				if r.Host != "" {
					c.Skipped.Message = "the emulator does not stand for " + r.Host
				}
				suite.Skipped++
			}
			if len(r.Differences) > 0 {
				c.Failure = &junitFailure{Message: r.Differences[0].String()}
				for _, d := range r.Differences {
					c.Failure.Text += fmt.Sprintf("%s:%d: %s\n", v.File, r.Line, d)
				}
				if r.Note != "" {
					c.Failure.Text += "note: " + r.Note + "\n"
				}
			}
			suite.Cases = append(suite.Cases, c)
		}
		out.Suites = append(out.Suites, suite)
	}
	text, err := xml.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s%s\n", xml.Header, text)
	return err
}
