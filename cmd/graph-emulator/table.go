package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// settings is what serve and validate run with, after flags, variables,
// configuration file and defaults have been joined.
type settings struct {
	listen       string
	readyFile    string
	fixtures     []string
	signedInUser string
	schemas      string
	docs         []string
	catalog      string
	randomSeed   uint64 // 0: another one at each start
	strict       bool
	switches     []string // name=value
	onMissing    string
	minFidelity  string
	services     string // how long until a new user has mailbox and drive
	bodyLimit    size
	bodyMemory   size
	publicURL    string
	auth         string
	grants       []string
	signIn       string
	issuer       string
	lifetime     string // of tokens; "": the service's own
	tlsNames     []string
	tlsCert      string
	tlsKey       string
	caDir        string
	proxyOthers  string
	controlHosts []string
	forwarded    bool
	jobs         string

	consistency, appConsistency string
	data                        string
	dataInterval                string // "": only at the end
	keepPasswords               bool
	watch                       bool
	logLevel                    string
	logFormat                   string
}

// size is a number of bytes.
type size int64

// option is one line of the table from which flags, variables, keys of the
// configuration file, --help and the documents are made.
type option struct {
	name    string                // --name, GRAPH_EMULATOR_NAME, name: in the file
	hint    string                // what stands for the value in --help; "" for a switch
	initial string                // the default, as one would write it; "" for none
	choices []string              // the only values; nil: any
	check   func(string) error    // nil: any text
	into    func(s *settings) any // where the value goes; its type says how it is written
	usage   string                // one sentence, without a full stop
}

// path reports whether the values name files: a relative one in a
// configuration file starts from the folder of that file.
func (o *option) path() bool { return o.hint == "DIR" || o.hint == "FILE" }

// variable is the name of the environment variable.
func (o *option) variable() string { return variable(o.name) }

