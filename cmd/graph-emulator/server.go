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
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
)

// logger writes to w as the settings say.
func (s *settings) logger(w io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: s.level()}
	if s.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// emulator makes the emulator that the settings describe, and then own. What it refuses
// is bad input: there is nothing else that it could be made from.
func (s *settings) emulator(log *slog.Logger, own ...emulator.Option) (*emulator.Server, error) {
	opts := []emulator.Option{
		emulator.WithLogger(log),
		emulator.WithBodyLimit(int64(s.bodyLimit)),
		emulator.WithBodyMemory(int64(s.bodyMemory)),
		emulator.WithOnMissing(s.onMissing),
		emulator.WithMinFidelity(s.minFidelity),
		emulator.WithAuth(s.auth),
		emulator.WithSignIn(s.signIn),
		emulator.WithIssuer(s.issuer),
		emulator.WithControlHosts(s.controlHosts...),
	}
	if host, _, err := net.SplitHostPort(s.listen); err == nil && host != "" && !strings.Contains(host, "%") {
		opts = append(opts, emulator.WithControlHosts(host))
	}
	if d, err := time.ParseDuration(s.services); err == nil { // checked with the other values
		opts = append(opts, emulator.WithServicesDelay(d))
	}
	more, err := s.folders(log)
	if err != nil {
		return nil, &badInput{err}
	}
	opts = append(opts, more...)
	if more, err = s.tls(); err != nil {
		return nil, err
	}
	opts = append(opts, more...)
	if s.catalog == "none" {
		opts = append(opts, emulator.WithoutCatalog())
	}
	if s.randomSeed != 0 {
		opts = append(opts, emulator.WithRandomSeed(s.randomSeed))
	}
	if s.keepPasswords {
		opts = append(opts, emulator.WithKeepPasswords())
	}
	if s.strict {
		opts = append(opts, emulator.WithStrict())
	}
	for _, sw := range s.switches {
		name, v, _ := strings.Cut(sw, "=")
		opts = append(opts, emulator.WithSwitch(name, v))
	}
	for _, list := range s.grants {
		opts = append(opts, emulator.WithGrants(strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })...))
	}
	if s.signedInUser != "" {
		opts = append(opts, emulator.WithSignedInUser(s.signedInUser))
	}
	if s.lifetime != "" {
		d, err := time.ParseDuration(s.lifetime)
		if err != nil { // unreachable: the option was checked
			return nil, &badInput{err}
		}
		opts = append(opts, emulator.WithTokenLifetime(d))
	}
	if s.publicURL != "" {
		opts = append(opts, emulator.WithPublicURL(s.publicURL))
	}
	emu, err := emulator.New(append(append(opts, s.protocol()...), own...)...)
	if err != nil {
		return nil, &badInput{s.place(err)}
	}
	return emu, nil
}

// tls are the options of the port.
func (s *settings) tls() ([]emulator.Option, error) {
	opts := []emulator.Option{emulator.WithTLSNames(s.tlsNames...)}
	if s.caDir != "" {
		opts = append(opts, emulator.WithCADir(s.caDir))
	}
	if s.proxyOthers != "" { // not asked of commands that open no port
		opts = append(opts, emulator.WithProxyOthers(s.proxyOthers))
	}
	switch {
	case s.tlsCert == "" && s.tlsKey == "":
		return opts, nil
	case s.tlsCert == "" || s.tlsKey == "":
		return nil, badInputf("--tls-cert and --tls-key are given together or not at all")
	}
	cert, err := tls.LoadX509KeyPair(s.tlsCert, s.tlsKey)
	if err != nil {
		return nil, badInputf("--tls-cert, --tls-key: %w", err)
	}
	return append(opts, emulator.WithCertificate(cert)), nil
}

// port opens the port of --listen.
func (s *settings) port(ctx context.Context) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", s.listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("--listen %s: address already in use; choose another with --listen, or stop the process that uses it", s.listen)
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return nil, fmt.Errorf("--listen %s: %w", s.listen, op.Err)
	}
	return l, err
}

// protocol are the options about how answers are written. Commands that do not answer
// leave them empty.
func (s *settings) protocol() (opts []emulator.Option) {
	if s.consistency != "" {
		opts = append(opts, emulator.WithConsistency(s.consistency))
	}
	if s.appConsistency != "" {
		opts = append(opts, emulator.WithAppConsistency(s.appConsistency))
	}
	if s.jobs != "" {
		opts = append(opts, emulator.WithJobs(s.jobs))
	}
	if s.forwarded {
		opts = append(opts, emulator.WithForwardedHeaders())
	}
	return opts
}
