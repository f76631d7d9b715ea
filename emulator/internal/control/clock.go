package control

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/clock"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
)

// Clock is the emulator's clock, see emulator.Clock.
type Clock interface {
	Now() time.Time
	Frozen() bool
	Advance(time.Duration) error
	Set(time.Time) error
	Freeze()
	Resume()
	Reset()
	Next() (time.Time, bool)
}

// move is what is asked of the clock; its parts are done in this order.
type move struct {
	Reset   bool       `json:"reset"`
	Set     *time.Time `json:"set"`
	Freeze  *bool      `json:"freeze"` // false: resume
	Advance *duration  `json:"advance"`
}

func clockEndpoints(c Clock) []endpoint {
	show := func() (any, error) {
		out := struct {
			Now    time.Time  `json:"now"`
			Frozen bool       `json:"frozen"`
			Next   *time.Time `json:"next"` // when something happens by itself
		}{Now: c.Now().UTC(), Frozen: c.Frozen()}
		if at, ok := c.Next(); ok {
			out.Next = &at
		}
		return out, nil
	}
	return []endpoint{
		{"GET", "/clock", func(*http.Request) (any, error) { return show() }},
		{"POST", "/clock", func(r *http.Request) (any, error) {
			var m move
			if err := read(r, &m); err != nil {
				return nil, err
			}
			if m.Advance != nil && *m.Advance < 0 {
				return nil, grapherr.BadRequest("The clock cannot be advanced by %v: set it to an earlier time.", time.Duration(*m.Advance))
			}
			if m == (move{}) {
				return nil, grapherr.BadRequest("Nothing is asked of the clock: the body has none of advance, set, freeze, reset.")
			}
			if err := m.check(c.Now()); err != nil {
				return nil, err
			}
			return m.apply(c, show)
		}},
	}
}

// check refuses a move before any part of it is made.
func (m *move) check(now time.Time) error {
	var err error
	if m.Set != nil {
		now, err = *m.Set, clock.Check(*m.Set)
	}
	if m.Advance != nil && err == nil {
		err = clock.Check(now.Add(time.Duration(*m.Advance)))
	}
	if err != nil {
		return grapherr.BadRequest("%s.", grapherr.Capital(err.Error()))
	}
	return nil
}

func (m *move) apply(c Clock, show func() (any, error)) (any, error) {
	if m.Reset {
		c.Reset()
	}
	if m.Freeze != nil && *m.Freeze {
		c.Freeze()
	}
	if m.Set != nil {
		if err := c.Set(*m.Set); err != nil {
			return nil, err
		}
	}
	if m.Freeze != nil && !*m.Freeze {
		c.Resume()
	}
	if m.Advance != nil {
		if err := c.Advance(time.Duration(*m.Advance)); err != nil {
			return nil, err
		}
	}
	return show()
}

// duration is a time span in JSON: "90s", "1h30m", or a number of seconds.
type duration time.Duration

// UnmarshalJSON implements json.Unmarshaler.
func (d *duration) UnmarshalJSON(text []byte) error {
	var seconds float64
	if json.Unmarshal(text, &seconds) == nil {
		if most := time.Duration(math.MaxInt64).Seconds(); seconds >= most || seconds <= -most {
			return fmt.Errorf("%s seconds are more than a time span holds, which is %.0f", text, most)
		}
		*d = duration(seconds * float64(time.Second))
		return nil
	}
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return fmt.Errorf("%s is no time span; write \"90s\", \"1h30m\" or a number of seconds", text)
	}
	v, err := time.ParseDuration(s)
	if err != nil {
		return fmt.Errorf("%q is no time span; write \"90s\", \"1h30m\" or a number of seconds", s)
	}
	*d = duration(v)
	return nil
}
