package workload

import (
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// HasPlan reports whether a user has a plan of a service: among the plans, which a tenant file
// can list, or by a license with a plan whose name is one.
func HasPlan(tx *store.Reader, user value.Object, service string, is func(plan string) bool) bool {
	plans, _ := user.Get("assignedPlans")
	for plan := range plans.Elements() {
		if m := plan.Members(); strings.EqualFold(m.Text("service"), service) && (m.Text("capabilityStatus") == "Enabled" || m.Text("capabilityStatus") == "Warning") {
			return true
		}
	}
	licenses, _ := user.Get("assignedLicenses")
	for license := range licenses.Elements() {
		disabled, _ := license.Members().Get("disabledPlans")
		off := slices.Collect(disabled.Elements())
		for _, sku := range tx.Entities(0, "subscribedSkus", 0, nil) {
			m := sku.Object.Members()
			if !strings.EqualFold(m.Text("skuId"), license.Members().Text("skuId")) {
				continue
			}
			has, _ := m.Get("servicePlans")
			for plan := range has.Elements() {
				if id, _ := plan.Members().Get("servicePlanId"); is(plan.Members().Text("servicePlanName")) && !slices.Contains(off, id) {
					return true
				}
			}
		}
	}
	return false
}
