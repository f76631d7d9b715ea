package fault_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/fault"
)

// The Set of an emulator is emulator.Server.Faults. Rules without Times hit once.
func ExampleSet_Add() {
	var faults fault.Set

	id, err := faults.Add(fault.Rule{Method: "POST", Path: "/users/{id}/sendMail", Status: 429, RetryAfter: 30})
	fmt.Println(id, err)
	_, err = faults.Add(fault.Rule{Path: "/me"})
	fmt.Println(err)
	fmt.Println(len(faults.List()), faults.Remove(id), faults.Remove(id))
	// Output:
	// fault-1 <nil>
	// the rule does nothing: it has none of status, delay, drop, challenge
	// 1 true false
}

// In JSON a time span is a number of seconds or a text.
func ExampleSeconds() {
	var r fault.Rule
	err := json.Unmarshal([]byte(`{"status": 503, "window": "1m30s", "retryAfter": 5}`), &r)
	fmt.Println(r.Window.Duration(), r.RetryAfter.Duration() == 5*time.Second, err)
	// Output: 1m30s true <nil>
}
