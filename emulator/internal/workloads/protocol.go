package workloads

import "github.com/graph-emulator/graph-emulator/emulator/internal/workload"

// The switches that no service owns, with their values that mean something: choices of
// Graph's front door.
const (
	Shuffle = "batch.shuffle" // B-5.19
	On      = "on"

	AbsoluteURLs = "batch.absoluteUrls" // B-5.3
	Refuse       = "refuse"

	Unpublished = "auth.unpublished"
	Allow       = "allow"
)

// others are the areas of services that behave as the model says, and so have no folder.
var others = []workload.Area{
	{Name: "Bookings", Paths: "bookingBusinesses bookingCurrencies solutions/bookingBusinesses solutions/bookingCurrencies"},
	{Name: "Calls and meetings", Paths: "app communications users/onlineMeetings"},
	{Name: "Cloud PC", Paths: "deviceManagement/virtualEndpoint"},
	{Name: "Education", Paths: "education"},
	{Name: "Financials", Paths: "financials"},
	{Name: "Service administration", Paths: "admin"},
	{Name: "Tenant relationships", Paths: "tenantRelationships"},
}

// protocol declares the switches and the other areas. It has no types, and so no folder.
func protocol() workload.Workload {
	return workload.Workload{Name: "protocol", Areas: others, Switches: []workload.Switch{
		{Name: Shuffle, Values: []string{"off", On}, Usage: "give the answers of a batch in any order"},
		{Name: AbsoluteURLs, Values: []string{"accept", Refuse}, Strict: Refuse, Usage: "whether absolute URLs inside a batch are taken"},
		{Name: Unpublished, Values: []string{Refuse, Allow}, Usage: "whether --auth enforce allows an operation for which no permissions are published"},
	}}
}