func variable(name string) string {
	return "GRAPH_EMULATOR_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// table lists every option in the order of --help.
func table() []option {
	return []option{
		{name: "listen", hint: "ADDR", initial: "127.0.0.1:3650", check: checkAddress, into: func(s *settings) any { return &s.listen },
			usage: "listen on ADDR (host:port); port 0 picks a free one"},
		{name: "ready-file", hint: "FILE", into: func(s *settings) any { return &s.readyFile },
			usage: "write the http URL to FILE once the server listens; FILE is removed when the server ends"},
		{name: "fixtures", hint: "DIR", into: func(s *settings) any { return &s.fixtures },
			usage: "read the tenant from DIR instead of the built-in one, @northgale; may be repeated, the first that has a file wins; folders below DIR/tenants are further tenants"},
		{name: "signed-in-user", hint: "USER", into: func(s *settings) any { return &s.signedInUser },
			usage: "take requests that name nobody for those of USER (id or userPrincipalName); without it, of the first user of the tenant"},
		{name: "schemas", hint: "DIR", into: func(s *settings) any { return &s.schemas },
			usage: "lay the type files of DIR (v1.0/, beta/) in front of the built-in ones"},
		{name: "docs", hint: "DIR", into: func(s *settings) any { return &s.docs },
			usage: "serve what the API reference pages in DIR promise; may be repeated"},
		{name: "catalog", hint: "NAME", initial: "builtin", choices: []string{"builtin", "none"}, into: func(s *settings) any { return &s.catalog },
			usage: "start from the catalog NAME of types and operations"},
		{name: "random-seed", hint: "NUMBER", into: func(s *settings) any { return &s.randomSeed },
			usage: "repeat ids, opaque tokens and dice for the same NUMBER and the same requests in the same order"},
		{name: "strict", into: func(s *settings) any { return &s.strict },
			usage: "tolerate no input that the documentation does not allow"},
		{name: "switch", hint: "NAME=VALUE", into: func(s *settings) any { return &s.switches },
			usage: "choose what the service leaves open, as in NAME=VALUE; docs/CONFIGURATION.md lists the switches; may be repeated"},
		{name: "on-missing", hint: "ANSWER", initial: "404", choices: []string{"404", "synthesize"}, into: func(s *settings) any { return &s.onMissing },
			usage: "give ANSWER where an entity is not there; synthesize makes one up and keeps it"},
		{name: "min-fidelity", hint: "LEVEL", initial: "none", choices: []string{"none", "generic", "stateful", "modelled"}, into: func(s *settings) any { return &s.minFidelity },
			usage: "answer 501 where the emulation is below LEVEL"},
		{name: "services-delay", hint: "TIME", initial: "0s", check: checkTime, into: func(s *settings) any { return &s.services },
			usage: "let mailbox and drive of a new user appear TIME after the user, as in 90s or 15m"},
		{name: "body-limit", hint: "SIZE", initial: "4MiB", into: func(s *settings) any { return &s.bodyLimit },
			usage: "refuse request bodies over SIZE; bytes, or a number with KiB, MiB or GiB"},
		{name: "body-memory", hint: "SIZE", initial: "512MiB", into: func(s *settings) any { return &s.bodyMemory },
			usage: "keep at most SIZE of request bodies in memory at one time; a request over it is answered 503 with Retry-After"},
		{name: "public-url", hint: "URL", check: checkURL, into: func(s *settings) any { return &s.publicURL },
			usage: "begin the links in answers with URL instead of the address the request came to"},
		{name: "auth", hint: "MODE", initial: "open", choices: []string{"open", "verify", "enforce"}, into: func(s *settings) any { return &s.auth },
			usage: "who may call: open accepts any token or none, verify a valid token of the emulator, enforce one that permits the operation; see --grant"},
		{name: "grant", hint: "PERMISSION", into: func(s *settings) any { return &s.grants },
			usage: "give every application PERMISSION without consent, as in User.Read.All: as a delegated and as an application permission; may be repeated"},
		{name: "sign-in", hint: "HOW", initial: "auto", choices: []string{"auto", "page"}, into: func(s *settings) any { return &s.signIn },
			usage: "decide HOW users sign in: auto at once and without a page, page by who sits in front of a page"},
		{name: "issuer", hint: "NAME", initial: "origin", choices: []string{"origin", "cloud"}, into: func(s *settings) any { return &s.issuer },
			usage: "issue id tokens in the NAME of origin, the address that the client used, or of cloud, Microsoft's"},
		{name: "token-lifetime", hint: "TIME", check: checkLifetime, into: func(s *settings) any { return &s.lifetime },
			usage: "let access tokens live for TIME, as in 90s or 15m; without it as long as the service's"},
		{name: "tls-name", hint: "NAME", into: func(s *settings) any { return &s.tlsNames },
			usage: "answer TLS as NAME, a host name or an IP address, besides localhost and 127.0.0.1; may be repeated"},
		{name: "ca-dir", hint: "DIR", into: func(s *settings) any { return &s.caDir },
			usage: "keep the local CA in DIR: its certificate in ca.pem, its key in ca.key; without it the CA is in memory and new at each start"},
		{name: "tls-cert", hint: "FILE", into: func(s *settings) any { return &s.tlsCert },
			usage: "answer TLS with the certificate chain in FILE (PEM) in place of one of the local CA; needs --tls-key"},
		{name: "tls-key", hint: "FILE", into: func(s *settings) any { return &s.tlsKey },
			usage: "take the key of --tls-cert from FILE (PEM)"},
		{name: "proxy-others", hint: "MODE", initial: "refuse", choices: []string{"refuse", "tunnel"}, into: func(s *settings) any { return &s.proxyOthers },
			usage: "as a proxy, treat requests to other hosts than Microsoft Graph and its sign-in service by MODE"},
		{name: "control-host", hint: "NAME", into: func(s *settings) any { return &s.controlHosts },
			usage: "let the control plane answer requests to the host NAME, such as that of a gateway, besides localhost, IP addresses, names without a dot, --public-url and --tls-name; may be repeated"},
		{name: "forwarded-headers", into: func(s *settings) any { return &s.forwarded },
			usage: "begin the links in answers with what X-Forwarded-Proto, -Host and -Port say; only behind a gateway that sets them"},
		{name: "jobs", hint: "PACE", initial: "looks:1", into: func(s *settings) any { return &s.jobs },
			usage: "finish copies and other long-running operations at PACE: looks:N, when their progress is read for the Nth time; a time span such as 30s; or manual"},
		{name: "consistency", hint: "MODE", initial: "strong", into: func(s *settings) any { return &s.consistency },
			usage: "let reads of the directory see writes by MODE: strong at once; session:LAG one's own at once and others' late; eventual:LAG late; LAG is a time such as 5s, or a number of reads"},
		{name: "app-consistency", hint: "MODE", into: func(s *settings) any { return &s.appConsistency },
			usage: "let app-only callers see writes by MODE; without it as everybody does"},
		{name: "data", hint: "DIR", into: func(s *settings) any { return &s.data },
			usage: "keep the tenant in DIR: read it at start if one was left there, write it at the end and when POST /_emulator/save asks for it"},
		{name: "data-interval", hint: "TIME", check: checkLifetime, into: func(s *settings) any { return &s.dataInterval },
			usage: "write the tenant into --data every TIME of the machine's clock too, as in 30s or 5m, where it has changed"},
		{name: "keep-passwords", into: func(s *settings) any { return &s.keepPasswords },
			usage: "write the passwords of users into --data as they are; without it salted hashes, with which they can still sign in"},
		{name: "watch", into: func(s *settings) any { return &s.watch },
			usage: "load the fixtures again when their files change; a broken file changes nothing"},
		{name: "log-level", hint: "LEVEL", initial: "info", choices: []string{"debug", "info", "warn", "error"}, into: func(s *settings) any { return &s.logLevel },
			usage: "log from LEVEL up, on standard error; requests are logged at debug"},
		{name: "log-format", hint: "FORMAT", initial: "text", choices: []string{"text", "json"}, into: func(s *settings) any { return &s.logFormat },
			usage: "write the log as FORMAT"},
	}
}

// set parses values, which hold exactly one text unless the option is a list.
// The error says what is wrong with the value and not where it stood.
func (o *option) set(s *settings, values []string) error {
	if list, ok := o.into(s).(*[]string); ok {
		if slices.Contains(values, "") {
			return fmt.Errorf("an empty value")
		}
		*list = values
		return nil
	}
	v := values[0]
	if o.choices != nil && !slices.Contains(o.choices, v) {
		return fmt.Errorf("%q is not one of %s", v, strings.Join(o.choices, ", "))
	}
	if o.check != nil {
		if err := o.check(v); err != nil {
			return err
		}
	}
	var err error
	switch to := o.into(s).(type) {
	case *string:
		if *to = v; v == "" {
			err = fmt.Errorf("an empty value")
		}
	case *bool:
		if *to, err = strconv.ParseBool(v); err != nil {
			err = fmt.Errorf("%q is neither true nor false", v)
		}
	case *uint64:
		var n uint64
		if n, err = strconv.ParseUint(v, 10, 64); err != nil || n == 0 {
			err = fmt.Errorf("%q is not a number from 1 to 18446744073709551615", v)
		}
		*to = n
	case *size:
		*to, err = parseSize(v)
	}
	return err
}

func parseSize(v string) (size, error) {
	digits, unit := v, int64(1)
	for suffix, n := range map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30} {
		if d, ok := strings.CutSuffix(v, suffix); ok {
			digits, unit = d, n
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 || n > (1<<62)/unit || digits[0] == '+' {
		return 0, fmt.Errorf("%q is not a size; write bytes as in 4194304, or 4096KiB, 4MiB, 1GiB", v)
	}
	return size(n * unit), nil
}

func checkAddress(v string) error {
	_, port, err := net.SplitHostPort(v)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return fmt.Errorf("%q is not an address; write host:port, as in 127.0.0.1:3650", v)
	}
	return nil
}

func checkTime(v string) error {
	if d, err := time.ParseDuration(v); err != nil || d < 0 {
		return fmt.Errorf("%q is not a time; write 0s, 90s or 15m", v)
	}
	return nil
}

func checkURL(v string) error {
	u, err := url.Parse(v)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return fmt.Errorf("%q is not http://host:port or https://host:port", v)
	}
	return nil
}

func checkLifetime(v string) error {
	if d, err := time.ParseDuration(v); err != nil || d < time.Second {
		return fmt.Errorf("%q is not a time of a second or more; write 90s, 15m or 1h", v)
	}
	return nil
}

// check says what is wrong with options that are right one by one.
func (s *settings) check() error {
	if s.watch && len(s.fixtures) == 0 {
		return fmt.Errorf("watch: there is nothing to watch; name a folder with fixtures")
	}
	if s.dataInterval != "" && s.data == "" {
		return fmt.Errorf("data-interval: there is nowhere to write; name a folder with --data")
	}
	return nil
}

// level is the log level as slog knows it.
func (s *settings) level() slog.Level {
	var l slog.Level
	if err := l.UnmarshalText([]byte(s.logLevel)); err != nil {
		return slog.LevelInfo
	}
	return l
}

// absolute makes the values of o start from dir when they name relative files.
func (o *option) absolute(dir string, values []string) []string {
	if !o.path() {
		return values
	}
	out := slices.Clone(values)
	for i, v := range out {
		if v != "" && !filepath.IsAbs(v) && !(o.name == "fixtures" && builtIn(v)) {
			out[i] = filepath.Join(dir, v)
		}
	}
	return out
}
