package sharepoint

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Backend is the back end of OneDrive and SharePoint (B-1.13, B-1.14).
func Backend() *workload.Backend {
	return &workload.Backend{Cache: "no-store, no-cache", Refusals: true, ShortNames: true, Placed: true, Address: "https://{host}/_api/v2.0"}
}

// Errors are the words of OneDrive and SharePoint.
func Errors() grapherr.Dialect {
	return grapherr.Dialect{ // B-2.33, B-2.39, B-2.40
		grapherr.CaseNotFound: {Code: "itemNotFound", Message: "The resource could not be found.", About: map[string]grapherr.Form{
			"site":            {Code: "itemNotFound", Message: "The resource could not be found.", Fits: isSite, Malformed: &foreignSite},
			"drive":           {Code: "itemNotFound", Message: "The resource could not be found.", Fits: isDrive, Malformed: &noDrive},
			"sharedDriveItem": {Status: 403, Code: "accessDenied", Message: deadLink, Fits: isShare, Malformed: &noShare},
		}},
		grapherr.CaseNoReference: {Code: "itemNotFound", Message: "The resource could not be found."},
		grapherr.CaseExists:      {Status: 409, Code: "nameAlreadyExists", Message: "The specified item name already exists."},
		grapherr.CaseChanged: {Status: 412, Code: "resourceModified", Inner: "entityTagDoesNotMatch",
			Message: "The resource has changed since the caller last read it; usually an eTag mismatch"},
		grapherr.CaseInvalid:    {Code: "invalidRequest", Message: "The provided name cannot contain any illegal characters."}, // B-14.44
		grapherr.CaseNoProperty: {Code: "invalidRequest", Message: Malformed},
		grapherr.CaseRequired:   {Code: "invalidRequest", Message: Malformed},
		grapherr.CaseReadOnly:   {Code: "invalidRequest", Message: Malformed, Inner: "propertyNotUpdateable"},
		grapherr.CaseBadToken: {About: map[string]grapherr.Form{
			"driveItem/" + grapherr.DeltaToken: {Code: "invalidRequest", Message: "Provided sync token is malformed"}, // B-14.126
		}},
		grapherr.CaseResync: {Code: "resyncRequired", Inner: "resyncApplyDifferences", Restart: "token=", // B-6.13
			Message: "Resync required. Replace any local items with the server's version (including deletes) if you're sure that the service was up to date with your local changes when you last sync'd. Upload any local changes that the server doesn't know about."},
		grapherr.CaseThrottled:   {Code: "activityLimitReached", Message: "The request has been throttled", Inner: "throttledRequest"}, // B-8.1, B-8.4
		grapherr.CaseUnavailable: {Code: "activityLimitReached", Message: "The request has been throttled", Inner: "throttledRequest"}, // B-8.1, B-8.4
		grapherr.CaseDenied: {Code: "accessDenied", Message: "Access denied", About: map[string]grapherr.Form{
			grapherr.Nothing: unauthorized,
			grapherr.NoRoles: unauthorized,
		}},
		grapherr.CaseNoSelect: {Code: "invalidRequest", Inner: "invalidQueryOption"}, // B-2.24
	}
}

// unauthorized answers a token without permissions (B-10.32).
var unauthorized = grapherr.Form{Status: 401, Code: "generalException", Message: "Either scp or roles claim need to be present in the token."}

// foreignSite answers a key that can only be the name of a host, as recorded (E12).
var foreignSite = grapherr.Form{Status: 400, Code: "invalidRequest", Message: "Invalid hostname for this tenancy"}

// isSite reports whether a key can be a site's id: GUIDs, behind a host or not.
func isSite(key string) bool { return strings.Contains(key, ",") || edm.IsGUID(key) }

const deadLink = "The sharing link no longer exists, or you do not have permission to access it." // B-14.143

// noShare answers what is no sharing token (B-14.143).
var noShare = grapherr.Form{Status: 400, Code: "invalidRequest", Message: "The sharing token is invalid"}

// isShare reports whether a key has the form of a sharing token: an encoded URL, or the id
// of a share.
func isShare(key string) bool { return len(key) > 2 && key[1] == '!' }

// Malformed is the text about a request that the service does not understand.
const Malformed = "The request is malformed or incorrect."

// noDrive answers what is no id of a drive (B-14.42).
var noDrive = grapherr.Form{Status: 400, Code: "invalidRequest", Message: "The provided drive id appears to be malformed, or does not represent a valid drive."}

// isDrive reports whether a key has the form of a drive's id: of an organization, of a personal
// account, or of a drive that a POST made.
func isDrive(key string) bool {
	_, ok := ReadDrive(key)
	return ok || isGUID(key) || len(key) == 16 && strings.Trim(strings.ToLower(key), "0123456789abcdef") == ""
}
