package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"syscall"

	"github.com/graph-emulator/graph-emulator/emulator"
)

// logger writes to w as the settings say.
func (s *settings) logger(w io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: s.level()}
	if s.Text("log-format") == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// emulator makes the emulator that the settings describe, and then own. What it refuses
// is bad input: there is nothing else that it could be made from.
func (s *settings) emulator(log *slog.Logger, own ...emulator.Option) (*emulator.Server, error) {
	opts, err := s.Options(log)
	if err != nil {
		return nil, &badInput{err}
	}
	opts = append(opts, emulator.WithLogger(log))
	if host, _, err := net.SplitHostPort(s.Text("listen")); err == nil && host != "" && !strings.Contains(host, "%") {
		opts = append(opts, emulator.WithControlHosts(host))
	}
	more, err := s.certificate()
	if err != nil {
		return nil, err
	}
	emu, err := emulator.New(append(append(opts, more...), own...)...)
	if err != nil {
		return nil, &badInput{s.place(err)}
	}
	return emu, nil
}

// certificate is the option that --tls-cert and --tls-key make together.
func (s *settings) certificate() ([]emulator.Option, error) {
	chain, key := s.Text("tls-cert"), s.Text("tls-key")
	switch {
	case chain == "" && key == "":
		return nil, nil
	case chain == "" || key == "":
		return nil, badInputf("--tls-cert and --tls-key are given together or not at all")
	}
	cert, err := tls.LoadX509KeyPair(chain, key)
	if err != nil {
		return nil, badInputf("--tls-cert, --tls-key: %w", err)
	}
	return []emulator.Option{emulator.WithCertificate(cert)}, nil
}

// port opens the port of --listen.
func (s *settings) port(ctx context.Context) (net.Listener, error) {
	address := s.Text("listen")
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("--listen %s: address already in use; choose another with --listen, or stop the process that uses it", address)
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return nil, fmt.Errorf("--listen %s: %w", address, op.Err)
	}
	return l, err
}
