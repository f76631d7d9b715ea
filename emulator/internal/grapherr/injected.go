package grapherr

import "time"

// injected are the codes of errors that someone asked for by their status (B-2.41).
var injected = map[int]struct {
	code, message string
	of            Case
}{
	400: {"BadRequest", "The request is invalid.", Plain},
	401: {"InvalidAuthenticationToken", "Access token validation failure.", Plain},
	402: {"PaymentRequired", "The request needs a subscription to be billed.", Plain},
	403: {"Forbidden", "Access is denied.", Plain},
	409: {"Conflict", "The request conflicts with the state of the resource.", Plain},
	410: {"Gone", "The resource is gone.", Plain},
	412: {"PreconditionFailed", "The precondition given in one of the request headers evaluated to false.", CaseChanged},
	423: {"Locked", "The resource is locked.", Plain},
	429: {"TooManyRequests", "Please retry again later.", CaseThrottled}, // B-8.1
	500: {"InternalServerError", "Internal error.", Plain},
	501: {"NotImplemented", "This operation target is not yet supported.", Plain},
	502: {"BadGateway", "The gateway got no valid answer.", Plain},
	503: {"ServiceUnavailable", "The service is temporarily unavailable.", CaseUnavailable},
	504: {"GatewayTimeout", "The gateway got no answer in time.", Plain},
	507: {"InsufficientStorage", "The storage quota is used up.", Plain},
	509: {"BandwidthLimitExceeded", "The bandwidth limit is used up.", Plain},
}

// Injected is the error that a status alone asks for, in the generic words. typ and
// key name what the path leads to.
func Injected(status int, typ, key string) *Error {
	if status == 404 {
		return NotFound(typ, key)
	}
	f, ok := injected[status]
	if !ok {
		f.code, f.message = "UnknownError", "" // B-2.5
	}
	return &Error{Status: status, Code: f.code, Message: f.message, Case: f.of, Subject: key, Type: typ}
}

// Busy is the 503 of a service that cannot take a request now (B-2.13, B-8.4), in the
// generic words.
func Busy(after time.Duration) *Error {
	e := Injected(503, "", "")
	e.RetryAfter = after
	return e
}

// Throttled is the 429 of B-8.1 in the generic words.
func Throttled(after time.Duration) *Error {
	e := Injected(429, "", "")
	e.Shape, e.RetryAfter = Counted, after
	return e
}
