package main

import (
	"bytes"
	"context"
	"crypto/sha1" // the check sum of Java's format
	_ "embed"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"unicode/utf16"

	"gopkg.in/yaml.v3"
)

// aim is what clients are told to find a server: the data of clients.yaml.
type aim struct {
	URL    string // http://127.0.0.1:3650: plain, and the proxy
	Host   string // localhost:3650
	Name   string // localhost
	Proxy  string // the host of URL, without port
	Port   string
	Secure string // https://localhost:3650

	Dir    string // holds the files below
	CA     string // the certificate of the CA
	Bundle string // the system's roots with the CA
	Store  string // the same for Java
	Pin    string // the hash of the CA's key

	NodeOptions string // the user's own, and what lets Node.js ask the proxy

	Tenant, Client, Secret string
}

// The files of a kit.
const (
	caFile     = "ca.pem"
	bundleFile = "bundle.pem"
	storeFile  = "truststore.jks"
	nodeFile   = "node-proxy.cjs"
)

// point learns what there is to know of a server and writes the files that clients
// are given into dir.
func (r *reached) point(ctx context.Context, dir string, getenv func(string) string) (*aim, error) {
	if err := r.trust(ctx); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	host := r.host()
	name := strings.TrimSuffix(host, ":"+r.port)
	at, err := url.Parse(r.url)
	if err != nil {
		return nil, err
	}
	a := &aim{URL: r.url, Proxy: at.Hostname(), Host: host, Name: name, Port: r.port, Secure: "https://" + host, Dir: dir, CA: filepath.Join(dir, caFile),
		Bundle: filepath.Join(dir, bundleFile), Store: filepath.Join(dir, storeFile), Pin: pin(r.ca), Client: anyClient, Secret: anySecret}
	a.Tenant = r.tenant(ctx)
	if a.Tenant == "" {
		a.Tenant = "organizations"
	}
	bundle := append(systemRoots(getenv, a.Bundle), r.pem...)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	a.NodeOptions = nodeOptions(getenv("NODE_OPTIONS"), filepath.Join(dir, nodeFile))
	return a, errors.Join(place(filepath.Join(dir, nodeFile), nodeProxy), place(a.CA, r.pem), place(a.Bundle, bundle), place(a.Store, javaStore(bundle)))
}

// nodeProxy is loaded by Node.js.
//
//go:embed node-proxy.cjs
var nodeProxy []byte

// nodeOptions adds the loading of file to the NODE_OPTIONS of a user, in place of one that
// another server has added.
func nodeOptions(own, file string) string {
	own = required.ReplaceAllString(own, "")
	return strings.TrimSpace(strings.TrimSpace(own) + ` --require "` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(file) + `"`)
}

// required is our part of NODE_OPTIONS; the first group is the file, in quotes or not.
var required = regexp.MustCompile(`--require[ =]("(?:[^"\\]|\\.)*` + regexp.QuoteMeta(nodeFile) + `"|\S*` + regexp.QuoteMeta(nodeFile) + `)`)

// place writes a file beside its place first: another program may be reading it.
func place(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// rootFiles is where systems keep what they trust.
var rootFiles = []string{
	"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/pki/tls/cacert.pem",
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
}

// systemRoots is the text of the roots that programs here trust without us, as
// SSL_CERT_FILE or the system says; empty where neither does. A bundle of an
// earlier run does not count.
func systemRoots(getenv func(string) string, ours string) []byte {
	files := rootFiles
	if f := getenv("SSL_CERT_FILE"); f != "" && f != ours && filepath.Base(f) != bundleFile {
		files = append([]string{f}, files...)
	}
	for _, f := range files {
		if text, err := os.ReadFile(f); err == nil && bytes.Contains(text, []byte("-----BEGIN CERTIFICATE-----")) {
			return append(bytes.TrimRight(text, "\n"), '\n')
		}
	}
	return nil
}

// storePassword is the one that Java's stores have by custom. It keeps nothing secret.
const storePassword = "changeit"

// javaStore writes certificates in the form that Java reads (JKS, version 2).
func javaStore(bundle []byte) []byte {
	var certs [][]byte
	for b, rest := pem.Decode(bundle); b != nil; b, rest = pem.Decode(rest) {
		if b.Type == "CERTIFICATE" {
			certs = append(certs, b.Bytes)
		}
	}
	out := binary.BigEndian.AppendUint32(nil, 0xFEEDFEED)
	out = binary.BigEndian.AppendUint32(out, 2)
	out = binary.BigEndian.AppendUint32(out, uint32(len(certs)))
	text := func(s string) { out = append(binary.BigEndian.AppendUint16(out, uint16(len(s))), s...) }
	for i, der := range certs {
		out = binary.BigEndian.AppendUint32(out, 2) // a certificate that is trusted
		text(fmt.Sprintf("root-%d", i))
		out = binary.BigEndian.AppendUint64(out, 0) // when it was added
		text("X.509")
		out = append(binary.BigEndian.AppendUint32(out, uint32(len(der))), der...)
	}
	sum := sha1.New()
	for _, unit := range utf16.Encode([]rune(storePassword)) {
		sum.Write(binary.BigEndian.AppendUint16(nil, unit))
	}
	sum.Write([]byte("Mighty Aphrodite")) // part of the format
	sum.Write(out)
	return sum.Sum(out)
}

// clientsYAML says which variables there are, and how each client is pointed.
//
//go:embed clients.yaml
var clientsYAML []byte

// setting is an environment variable with its value.
type setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// way is how one client is pointed.
type way struct {
	Name      string
	Title     string
	Variables []string  // of the common ones
	More      yaml.Node // variables of its own
	Snippet   string
	Note      string

	settings []setting // both, with their values
}

// kit is clients.yaml filled in for one server.
type kit struct {
	settings []setting // the common ones, in order
	ways     []way
}

// fill makes the kit for a server.
func (a *aim) fill() (*kit, error) {
	var doc struct {
		Variables yaml.Node
		Clients   []way
	}
	if err := yaml.Unmarshal(clientsYAML, &doc); err != nil {
		return nil, err
	}
	common, err := a.pairs(&doc.Variables)
	if err != nil {
		return nil, err
	}
	k := &kit{settings: common, ways: doc.Clients}
	for i := range k.ways {
		w := &k.ways[i]
		own, err := a.pairs(&w.More)
		if err != nil {
			return nil, err
		}
		for _, s := range common {
			if slices.Contains(w.Variables, s.Name) {
				w.settings = append(w.settings, s)
			}
		}
		w.settings = append(w.settings, own...)
		if w.Snippet, err = a.say(w.Snippet); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// pairs reads a mapping in its order and fills its values in.
func (a *aim) pairs(n *yaml.Node) ([]setting, error) {
	var out []setting
	for i := 0; i+1 < len(n.Content); i += 2 {
		value, err := a.say(n.Content[i+1].Value)
		if err != nil {
			return nil, err
		}
		out = append(out, setting{n.Content[i].Value, value})
	}
	return out, nil
}

// say fills the data of a server into a text.
func (a *aim) say(text string) (string, error) {
	page, err := template.New("clients.yaml").Parse(text)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	err = page.Execute(&out, a)
	return strings.TrimRight(out.String(), "\n"), err
}

// names lists the clients.
func (k *kit) names() []string {
	var out []string
	for i := range k.ways {
		out = append(out, k.ways[i].Name)
	}
	return out
}
