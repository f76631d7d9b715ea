package outlook

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// dialect is what Exchange says (B-2.33). It sends no innerError with 403 and 404,
// and an empty text with some 400s (B-2.6).
func dialect() grapherr.Dialect {
	malformed := &grapherr.Form{Status: 400, Code: "ErrorInvalidIdMalformed", Message: "Id is malformed.", Shape: grapherr.Hollow}
	missing := func(code, message string) grapherr.Form {
		return grapherr.Form{Code: code, Message: message, Shape: grapherr.Bare}
	}
	item := missing("ErrorItemNotFound", "The specified object was not found in the store.")
	item.Fits, item.Malformed = isID, malformed
	target := missing("ErrorInvalidUser", "The requested user '{key}' is invalid.")
	target.Fits = func(key string) bool { return edm.IsGUID(key) || strings.Contains(key, "@") }
	target.Malformed = &grapherr.Form{Status: 400, Code: "ErrorBadRequestInvalidTargetIdentity", // E2
		Message: "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ProfileBadRequestException' was thrown."}
	part := item // of an item
	part.Message += ", The process failed to get the correct properties."
	item.About = map[string]grapherr.Form{
		"attachment": part, "fileAttachment": part, "itemAttachment": part, "referenceAttachment": part,
		"mailFolder":        missing("ErrorFolderNotFound", "The specified folder could not be found in the store."),
		"user":              missing("ErrorInvalidUser", "The requested user '{key}' is invalid."),
		"profilePhoto/user": target,
		"profilePhoto":      missing("ImageNotFound", "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ImageNotFoundException' was thrown."), // C-9.7
	}
	return grapherr.Dialect{
		grapherr.CaseResync:     {Code: "SyncStateNotFound", Message: "The sync state generation is not found; generation={key}."},                  // B-6.13
		grapherr.CaseThrottled:  {Code: "ApplicationThrottled", Message: "Application is over its MailboxConcurrency limit.", Shape: grapherr.Bare}, // B-8.1, B-2.6
		grapherr.CaseNotFound:   item,
		grapherr.CaseDenied:     {Code: "ErrorAccessDenied", Message: "Access is denied. Check credentials and try again."},
		grapherr.CaseNoSegment:  {Code: "RequestBroker--ParseUri", Shape: grapherr.Bare, Fits: isName, Malformed: malformed}, // E3; what is behind a / that stood in an id (B-3.15)
		grapherr.CaseNoProperty: {Code: "RequestBodyRead"},
		grapherr.CaseChanged: {Status: 412, Code: "ErrorIrresolvableConflict",
			Message: "The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item."},
	}
}

const idLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// isID reports whether a key can be an id: base64 in letters that a path takes. An
// address counts as well, since some items are found by one.
func isID(key string) bool {
	return strings.Trim(strings.TrimRight(key, "="), idLetters) == "" || strings.Contains(key, "@")
}

// isName reports whether a segment can have been meant as a name.
func isName(segment string) bool {
	return segment != "" && strings.Trim(segment, idLetters+".$()") == "" && !strings.HasSuffix(segment, "-")
}
