package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/graph-emulator/graph-emulator/internal/admin"
	"github.com/graph-emulator/graph-emulator/internal/options"
)

func (p *program) doctorCommand() *cli.Command {
	where := options.Only(whereNames...)
	return p.command(&cli.Command{
		Usage: "check a running server as a client would, and say how to fix it",
		Description: `Tries the port, the CA, TLS, the proxy, the sign-in service, a token and a call of
Graph, one after the other, and looks at the variables of this shell. Ends with
0 if all of it works and with 1 if not. The server is found as health finds it.

Examples:
  graph-emulator doctor
  graph-emulator doctor --url http://127.0.0.1:8123`,
		Flags: append(flags(where),
			&cli.StringFlag{Name: "url", Usage: "check the server at `URL` [$" + options.Variable("url") + "]"}),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			if err := noArguments(cmd); err != nil {
				return err
			}
			url, err := p.healthURL(cmd, where)
			if err != nil {
				return err
			}
			r, err := reach(url)
			if err != nil {
				return &badInput{err}
			}
			defer r.close()
			d := &doctor{r: r, getenv: p.getenv, look: exec.LookPath}
			failed, skipped := 0, 0
			for _, c := range d.checks() {
				switch p.check(ctx, c) {
				case verdictFailed:
					failed++
				case verdictSkipped:
					skipped++
				}
			}
			for _, line := range d.surroundings() {
				fmt.Fprintf(p.stdout, "note  %-10s %s\n", "shell", line)
			}
			switch {
			case failed > 0 && skipped > 0:
				return fmt.Errorf("%d of %d checks failed, %d could not be made after that", failed, len(d.checks()), skipped)
			case failed > 0:
				return fmt.Errorf("%d of %d checks failed", failed, len(d.checks()))
			}
			return nil
		},
	})
}

// check is one thing that must work. do says what works, or what does not: an
// *ailment if something can be done about it. errSkipped is for what cannot be
// tried because something before it failed.
type check struct {
	name string
	do   func(context.Context) (string, error)
}

// ailment is an error that knows its cure.
type ailment struct {
	err  error
	cure string
}

func (a *ailment) Error() string { return a.err.Error() }
func (a *ailment) Unwrap() error { return a.err }

var errSkipped = errors.New("not tried")

// verdict is how a check went.
type verdict int

const (
	verdictOK verdict = iota
	verdictFailed
	verdictSkipped
)

// check makes one check and prints how it went.
func (p *program) check(ctx context.Context, c check) verdict {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	says, err := c.do(ctx)
	switch {
	case err == nil:
		fmt.Fprintf(p.stdout, "ok    %-10s %s\n", c.name, says)
		return verdictOK
	case errors.Is(err, errSkipped):
		fmt.Fprintf(p.stdout, "-     %-10s %s\n", c.name, err)
		return verdictSkipped
	}
	fmt.Fprintf(p.stdout, "FAIL  %-10s %s\n", c.name, err)
	if a, ok := errors.AsType[*ailment](err); ok && a.cure != "" {
		fmt.Fprintf(p.stdout, "      %-10s %s\n", "", a.cure)
	}
	return verdictFailed
}

// doctor is what the checks learn for those behind them.
type doctor struct {
	r         *reached
	getenv    func(string) string
	up        bool
	authority bool
	access    string // a token
	look      func(program string) (string, error)
}

func (d *doctor) checks() []check {
	return []check{{"port", d.port}, {"CA", d.ca}, {"TLS", d.tls}, {"proxy", d.proxy}, {"authority", d.signIn}, {"token", d.token}, {"Graph", d.graph}}
}

func (d *doctor) port(ctx context.Context) (string, error) {
	status, body, err := get(ctx, d.r.plain, d.r.url+admin.Prefix+"/version", "")
	var v struct{ Name, Version string }
	switch {
	case err != nil:
		return "", &ailment{err, "Start one with graph-emulator serve, or say where it is with --url."}
	case status != http.StatusOK || json.Unmarshal(body, &v) != nil || v.Name != "graph-emulator":
		return "", &ailment{fmt.Errorf("%s answers %d, and is not graph-emulator", d.r.url, status), "Another program has the port; use another with --listen."}
	}
	d.up = true
	return fmt.Sprintf("%s is graph-emulator %s", d.r.url, v.Version), nil
}

func (d *doctor) ca(ctx context.Context) (string, error) {
	if !d.up {
		return "", errSkipped
	}
	if err := d.r.trust(ctx); err != nil {
		return "", &ailment{err, "The server may be older than this program; both should have one version."}
	}
	if time.Now().After(d.r.ca.NotAfter) {
		return "", &ailment{fmt.Errorf("the CA ended on %s", d.r.ca.NotAfter.Format(time.DateOnly)), "Restart the server; with --ca-dir, remove ca.key there first."}
	}
	return fmt.Sprintf("%s, until %s", d.r.ca.Subject.CommonName, d.r.ca.NotAfter.Format(time.DateOnly)), nil
}

func (d *doctor) tls(ctx context.Context) (string, error) {
	if d.r.secure == nil {
		return "", errSkipped
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+d.r.host()+admin.Prefix+"/health", nil)
	if err != nil {
		return "", err
	}
	resp, err := d.r.secure.Do(req)
	if err != nil {
		name, _, _ := net.SplitHostPort(d.r.host())
		return "", &ailment{err, "Clients must call the server by a name that its certificate has: localhost, or one of --tls-name (" + name + "?)."}
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s answers %s", req.URL, resp.Status)
	}
	return fmt.Sprintf("https://%s speaks %s and %s", d.r.host(), tls.VersionName(resp.TLS.Version), resp.Proto), nil
}

