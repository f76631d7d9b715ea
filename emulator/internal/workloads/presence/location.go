package presence

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// locations are the records of where a user works, by who said so. The names are
// the members of workLocationSource.
const (
	locations = "locations"
	manual    = "manual"
	automatic = "automatic"
)

// setLocation sets what one source says (B-11.37).
func setLocation(source string) workload.Func {
	return func(c *workload.Call) (workload.Result, error) {
		kind, _ := c.Body.Get("workLocationType")
		if kind.IsNull() {
			return workload.Result{}, grapherr.BadRequest("The parameter 'workLocationType' is required.")
		}
		place, _ := c.Body.Get("placeId")
		if place.IsNull() {
			place = value.Null
		}
		said := value.Members{{Name: "placeId", Value: place}, {Name: "source", Value: value.String(source)}, {Name: "workLocationType", Value: kind}}
		if err := c.System.Remember(c, &c.Self, locations, source, said); err != nil {
			return workload.Result{}, err
		}
		return done, locate(c)
	}
}

// clearLocation forgets what sources say; there need not be anything.
func clearLocation(sources ...string) workload.Func {
	return func(c *workload.Call) (workload.Result, error) {
		if c.Self.Ref == workload.NoRef {
			return done, nil
		}
		for _, source := range sources {
			if err := c.System.Remember(c, &c.Self, locations, source, nil); err != nil {
				return workload.Result{}, err
			}
		}
		return done, locate(c)
	}
}

// locate shows what the most trusted source says: the user before the device.
func locate(c *workload.Call) error {
	said := map[string]value.Raw{}
	for source, o := range c.System.Remembered(c, &c.Self, locations) {
		said[source] = o.Raw()
	}
	where := value.Null
	for _, source := range [...]string{automatic, manual} {
		if at, ok := said[source]; ok {
			where = at
		}
	}
	return settle(c, &c.Self, false, value.Member{Name: "workLocation", Value: where})
}
