package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// request is one kind of request.
type request struct {
	name         string
	method, path string
	hand         string // the path by which the server written by hand does the same
	body         string
	status       int
}

// text is the request as it goes over the wire, to a path.
func (r *request) text(path string) []byte {
	s := r.method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n"
	if r.body != "" {
		s += "Content-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(r.body)) + "\r\n"
	}
	return []byte(s + "\r\n" + r.body)
}

// client is one connection. It does as little as it can: what it costs is in the rates of
// all sides.
type client struct {
	net.Conn
	in *bufio.Reader
}

func dial(addr string) (*client, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &client{conn, bufio.NewReaderSize(conn, 64<<10)}, nil
}

// call sends a request and reads the answer to its end. keep, if it is not nil, gets the
// headers as they came, and the body.
func (c *client) call(text []byte, status int, keep *answer) error {
	if _, err := c.Write(text); err != nil {
		return err
	}
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return err
	}
	if len(line) < 12 || string(line[9:12]) != strconv.Itoa(status) {
		return fmt.Errorf("answer %q to %q", line, text)
	}
	length := -1 // chunked
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if line = bytes.TrimRight(line, "\r\n"); len(line) == 0 {
			break
		}
		if digits, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(digits)); err != nil {
				return err
			}
		}
		if keep != nil {
			name, value, _ := bytes.Cut(line, []byte(": "))
			keep.Header = append(keep.Header, [2]string{string(name), string(value)})
		}
	}
	return c.body(length, keep)
}

func (c *client) body(length int, keep *answer) error {
	var to io.Writer = io.Discard
	if keep != nil {
		to = writer(func(p []byte) { keep.Body = append(keep.Body, p...) })
	}
	if length >= 0 {
		return c.take(length, to)
	}
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(bytes.TrimRight(line, "\r\n")), 16, 32)
		if err != nil {
			return err
		}
		if err := errors.Join(c.take(int(n), to), c.take(2, io.Discard)); err != nil || n == 0 {
			return err
		}
	}
}

func (c *client) take(n int, to io.Writer) error {
	if to == io.Discard {
		_, err := c.in.Discard(n)
		return err
	}
	_, err := io.CopyN(to, c.in, int64(n))
	return err
}

type writer func(p []byte)

func (w writer) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}

// turn calls a server on all connections until its time is over.
func turn(ctx context.Context, o *options, p *process, text []byte, status int) (figure, error) {
	clients, err := p.clients(o.connections)
	if err != nil {
		return figure{}, err
	}
	var over atomic.Bool
	before, err := p.cpu()
	if err != nil {
		return figure{}, err
	}
	begin := time.Now()
	timer := time.AfterFunc(o.turn, func() { over.Store(true) })
	defer timer.Stop()
	defer context.AfterFunc(ctx, func() { over.Store(true) })()
	counts, errs := make([]int, len(clients)), make([]error, len(clients))
	var wg sync.WaitGroup
	for i, c := range clients {
		wg.Go(func() {
			for !over.Load() && errs[i] == nil {
				errs[i] = c.call(text, status, nil)
				counts[i]++
			}
		})
	}
	wg.Wait()
	took := time.Since(begin)
	after, err := p.cpu()
	if err = errors.Join(append(errs, err, ctx.Err())...); err != nil {
		return figure{}, err
	}
	n := 0
	for _, count := range counts {
		n += count
	}
	return figure{rate: float64(n) / took.Seconds(), cpu: float64(after-before) / float64(time.Microsecond) / float64(n)}, nil
}
