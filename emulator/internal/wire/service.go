package wire

import (
	"net/http"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odatajson"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// service sends the service document: what the root holds (B-1.6).
func (x *exchange) service(w http.ResponseWriter) error {
	dst := append([]byte(`{"@odata.context":"`), x.Base()...)
	dst = append(dst, `/$metadata","value":[`...)
	for _, n := range x.Request.Model.Root().Navigations() {
		kind := "Singleton"
		if n.Type.Many {
			kind = "EntitySet"
		}
		name := value.AppendString(nil, n.Name)
		dst = append(append(dst, `{"name":`...), name...)
		dst = append(append(append(dst, `,"kind":"`...), kind...), `","url":`...)
		dst = append(append(dst, name...), "},"...)
	}
	w.Header()["Odata-Version"] = odataVersion
	return x.send(w, http.StatusOK, odatajson.ContentType(odatajson.MinimalMetadata, 0, false), append(odatajson.TrimComma(dst), "]}"...))
}

// methods in the order that Allow shows.
var methods = [...]string{"GET", "POST", "PATCH", "PUT", "DELETE"}

// notAllowed is the refusal of a method, in the words of the workload. Allow also
// lists what the path takes only because an operation documents it.
func (x *exchange) notAllowed(t *bind.Target) error {
	var allow []string
	for _, m := range methods {
		op, err := x.documented(t, m)
		if err != nil {
			return err
		}
		if _, err := t.Verb(m, op != nil); err == nil {
			allow = append(allow, m)
		}
	}
	return x.g.Engine.Registry.Word(t.Owning(), grapherr.NotAllowed(x.HTTP.Method, allow))
}