func (d *doctor) proxy(ctx context.Context) (string, error) {
	if d.r.proxy == nil {
		return "", errSkipped
	}
	for _, host := range []string{"graph.microsoft.com", "login.microsoftonline.com"} {
		status, body, err := get(ctx, d.r.proxy, "https://"+host+admin.Prefix+"/version", "")
		if err != nil {
			return "", err
		}
		if status != http.StatusOK || !bytes.Contains(body, []byte("graph-emulator")) {
			return "", fmt.Errorf("https://%s by way of %s is not the emulator: it answers %d", host, d.r.url, status)
		}
	}
	return "with HTTPS_PROXY=" + d.r.url + ", https://graph.microsoft.com and https://login.microsoftonline.com lead here", nil
}

func (d *doctor) signIn(ctx context.Context) (string, error) {
	if d.r.secure == nil {
		return "", errSkipped
	}
	where := "https://" + d.r.host() + "/common/v2.0/.well-known/openid-configuration"
	status, body, err := get(ctx, d.r.secure, where, "")
	var doc struct {
		Issuer   string `json:"issuer"`
		Endpoint string `json:"token_endpoint"`
	}
	switch {
	case err != nil:
		return "", err
	case status == http.StatusNotFound:
		return "", &ailment{errors.New("there is no sign-in service here: " + where + " answers 404"),
			"Clients that sign in cannot be served; send requests without a token, or with any."}
	case status != http.StatusOK || json.Unmarshal(body, &doc) != nil || doc.Endpoint == "":
		return "", fmt.Errorf("%s answers %d, and no discovery document", where, status)
	case !strings.HasPrefix(doc.Issuer, "https://"):
		return "", &ailment{fmt.Errorf("the issuer is %s: sign-in libraries want https", doc.Issuer), "Give --public-url with https, or none."}
	}
	d.authority = true
	return "https://" + d.r.host() + "/common, issuer " + doc.Issuer, nil
}

func (d *doctor) token(ctx context.Context) (_ string, err error) {
	if !d.authority {
		return "", errSkipped
	}
	tenant := d.r.tenant(ctx)
	if tenant == "" {
		tenant = "organizations"
	}
	d.access, err = d.r.token(ctx, tenant)
	if err != nil {
		return "", &ailment{err, "The tenant of the fixtures lists applications and secrets, and takes no others; sign in as one of them."}
	}
	return "an application gets one with client id " + anyClient + " and secret " + anySecret, nil
}

func (d *doctor) graph(ctx context.Context) (string, error) {
	if d.r.secure == nil {
		return "", errSkipped
	}
	where := "https://" + d.r.host() + "/v1.0/organization?$select=id"
	status, body, err := get(ctx, d.r.secure, where, d.access)
	switch {
	case err != nil:
		return "", err
	case status == http.StatusForbidden && d.access != "":
		return "GET /v1.0/organization answers 403: the token is good, and permits nothing", nil
	case status == http.StatusUnauthorized && d.access == "":
		return "", &ailment{errors.New("GET /v1.0/organization answers 401: a token is wanted, and there is none"), "Mend what is said of the token above."}
	case status != http.StatusOK:
		return "", fmt.Errorf("GET /v1.0/organization answers %d: %.300s", status, body)
	}
	return "GET /v1.0/organization answers 200", nil
}

// surroundings says what of this shell's variables leads elsewhere.
func (d *doctor) surroundings() []string {
	if d.r.ca == nil {
		return nil
	}
	var out []string
	switch v := d.getenv("HTTPS_PROXY"); {
	case v == "":
		out = append(out, `HTTPS_PROXY is not set: clients with fixed addresses go to Microsoft; eval "$(graph-emulator env)" sets all variables`)
	case strings.TrimRight(v, "/") != d.r.url:
		out = append(out, "HTTPS_PROXY is "+v+", another server")
	default:
		if note := d.node(); note != "" {
			out = append(out, note)
		}
	}
	for _, name := range []string{"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE"} {
		path := d.getenv(name)
		if path == "" {
			continue
		}
		if text, err := os.ReadFile(path); err != nil {
			out = append(out, name+": "+err.Error())
		} else if !bytes.Contains(text, bytes.TrimSpace(d.r.pem)) {
			out = append(out, name+" names "+path+", which does not have this server's CA: a server without --ca-dir has a new one at each start")
		}
	}
	return out
}

// node says what is wrong with NODE_OPTIONS, where there is a Node.js.
func (d *doctor) node() string {
	if _, err := d.look("node"); err != nil {
		return ""
	}
	m := required.FindStringSubmatch(d.getenv("NODE_OPTIONS"))
	if m == nil {
		return "NODE_OPTIONS does not load " + nodeFile + `: fetch of Node.js before 22.21 calls the real service; eval "$(graph-emulator env)" sets it`
	}
	file := strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(strings.Trim(m[1], `"`))
	if !exists(file) {
		return "NODE_OPTIONS names " + file + `, which is not there: Node.js does not start; eval "$(graph-emulator env)" writes it again`
	}
	return ""
}
