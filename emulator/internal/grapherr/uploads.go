package grapherr

import "fmt"

// Errors of upload sessions: codes of OneDrive, texts as pasted by users where there are
// any (B-14.77 to B-14.86).

// NoUploadSession answers a URL of a session that is over, or that there never was.
func NoUploadSession() *Error {
	return &Error{Status: 404, Code: "itemNotFound", Inner: "uploadSessionNotFound", Message: "The upload session was not found"}
}

// BadRange answers a fragment whose Content-Range is missing, is none, or does not fit its body.
func BadRange(why string) *Error {
	return badUpload("", "Invalid Content-Range header").Because(why, "Send Content-Range: bytes {first}-{last}/{total} with a body of last - first + 1 bytes.")
}

// OtherTotal answers a fragment of content that has another length than was said before.
func OtherTotal(was, is int64) *Error {
	return badUpload("fragmentLengthMismatch", "The total length of the upload differs from the one that was declared.").
		Because(fmt.Sprintf("The length was %d and is %d.", was, is), "")
}

// FragmentTooLong answers a fragment that reaches the limit.
func FragmentTooLong(limit int64) *Error {
	return badUpload("maxFragmentLengthExceeded", "The fragment is too long.").
		Because(fmt.Sprintf("A fragment has less than %d bytes.", limit), "")
}

// FragmentUnit answers, in strict mode, a fragment before the last that is no multiple.
func FragmentUnit(unit int64) *Error {
	return badUpload("invalidRange", "The fragment has a length that is not supported.").
		Because(fmt.Sprintf("The length of a fragment before the last is a multiple of %d bytes.", unit), "")
}

// FragmentOverlap answers a fragment that has been received.
func FragmentOverlap() *Error {
	return &Error{Status: 416, Code: "invalidRange", Inner: "fragmentOverlap", Message: "Uploaded fragment overlaps with existing data."}
}

// FragmentOrder answers a fragment before which another one is missing.
func FragmentOrder() *Error {
	return &Error{Status: 416, Code: "invalidRange", Inner: "fragmentOutOfOrder", Message: "Uploaded fragment is out of order."}
}

// UploadIncomplete answers the use of content of which fragments are missing.
func UploadIncomplete() *Error {
	return badUpload("uploadSessionIncomplete", "The upload session is incomplete.")
}

// NoSpace answers content that does not fit the quota of its drive (B-14.149).
func NoSpace() *Error {
	return &Error{Status: 507, Code: "quotaLimitReached", Message: "Insufficient Space Available"}
}

func badUpload(inner, message string) *Error {
	return &Error{Status: 400, Code: "invalidRequest", Inner: inner, Message: message}
}
