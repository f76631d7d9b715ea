package graphtest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"gopkg.in/yaml.v3"
)

// exchange is one request with what its answer must be.
type exchange struct {
	line    int
	request string // "GET /v1.0/me"
	as      string
	headers []header
	body    *yaml.Node // sent as JSON; nil: see text
	text    *string    // sent as it is; nil: no body
	status  int

	expect        *yaml.Node // nil: the body does not matter
	exact         bool
	expectHeaders []header
}

// header is a header of the request, or one that the answer must have.
type header struct {
	name, value string
	none        bool // not sent
}

// read decodes a file. Errors name file and line.
func read(file string, text []byte) (*conversation, error) {
	c := &conversation{file: file}
	d := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var doc yaml.Node
		err := d.Decode(&doc)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		nodes := doc.Content
		if len(nodes) == 1 && nodes[0].Kind == yaml.SequenceNode {
			nodes = nodes[0].Content
		}
		for _, n := range nodes {
			if err := c.entry(n); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", file, n.Line, err)
			}
		}
	}
	if len(c.exchanges) == 0 {
		return nil, fmt.Errorf("%s: no exchange", file)
	}
	return c, nil
}

// entry reads an exchange, or the options.
func (c *conversation) entry(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return errors.New("expected a mapping with a request")
	}
	if len(n.Content) == 2 && n.Content[0].Value == "options" {
		if len(c.exchanges) > 0 {
			return errors.New("options stand before the first exchange")
		}
		return c.configure(n.Content[1])
	}
	x := exchange{line: n.Line}
	for i := 0; i < len(n.Content); i += 2 {
		if err := x.member(n.Content[i].Value, n.Content[i+1]); err != nil {
			return fmt.Errorf("%s: %w", n.Content[i].Value, err)
		}
	}
	switch {
	case x.request == "":
		return errors.New("no request")
	case x.status == 0:
		return errors.New("no status")
	case x.body != nil && x.text != nil:
		return errors.New("body and text exclude each other")
	}
	c.exchanges = append(c.exchanges, x)
	return nil
}

func (c *conversation) configure(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return errors.New("options: expected a mapping")
	}
	for i := 0; i < len(n.Content); i += 2 {
		var v any
		if err := n.Content[i+1].Decode(&v); err != nil {
			return err
		}
		options, err := optionOf(c.file, n.Content[i].Value, v)
		if err != nil {
			return err
		}
		c.options = append(c.options, options...)
	}
	return nil
}

func (x *exchange) member(name string, n *yaml.Node) (err error) {
	switch name {
	case "request":
		x.request, err = scalar(n)
	case "as":
		x.as, err = scalar(n)
	case "headers":
		x.headers, err = headers(n)
	case "body":
		if n.Kind == yaml.ScalarNode {
			return errors.New("expected a mapping or a list; a literal body is text")
		}
		x.body = n
	case "text":
		var text string
		text, err = scalar(n)
		x.text = &text
	case "status":
		x.status, err = strconv.Atoi(n.Value)
	case "expect", "exact":
		if x.expect != nil {
			return errors.New("expect and exact exclude each other")
		}
		x.expect, x.exact = n, name == "exact"
	case "expectHeaders":
		x.expectHeaders, err = headers(n)
	default:
		return errors.New("no such member of an exchange")
	}
	return err
}

func scalar(n *yaml.Node) (string, error) {
	if n.Kind != yaml.ScalarNode {
		return "", errors.New("expected a text")
	}
	return n.Value, nil
}

func headers(n *yaml.Node) ([]header, error) {
	if n.Kind != yaml.MappingNode {
		return nil, errors.New("expected a mapping")
	}
	var out []header
	for i := 0; i < len(n.Content); i += 2 {
		v, err := scalar(n.Content[i+1])
		if err != nil {
			return nil, err
		}
		out = append(out, header{n.Content[i].Value, v, n.Content[i+1].Tag == "!!null"})
	}
	return out, nil
}
