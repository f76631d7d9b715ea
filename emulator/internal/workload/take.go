package workload

import (
	"fmt"
	"mime"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Take says that a verb on a type takes content in JSON's stead. A created entity
// keeps it as its $value.
type Take struct {
	Type  edm.Name // the created type, or the one the operation is bound to
	Verb  bind.Verb
	Media []string // media types, lower case
}

func (r *Registry) addTakes(w *Workload, known func(edm.Name) bool) error {
	for _, t := range w.Takes {
		if !known(t.Type) {
			return fmt.Errorf("media types are about %s, which no model has", t.Type)
		}
		k := ruleKey{t.Type, t.Verb}
		r.takes[k] = append(r.takes[k], t.Media...)
	}
	return nil
}

// Takes reports whether a verb takes a body of this Content-Type beside JSON.
func (r *Registry) Takes(t *edm.Type, v bind.Verb, contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		media, _, _ = strings.Cut(contentType, ";")
	}
	media = strings.ToLower(strings.TrimSpace(media))
	for ; t != nil; t = t.Base() {
		if slices.Contains(r.takes[ruleKey{t.Name, v}], media) {
			return true
		}
	}
	return false
}
