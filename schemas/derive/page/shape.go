package page

import (
	"bytes"
	"encoding/json"
)

// shape looks at the members of a JSON answer: its own @odata.type, and
// whether it has a "value" array. known is false when it is no object.
func shape(body []byte) (odata string, many, known bool) {
	if len(body) == 0 || body[0] != '{' || !bytes.Contains(body, []byte(`"value"`)) && !bytes.Contains(body, []byte(`"@odata.type"`)) {
		return "", false, len(body) > 0 && body[0] == '{'
	}
	var top struct {
		Type  json.RawMessage `json:"@odata.type"`
		Value json.RawMessage `json:"value"`
	}
	if json.Unmarshal(body, &top) != nil {
		return "", false, false
	}
	var name string
	if json.Unmarshal(top.Type, &name) == nil {
		odata, _ = bareType(name)
	}
	return odata, len(top.Value) > 0 && top.Value[0] == '[', true
}
