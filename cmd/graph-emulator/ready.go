package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
)

// ready tells the world that the server answers: a line on standard output,
// and the ready file for programs.
func (p *program) ready(addr net.Addr, s *settings) error {
	url := reachable(addr.String())
	if err := writeReady(s.Text("ready-file"), url); err != nil {
		return err
	}
	shown := url
	if s.Given("public-url") {
		shown += " (public: " + s.Text("public-url") + ")"
	}
	_, err := fmt.Fprintf(p.stdout, "graph-emulator ready on %s: %s/v1.0, %s/beta, control at %s/_emulator, TLS at https://%s\n", shown, url, url, url, named(url))
	return err
}

// named is the host of a URL of ours by the name that its certificate has (C-1.7).
func named(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base
	}
	host, port := u.Hostname(), u.Port()
	if port == "" {
		port = map[bool]string{true: "443", false: "80"}[u.Scheme == "https"]
	}
	if net.ParseIP(host).IsLoopback() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// reachable is the http URL of a listening address. A wildcard host is no
// address to call, loopback is one that it includes.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "http://" + addr
	}
	if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// clearReady removes what a server that was killed has left: a ready file
// that is there means a server that answers.
func clearReady(path string) error {
	if path == "" {
		return nil
	}
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("--ready-file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("--ready-file: %s is not a file", path)
	}
	return removeReady(path)
}

// writeReady writes the file under another name first: whoever waits for it
// must not read half a URL.
func writeReady(path, url string) error {
	if path == "" {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("--ready-file: %w", err)
	}
	_, err = fmt.Fprintln(f, url)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("--ready-file: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

func removeReady(path string) error {
	if path == "" {
		return nil
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("--ready-file: %w", err)
	}
	return nil
}
