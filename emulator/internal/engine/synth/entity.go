package synth

import (
	"encoding/base64"
	"errors"
	"hash/fnv"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Entity makes an entity that was never created from its type, and keeps it, so
// that later writes build on it. Its values depend on the type and the key alone.
func Entity(x *op.Op, c *workload.Call, n *workload.Node) error {
	if n.Exists {
		return nil
	}
	if owner := n.Home.Owner; owner != nil && !owner.Exists {
		if err := Entity(x, c, owner); err != nil {
			return err
		}
	}
	t := n.Type
	if t == nil || n.Home.Nav == nil {
		return heap.Missing(n)
	}
	if Deleted(x, c, n) {
		return heap.Missing(n)
	}
	members := members(t, n.Home.Key, 0)
	if k := x.Core.Types.Of(t); k.ID != "" && n.Home.Key != "" {
		members.Set(k.ID, value.String(n.Home.Key))
	}
	n.Object = x.Core.Shapes.Object(string(t.Name), members)
	if home, set := x.Core.HomeFor(c, n.Home.Owner, n.Home.Nav, t); set != n.Home.Nav {
		return linkedEntity(x, c, n, home, set)
	}
	if err := x.Core.Materialize(x.Tx, c, n); err != nil {
		return err
	}
	n.Exists = true
	return nil
}

// linkedEntity makes up what a navigation only refers to: it lies in the set of
// its type, where it may be already.
func linkedEntity(x *op.Op, c *workload.Call, n *workload.Node, home *workload.Node, set *edm.Navigation) error {
	owner, key := n.Home.Owner, n.Home.Key
	if err := x.Core.Materialize(x.Tx, c, owner); err != nil {
		return err
	}
	if key == "" {
		raw := Value("Edm.Guid", nil, n.Home.Nav.Name+"/"+strconv.FormatInt(int64(owner.Ref), 10), 0)
		key, _ = raw.Text()
	}
	of := x.Core.Collection(c, home, set)
	made, err := of.Find(key)
	if err != nil {
		return err
	}
	if !made.Exists {
		made.Type, made.Object = n.Type, n.Object
		if err := x.Core.Materialize(x.Tx, c, &made); err != nil {
			return err
		}
	}
	if err := x.Tx.Link(owner.Ref, x.Core.Stored(owner.Type, n.Home.Nav), made.Ref); err != nil && !errors.Is(err, store.ErrLinked) {
		return err
	}
	fresh, ok := x.Core.Load(c, made.Ref, n.Home)
	if !ok {
		return heap.Missing(n)
	}
	*n = fresh
	return nil
}

// deletedKeys is where synthesize mode remembers what was deleted: a key that was
// deleted is not made up again. It lies below the service root under a name no
// path can reach.
const deletedKeys = "$deleted"

func deletedKey(n *workload.Node) string {
	return strconv.FormatInt(int64(n.Home.Owner.Ref), 10) + "/" + n.Home.Nav.Name + "/" + n.Home.Key
}

// Deleted reports whether a node was deleted, so that it is not made up again.
func Deleted(x *op.Op, c *workload.Call, n *workload.Node) bool {
	if n.Home.Owner == nil {
		return false
	}
	_, ok := c.Tx.Find(0, deletedKeys, deletedKey(n))
	return ok
}

// RecordDeletion remembers that a node is deleted, for Deleted.
func RecordDeletion(x *op.Op, c *workload.Call, n *workload.Node) error {
	if x.Core.Options.Missing != op.Synthesize || n.Home.Owner == nil || n.Home.Nav == nil {
		return nil
	}
	if Deleted(x, c, n) {
		return nil
	}
	if _, err := x.Tx.Add(0, deletedKeys, deletedKey(n), x.Core.Shapes.Object("$deleted", nil)); err != nil {
		return err
	}
	return markFilled(x, c, n.Home.Owner, n.Home.Nav)
}

// maxPlausible bounds how deep complex values are filled.
const maxPlausible = 2

// members fills what a client cannot do without: what may not be null, and
// the names and times that nearly every client shows.
func members(t *edm.Type, key string, depth int) value.Members {
	var out value.Members
	for _, p := range t.Properties() {
		if p.Nullable && !alwaysFilled[strings.ToLower(p.Name)] && !wraps(t, p) || p.Type.Name == "Edm.Stream" {
			continue
		}
		if p.Type.Many {
			out.Set(p.Name, value.Array())
			continue
		}
		v := Value(p.Type.Name, p.Def(), p.Name+key, depth)
		if p.Type.Name == "Edm.String" && strings.EqualFold(p.Name, webURL) { // clients parse it
			v = value.String("https://sample.test/" + url.PathEscape(key))
		}
		if v != "" {
			out.Set(p.Name, v)
		}
	}
	return out
}

// wraps reports whether a property is the choice that a complex type has and nothing else.
func wraps(t *edm.Type, p *edm.Property) bool {
	def := p.Def()
	return t.Kind == edm.Complex && len(t.Properties()) == 1 && p.Name == "value" && def != nil && def.Kind == edm.Enum
}

const webURL = "weburl"

// alwaysFilled are the properties that are filled although they may be null, in lower case.
var alwaysFilled = map[string]bool{"displayname": true, "name": true, "subject": true, "title": true, "createddatetime": true,
	"lastmodifieddatetime": true, "description": true, webURL: true, "state": true, "status": true}

// Value makes a value of a type: deterministic, and in the type's form.
func Value(name edm.Name, def *edm.Type, seed string, depth int) value.Raw {
	h := fnv.New64a()
	h.Write([]byte(string(name) + "\x00" + seed))
	n := h.Sum64()
	if def != nil {
		switch {
		case def.Kind == edm.Enum && len(def.Members) > 0:
			return value.String(def.Members[0])
		case def.Kind == edm.Enum:
			return value.Null
		case depth >= maxPlausible:
			return value.Members{}.Object()
		}
		return members(def, seed, depth+1).Object()
	}
	switch name {
	case "Edm.String":
		return value.String("sample " + strconv.FormatUint(n%9000+1000, 10))
	case "Edm.Boolean":
		return value.Bool(false)
	case "Edm.Int16", "Edm.Int32", "Edm.Int64", "Edm.Byte", "Edm.SByte":
		return value.Int(int64(n % 100))
	case "Edm.Double", "Edm.Single", "Edm.Decimal", "Edm.Number":
		return value.Int(int64(n % 100))
	case "Edm.DateTimeOffset":
		return value.Time(time.Unix(1767225600+int64(n%31536000), 0).UTC()) // some moment of 2026
	case "Edm.Date":
		return value.String(time.Unix(1767225600+int64(n%31536000), 0).UTC().Format(time.DateOnly))
	case "Edm.TimeOfDay":
		return value.String("08:00:00.0000000")
	case "Edm.Duration":
		return value.String("PT1H")
	case "Edm.Guid":
		return value.String(guidFrom(n))
	case "Edm.Binary":
		return value.String(base64.StdEncoding.EncodeToString([]byte(seed)))
	}
	return value.Null
}

// guidFrom makes a GUID in the form of random ones.
func guidFrom(n uint64) string {
	h := strconv.FormatUint(n|1<<63, 16)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-8" + h[1:4] + "-" + h[4:16]
}
