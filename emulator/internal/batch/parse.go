package batch

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// Max is how many requests a batch may hold (B-5.2).
const Max = 20

// item is one request of a batch.
type item struct {
	id        string
	method    string
	url       string
	headers   map[string]string
	body      []byte // what is sent; nil: nothing
	dependsOn []string
}

func malformed(format string, args ...any) *grapherr.Error {
	return grapherr.BadRequest("Invalid batch payload format.").Because(fmt.Sprintf(format, args...), "") // B-5.8
}

// parse reads the payload. An error refuses the whole batch.
func parse(body []byte) ([]item, error) {
	top, err := value.ParseObject(body, value.Limits{})
	if err != nil {
		return nil, malformed("%v", err)
	}
	raw, ok := top.Get("requests")
	if !ok || raw.Kind() != value.KindArray {
		return nil, malformed("The member 'requests' must be an array.")
	}
	var items []item
	seen := map[string]bool{}
	for el := range raw.Elements() {
		if len(items) == Max {
			return nil, grapherr.BadRequest("Number of requests inside batch exceeds the limit.").
				Because(fmt.Sprintf("A batch holds at most %d requests.", Max), "Send the rest in another batch.")
		}
		it, err := read(el)
		if err != nil {
			return nil, err
		}
		if key := strings.ToLower(it.id); seen[key] {
			return nil, malformed("The id '%s' is given twice.", it.id)
		} else {
			seen[key] = true
		}
		items = append(items, it)
	}
	return items, dependencies(items)
}

func read(raw value.Raw) (item, error) {
	if raw.Kind() != value.KindObject {
		return item{}, malformed("Each request is an object.")
	}
	it := item{headers: map[string]string{}}
	for _, m := range raw.Members() {
		if err := it.member(m); err != nil {
			return it, err
		}
	}
	switch {
	case it.id == "":
		return it, malformed("A request has no id.")
	case it.method == "":
		return it, malformed("The request with id '%s' has no method.", it.id)
	case it.url == "":
		return it, malformed("The request with id '%s' has no url.", it.id)
	}
	return it, it.encode()
}

func (it *item) member(m value.Member) error {
	switch m.Name {
	case "id": // a number is taken for its text (C-6.1)
		text, ok := m.Value.Text()
		if !ok && m.Value.Kind() == value.KindNumber {
			text = string(m.Value)
		}
		it.id = text
	case "method":
		text, _ := m.Value.Text()
		it.method = strings.ToUpper(text)
	case "url":
		it.url, _ = m.Value.Text()
	case "headers":
		return it.readHeaders(m.Value)
	case "body":
		if !m.Value.IsNull() {
			it.body = []byte(m.Value)
		}
	case "dependsOn":
		return it.readDependencies(m.Value)
	}
	return nil // atomicityGroup and what else may come is ignored (B-5.18)
}

func (it *item) readHeaders(raw value.Raw) error {
	if raw.IsNull() {
		return nil
	}
	if raw.Kind() != value.KindObject {
		return malformed("The headers of a request are an object.")
	}
	for _, h := range raw.Members() {
		text, ok := h.Value.Text()
		if !ok {
			text = string(h.Value)
		}
		it.headers[h.Name] = text
	}
	return nil
}

func (it *item) readDependencies(raw value.Raw) error {
	if raw.IsNull() {
		return nil
	}
	if raw.Kind() != value.KindArray {
		return malformed("The dependsOn of a request is an array of ids.")
	}
	for el := range raw.Elements() {
		text, ok := el.Text()
		if !ok {
			text = string(el)
		}
		it.dependsOn = append(it.dependsOn, text)
	}
	return nil
}

// encode turns the body as the batch gives it into the bytes to send: JSON as it
// stands, anything else from base64 (B-5.7). A body needs a Content-Type (B-5.6).
func (it *item) encode() error {
	if it.body == nil {
		return nil
	}
	kind := ""
	for name, v := range it.headers {
		if strings.EqualFold(name, "Content-Type") {
			kind = v
		}
	}
	if kind == "" {
		return grapherr.BadRequest("Write request with id '%s' does not contain a Content-Type header.", it.id)
	}
	if strings.Contains(strings.ToLower(kind), "json") {
		return nil
	}
	var text string
	if err := json.Unmarshal(it.body, &text); err != nil {
		return malformed("The body of the request with id '%s' is %s, so it must be a base64 string.", it.id, kind)
	}
	clean := strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(text), "=")
	raw, err := base64.RawStdEncoding.DecodeString(clean)
	if err != nil {
		if strings.HasPrefix(strings.ToLower(kind), "text/") {
			it.body = []byte(text)
			return nil
		}
		return malformed("The body of the request with id '%s' is no base64.", it.id)
	}
	it.body = raw
	return nil
}

// dependencies refuses a dependency on anything but an earlier request, and with it
// circles.
func dependencies(items []item) error {
	earlier := make(map[string]bool, len(items))
	for i := range items {
		for _, id := range items[i].dependsOn {
			if !earlier[strings.ToLower(id)] {
				return grapherr.BadRequest("Invalid dependency for request Id %s.", items[i].id).
					Because("No request before it has the id '"+id+"'.", "Put the request that it depends on before it.")
			}
		}
		earlier[strings.ToLower(items[i].id)] = true
	}
	return nil
}

// supported reports whether the dependencies have a shape that the service runs: there are
// none, each request depends on the one before it, or all that depend name the same one
// (B-5.16).
func supported(items []item) bool {
	serial, same, common := true, true, ""
	for i := range items {
		on := strings.ToLower(items[i].only())
		serial = serial && (i == 0 || on == strings.ToLower(items[i-1].id))
		if len(items[i].dependsOn) > 0 {
			same = same && on != "" && (common == "" || common == on)
			common = on
		}
	}
	return serial || same
}

// only is the one request that the item depends on; empty where there is none, or another.
func (it *item) only() string {
	for _, id := range it.dependsOn {
		if !strings.EqualFold(id, it.dependsOn[0]) {
			return ""
		}
	}
	if len(it.dependsOn) == 0 {
		return ""
	}
	return it.dependsOn[0]
}

// errShape answers dependencies of another shape.
func errShape() *grapherr.Error {
	return grapherr.BadRequest("Batch should be either fully sequential or fully parallel.").
		Because("Some requests depend on others, neither each on the one before it nor all on the same.",
			"Let each request depend on the one before it, let all that depend name the same request, or send several batches.")
}
