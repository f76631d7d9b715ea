package csdl

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxDepth bounds element nesting; real documents stay below twenty.
const maxDepth = 64

// node is an XML element with its attributes; CSDL needs no mixed content.
type node struct {
	space, name string
	attrs       map[string]string
	kids        []*node
	text        string
}

func (n *node) attr(name string) string { return n.attrs[name] }

const (
	spaceEdm  = "http://docs.oasis-open.org/odata/ns/edm"
	spaceEdmx = "http://docs.oasis-open.org/odata/ns/edmx"
)

var errNoRoot = errors.New("csdl: no root element")

// parse reads one XML document into a tree.
func parse(r io.Reader) (*node, error) {
	dec := xml.NewDecoder(r)
	var stack []*node
	var root *node
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("csdl: %w", err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			n, err := element(t)
			if err != nil {
				return nil, err
			}
			switch {
			case len(stack) > maxDepth:
				return nil, fmt.Errorf("csdl: elements nest deeper than %d", maxDepth)
			case len(stack) > 0:
				top := stack[len(stack)-1]
				top.kids = append(top.kids, n)
			case root != nil:
				return nil, errors.New("csdl: more than one root element")
			default:
				root = n
			}
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				stack[len(stack)-1].text += strings.TrimSpace(string(t))
			}
		}
	}
	if root == nil {
		return nil, errNoRoot
	}
	return root, nil
}

func element(t xml.StartElement) (*node, error) {
	n := &node{space: t.Name.Space, name: t.Name.Local, attrs: make(map[string]string, len(t.Attr))}
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
			continue
		}
		name := a.Name.Local
		if a.Name.Space != "" {
			name = a.Name.Space + ":" + name
		}
		if _, twice := n.attrs[name]; twice {
			return nil, fmt.Errorf("csdl: attribute %s twice on %s", name, n.name)
		}
		n.attrs[name] = a.Value
	}
	return n, nil
}
