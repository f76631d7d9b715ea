package decl

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Read reads the condensed form: {"source":…, "types":{name:{"base":…,
// "props":{member:type}}}, "enums":{name:[members]}}. Unknown fields are
// errors.
func Read(r io.Reader) (*Facts, error) {
	var doc struct {
		Source string              `json:"source"`
		Types  map[string]rawType  `json:"types"`
		Enums  map[string][]string `json:"enums"`
	}
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("declarations: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("declarations: text after the document")
	}
	return (&source{types: doc.Types, enums: doc.Enums}).facts(), nil
}
