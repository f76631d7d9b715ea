package observe

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/interchange"
)

// Exchange is one recorded request with its answer.
type Exchange struct {
	Source  string // what the recording is from; one account of the service each
	When    string // 2024-03; empty: not known
	Method  string
	URL     string
	Status  int
	Headers map[string]string
	Body    json.RawMessage // nil: the answer has no JSON
	Trimmed map[string]int  // of lists that were shortened, how many items they had
}

// exchangeOf takes what counts of a recorded exchange.
func exchangeOf(s *interchange.Shape) (*Exchange, error) {
	method, url, _ := strings.Cut(s.Exchange.Request, " ")
	x := &Exchange{Source: cmp.Or(s.Source, s.File), Method: method, URL: url, Status: s.Exchange.Status, Headers: map[string]string{}, Trimmed: s.Trimmed}
	if !s.Recorded.IsZero() {
		x.When = s.Recorded.Format("2006-01")
	}
	for _, h := range s.Exchange.AnswerHeaders {
		x.Headers[h.Name] = h.Value
	}
	body, err := s.Exchange.Answer.Bytes(nil)
	if err != nil {
		return nil, err
	}
	if json.Valid(body) {
		x.Body = body
	}
	return x, nil
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
