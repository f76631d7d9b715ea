// Package identityprotection holds what is particular to identity protection and conditional access.
package identityprotection

import (
	_ "embed"

	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

//go:embed traits.yaml
var traits string

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name: "identityprotection",
		Areas: []workload.Area{
			{Name: "Identity protection", Paths: "anonymousIpRiskEvents identityProtection identityRiskEvents impossibleTravelRiskEvents leakedCredentialsRiskEvents " +
				"locatedRiskEvents malwareRiskEvents riskDetections riskyUsers suspiciousIpRiskEvents unfamiliarLocationRiskEvents"},
		},
		Traits:        traits,
		QueryPolicies: []workload.QueryPolicy{{Type: "microsoft.graph.conditionalAccessTemplate", AlwaysTotal: true}}, // R-P2
	}
}
