// Package intune holds what is particular to device and app management.
package intune

import (
	_ "embed"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

//go:embed traits.yaml
var traits string

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name: "intune",
		Areas: []workload.Area{
			{Name: "Devices and apps", Paths: "deviceAppManagement deviceManagement officeConfiguration onPremEncryptedPayloads pfxRecryptionRequests " +
				"pfxUserCertificates users/exportDeviceAndAppManagementData users/getManagedAppDiagnosticStatuses users/getManagedAppPolicies " +
				"users/getManagedDevicesWithAppFailures users/getManagedDevicesWithFailedOrPendingApps users/isManagedAppUserBlocked " +
				"users/managedDevices users/mobileAppIntentAndStates users/mobileAppTroubleshootingEvents users/removeAllDevicesFromManagement " +
				"users/unblockManagedApps users/wipeAndBlockManagedApps users/wipeManagedAppRegistrationByDeviceTag " +
				"users/wipeManagedAppRegistrationsByDeviceTag"},
		},
		Traits:   traits,
		Backends: []*workload.Backend{{Placed: true}}, // B-1.13, B-1.14
		Types: []string{
			"microsoft.graph.deviceManagement*",
			"microsoft.graph.deviceAppManagement",
			"microsoft.graph.managedDevice*",
			"microsoft.graph.managedApp*",
			"microsoft.graph.managedEBook*",
			"microsoft.graph.managedMobileApp",
			"microsoft.graph.mobileApp*",
			"microsoft.graph.mobileContainedApp",
			"microsoft.graph.mobileThreatDefenseConnector",
			"microsoft.graph.deviceConfiguration*",
			"microsoft.graph.deviceCompliance*",
			"microsoft.graph.deviceEnrollmentConfiguration",
			"microsoft.graph.deviceCategory",
			"microsoft.graph.deviceInstallState",
			"microsoft.graph.detectedApp",
			"microsoft.graph.windowsAutopilot*",
			"microsoft.graph.importedWindowsAutopilot*",
			"microsoft.graph.windowsInformationProtection*",
			"microsoft.graph.windowsMalwareInformation",
			"microsoft.graph.windowsProtectionState",
			"microsoft.graph.windowsDeviceMalwareState",
			"microsoft.graph.termsAndConditions*",
			"microsoft.graph.iosUpdateDeviceStatus",
			"microsoft.graph.remoteAssistancePartner",
			"microsoft.graph.roleDefinition",
			"microsoft.graph.roleAssignment",
			"microsoft.graph.vppToken",
			"microsoft.graph.notificationMessageTemplate",
			"microsoft.graph.localizedNotificationMessage",
			"microsoft.graph.resourceOperation",
			"microsoft.graph.softwareUpdateStatusSummary",
			"microsoft.graph.telecomExpenseManagementPartner",
			"microsoft.graph.userExperienceAnalytics*",
			"microsoft.graph.applePushNotificationCertificate",
			"microsoft.graph.auditEvent",
			"microsoft.graph.complianceManagementPartner",
			"microsoft.graph.targetedManagedAppPolicyAssignment",
			"microsoft.graph.enrollmentConfigurationAssignment",
		},
		QueryPolicies: []workload.QueryPolicy{ // B-3.78
			{Type: "microsoft.graph.managedDevice", AlwaysTotal: true},
			{Type: "microsoft.graph.deviceComplianceDeviceStatus", AlwaysTotal: true}, // R-P2
		},
		Errors: grapherr.Dialect{ // B-2.33
			grapherr.CaseNotFound:   {Code: "ResourceNotFound", Message: "An error has occurred"},
			grapherr.CaseNoProperty: {Code: "BadRequest"},
			grapherr.CaseRequired:   {Code: "BadRequest"},
			grapherr.CaseReadOnly:   {Code: "BadRequest"},
			grapherr.CaseDenied: {Code: "Forbidden",
				Message: "Application is not authorized to perform this operation. Application must have one of the following scopes: {key}"},
			grapherr.CaseExists:  {Code: "Conflict"},
			grapherr.CaseChanged: {Code: "PreconditionFailed"},
		}.In(grapherr.Wrapped), // B-2.35
	}
}
