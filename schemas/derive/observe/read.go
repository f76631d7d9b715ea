package observe

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Exchange is one recorded request with its answer.
type Exchange struct {
	Source  string            `json:"source"` // what the recording is from; one account of the service each
	When    string            `json:"recorded"`
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"responseHeaders"`
	Body    json.RawMessage   `json:"body"`
	// Trimmed says of lists of the body how many items they had.
	Trimmed map[string]int `json:"trimmed"`
}

// year is the year of the recording; 0 where it is not known.
func (x *Exchange) year() int {
	y, _, _ := strings.Cut(x.When, "-")
	n, err := strconv.Atoi(y)
	if err != nil {
		return 0
	}
	return n
}

// Read reads exchanges, one JSON object a line. The error names the line.
func Read(r io.Reader) ([]Exchange, error) {
	var out []Exchange
	lines := bufio.NewReader(r)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var x Exchange
			if err := json.Unmarshal(line, &x); err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
			out = append(out, x)
		}
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// member is one member of a JSON object, in the order of the text.
type member struct {
	name string
	raw  json.RawMessage
}

// membersOf are the members of an object; nil when raw is no object.
func membersOf(raw json.RawMessage) []member {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	out := []member{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil
		}
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return nil
		}
		out = append(out, member{name.(string), v})
	}
	return out
}

// elementsOf are the elements of an array; nil when raw is none.
func elementsOf(raw json.RawMessage) []json.RawMessage {
	var out []json.RawMessage
	if json.Unmarshal(raw, &out) != nil {
		return nil
	}
	return out
}

func textOf(raw json.RawMessage) (string, bool) {
	var s string
	if len(raw) == 0 || raw[0] != '"' || json.Unmarshal(raw, &s) != nil {
		return "", false
	}
	return s, true
}
