package workload

import (
	"fmt"
	"mime"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// MediaTypes says that a verb on a type takes content in JSON's stead. A created entity
// keeps it as its $value.
type MediaTypes struct {
	Type  edm.Name // the created type, or the one the operation is bound to
	Verb  bind.Verb
	Media []string // media types, lower case
}

func (r *Registry) addMediaTypes(w *Workload, known func(edm.Name) bool) error {
	for _, t := range w.MediaTypes {
		if !known(t.Type) {
			return fmt.Errorf("media types are about %s, which no model has", t.Type)
		}
		k := ruleKey{t.Type, t.Verb}
		r.media[k] = append(r.media[k], t.Media...)
	}
	return nil
}

// TakesMedia reports whether a verb takes a body of this Content-Type beside JSON.
func (r *Registry) TakesMedia(t *edm.Type, v bind.Verb, contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		media, _, _ = strings.Cut(contentType, ";")
	}
	media = strings.ToLower(strings.TrimSpace(media))
	for ; t != nil; t = t.Base() {
		if slices.Contains(r.media[ruleKey{t.Name, v}], media) {
			return true
		}
	}
	return false
}
