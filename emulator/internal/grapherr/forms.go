package grapherr

import (
	"errors"
	"fmt"
	"strings"
)

func bad(format string, args ...any) *Error {
	return &Error{Status: 400, Code: "BadRequest", Message: fmt.Sprintf(format, args...)}
}

// BadRequest is a refusal of the gateway in words of our own, for what no rule words.
func BadRequest(format string, args ...any) *Error { return bad(format, args...) }

// NotSupported answers a write that the path does not take (B-4.39).
func NotSupported() *Error {
	return bad("The request is currently not supported on the targeted entity set")
}

// NoVersion answers a path whose first segment is no version (B-1.1).
func NoVersion(segment string) *Error {
	return &Error{Status: 404, Code: "ResourceNotFound", Message: "Invalid version: " + segment,
		Cure: "Begin the path with /v1.0 or /beta."}
}

// NoSegment answers a path that leaves the model (B-2.22, B-2.23).
func NoSegment(name string) *Error {
	e := bad("Resource not found for the segment '%s'.", name)
	e.Case, e.Subject, e.Key = CaseNoSegment, name, name
	return e
}

// NotFound answers a key that no entity has, in the generic words of B-2.33.
func NotFound(typ, key string) *Error {
	return &Error{Status: 404, Code: "ResourceNotFound", Case: CaseNotFound, Subject: key, Key: key, Type: typ,
		Message: fmt.Sprintf("Resource '%s' does not exist or one of its queried reference-property objects are not present.", key)}
}

// NotNamed answers alternate keys that no entity has: key is no id.
func NotNamed(typ, key string) *Error {
	e := NotFound(typ, key)
	e.Key = ""
	return e
}

// NoValue answers a navigation or stream of owner that holds nothing (C-3.14).
func NoValue(typ, owner, name string) *Error {
	e := NotNamed(typ, name)
	e.Owner = owner
	e.Cause = fmt.Sprintf("Nothing is stored under '%s'.", name)
	return e
}

// Exists answers a create whose key is taken (B-2.10).
func Exists(typ, key string) *Error {
	return &Error{Status: 409, Code: "Conflict", Case: CaseExists, Subject: key, Type: typ,
		Message: fmt.Sprintf("A %s with the id '%s' already exists.", typ, key)}
}

// NotAllowed answers a method that does not fit what the path denotes (B-2.29).
// allow lists the methods that do.
func NotAllowed(method string, allow []string) *Error {
	return &Error{Status: 405, Code: "MethodNotAllowed", Case: CaseNotAllowed, Subject: method,
		Message: "Specified HTTP method is not allowed for the request target.",
		Cause:   fmt.Sprintf("The path takes %s, not %s.", strings.Join(allow, ", "), method),
		Header:  map[string]string{"Allow": strings.Join(allow, ", ")}}
}

// NoContentType answers a write that does not say what its body is (B-2.26).
func NoContentType() *Error {
	return bad("Write requests (excluding DELETE) must contain the Content-Type header declaration.")
}

// EmptyPayload answers a write without the body it needs (B-2.26).
func EmptyPayload() *Error { return bad("Empty Payload. JSON content expected.") }

// NoReferenceBody answers a request that adds or sets a reference without a body (B-2.26).
func NoReferenceBody() *Error {
	e := bad("An unexpected 'EndOfInput' node was found when reading from the JSON reader. A 'StartObject' node was expected.")
	e.Case = CaseNoReferenceBody
	return e
}

// BadPayload answers a body that is not the JSON it should be (B-2.26). The first
// two sentences are the service's; why, ours, follows them and says where it
// goes wrong.
func BadPayload(why string) *Error {
	return bad("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format. %s", why)
}

// BadBody answers a body that cannot be read to its end; err says why, and is the answer
// itself where it is one.
func BadBody(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	e := BadPayload("The body ends before it is complete.")
	e.Err = err
	return e
}

// TooLarge answers a body over the limit (B-2.31).
func TooLarge(limit int64) *Error {
	return &Error{Status: 413, Code: "RequestEntityTooLarge",
		Message: "The page was not displayed because the request entity is too large.",
		Cause:   fmt.Sprintf("The limit is %d bytes.", limit)}
}

// AnswerTooLarge is the answer to a part of a batch whose own answer does not fit into that
// of the batch. The service publishes no such limit; status and code are our choice.
func AnswerTooLarge(limit int) *Error {
	return &Error{Status: 413, Code: "ResponseTooLarge", Message: "The response is too large for a batch.",
		Cause: fmt.Sprintf("The responses of a batch have at most %d bytes together.", limit),
		Cure:  "Send the request outside a batch or in a smaller one, or ask for less with $select and $top."}
}

// URITooLong answers an address over 8 kB (B-2.31).
func URITooLong(limit int) *Error {
	return &Error{Status: 414, Code: "RequestUriTooLong",
		Message: fmt.Sprintf("The request URI is longer than %d bytes.", limit)}
}

// TooComplex answers a query that would look at more than a number of entities and values.
func TooComplex(steps int) *Error {
	return bad("The query is too complex: it looks at more than %d entities and values.", steps).
		Because("Nested any, all and $count multiply what is looked at.", "Ask for less in one request.")
}

// ExpandsTooMuch answers an $expand that would add more to an answer than the limits.
func ExpandsTooMuch(entities, bytes int) *Error {
	e := bad("The $expand of the request adds more than %d entities, or more than %d bytes, to the answer.", entities, bytes)
	e.Target = "$expand"
	return e.Because("", "Ask for smaller pages with $top, for fewer $levels, or for the members by requests of their own.")
}

// ClientGone ends the work for a client that has closed its connection. Nobody reads it.
func ClientGone() *Error {
	return &Error{Status: 503, Code: "serviceNotAvailable", Message: "The client has closed the connection."}
}

// BadMedia answers a body or content encoding that the target does not take (B-2.30, C-1.9).
func BadMedia(what string) *Error {
	return &Error{Status: 415, Code: "UnsupportedMediaType", Message: fmt.Sprintf("Unsupported media type: %s.", what)}
}

// NoProperty answers a written property that is not in the type (B-2.33).
func NoProperty(typ, full, name string) *Error {
	e := bad("The property '%s' does not exist on type '%s'. Make sure to only use property names that are defined by the type or mark the type as open type.", name, full)
	e.Case, e.Subject, e.Type, e.Target = CaseNoProperty, name, typ, name
	return e
}

// NoType answers an @odata.type that the model does not have, or that does not
// fit where it stands (B-2.28).
func NoType(name string) *Error {
	return &Error{Status: 400, Code: "ModelValidationFailure", Shape: Repeated,
		Message: fmt.Sprintf("A type named '%s' could not be resolved by the model. When a model is available, each type name must resolve to a valid type.", name)}
}

// Required answers a create without a property it needs (B-2.33).
func Required(typ, name string) *Error {
	e := bad("A value is required for property '%s' of resource '%s'.", name, typ)
	e.Case, e.Subject, e.Type, e.Target = CaseRequired, name, typ, name
	return e
}

// ReadOnly answers a write of a property that the service makes (B-4.16).
func ReadOnly(typ, name string) *Error {
	e := bad("Property '%s' is read-only and cannot be set.", name)
	e.Case, e.Subject, e.Type, e.Target = CaseReadOnly, name, typ, name
	return e
}

// WrongValue answers a property whose value does not fit the schema (B-2.27).
// The first sentence is the service's; why, ours, follows it.
func WrongValue(property, why string) *Error {
	e := bad("Property %s in payload has a value that does not match schema.", property)
	if why != "" {
		e.Message += " " + why
	}
	e.Target = property
	return e
}

// NotOnCreate answers a create with something that can be set only later.
func NotOnCreate(typ, name string) *Error {
	e := bad("Property '%s' cannot be set when a resource of type '%s' is created.", name, typ)
	e.Target = name
	return e
}

// InvalidValue answers a value that the type's bounds do not allow (B-4.8). why is
// ours and follows the service's sentence.
func InvalidValue(typ, name, why string) *Error {
	e := bad("Invalid value specified for property '%s' of resource '%s'.", name, typ)
	e.Case, e.Subject, e.Type, e.Target, e.Cause = CaseInvalid, name, typ, name, why
	return e
}

// Taken answers a value that another object has and no two may share (B-2.34).
func Taken(typ, name string) *Error {
	e := bad("Another object with the same value for property %s already exists.", name)
	e.Case, e.Subject, e.Type, e.Target = CaseTaken, name, typ, ""
	e.Details = []Detail{{Code: "ObjectConflict", Message: e.Message, Target: name}}
	if name == "proxyAddresses" { // the one that says so twice (B-2.33)
		e.Details = append(e.Details, Detail{Code: "ConflictingObjects", Message: e.Message, Target: name})
	}
	return e
}

// Changed answers a write whose If-Match names another version (B-2.10).
func Changed() *Error {
	return &Error{Status: 412, Code: "PreconditionFailed", Case: CaseChanged,
		Message: "The precondition given in one of the request headers evaluated to false."}
}

// NoRange answers a range that content of a size does not have.
func NoRange(asked string, size int64) *Error {
	return (&Error{Status: 416, Code: "RequestedRangeNotSatisfiable", Message: "The requested range is not satisfiable.",
		Header: map[string]string{"Content-Range": fmt.Sprintf("bytes */%d", size), "Accept-Ranges": "bytes"}}).
		Because(fmt.Sprintf("The range is '%s', and the content has %d bytes.", asked, size), "")
}

// NoTag answers a change without the If-Match that its type asks for (B-4.52).
func NoTag() *Error {
	return &Error{Status: 412, Code: "PreconditionFailed", Case: CaseNoTag,
		Message: "The If-Match header must be specified for this kind of request."}
}

// BadTag answers an If-Match that holds no tag (B-4.52).
func BadTag() *Error {
	e := bad("The If-Match header contains an invalid value.")
	e.Case = CaseNoTag
	return e
}

// NotEmulated answers what is in the catalog and below the fidelity that was asked for.
func NotEmulated(what, why string) *Error {
	return &Error{Status: 501, Code: "notEmulated",
		Message: fmt.Sprintf("%s is not emulated.", what), Cause: why}
}

// MeNeedsUser answers /me for an app-only caller (B-2.21).
func MeNeedsUser() *Error {
	return bad("/me request is only valid with delegated authentication flow.")
}

// NoExpand answers $expand of what the schema says cannot be expanded (B-2.32).
func NoExpand(nav string) *Error {
	return &Error{Status: 400, Code: "ExpandNotSupported", Target: "$expand",
		Message: fmt.Sprintf("Expand is not allowed for property '%s' according to the entity schema.", Capital(nav))}
}

// NotListed answers a list that selects a property which only a read of one entity
// shows, because it is stored elsewhere (B-2.12).
func NotListed(name string) *Error {
	return &Error{Status: 501, Code: "NotImplemented", Message: "This operation target is not yet supported.", Target: "$select",
		Cause: fmt.Sprintf("A list does not show %s.", name), Cure: "Select it on one entity."}
}

// NoZone answers a preference for a time zone that there is not.
func NoZone(name string) *Error {
	e := bad("A valid TimeZone value must be specified. The following TimeZone value is not supported: '%s'.", name)
	e.Code = "TimeZoneNotSupportedException"
	return e.Because("", "Name it as IANA or Windows does.")
}

// ByIDOnly answers a read by another key than the id that selects what is found by
// the id alone (B-3.26).
func ByIDOnly(entity, name string) *Error {
	e := bad("Get By Key only supports %sId and the key has to be a valid Guid", Capital(entity))
	e.Code, e.Target = "Request_BadRequest", "$select"
	return e.Because(name+" is shown only of what the path names by its id.", "Write the object id in the path.")
}

// NoReference answers a link to something that is not there (B-2.33).
func NoReference(key string) *Error {
	e := NotNamed("", key)
	e.Case = CaseNoReference
	return e
}

// Linked answers a link that is there already (B-2.33, C-5.2).
func Linked(nav string) *Error {
	e := bad("One or more added object references already exist for the following modified properties: '%s'.", nav)
	e.Case, e.Subject = CaseLinked, nav
	return e
}

// NamedTwice answers a request that names one object twice (B-4.38).
func NamedTwice(nav string) *Error {
	e := bad("An object of '%s' can only be present once as an add/remove change.", nav)
	e.Case, e.Subject = CaseRepeated, nav
	return e
}

// NotLinked answers the removal of a link that is not there (B-2.33, C-5.2).
func NotLinked(nav string) *Error {
	e := bad("One or more removed object references do not exist for the following modified properties: '%s'.", nav)
	e.Status, e.Case, e.Subject = 404, CaseNotLinked, nav
	return e
}

// Denied answers a caller whose token does not permit the operation (B-2.33,
// B-10.32). accepted names the permissions that would.
func Denied(accepted []string) *Error {
	return &Error{Status: 403, Code: "Authorization_RequestDenied", Case: CaseDenied, Subject: strings.Join(accepted, ", "),
		Message: "Insufficient privileges to complete the operation."}
}

// What a token holds, as Type of a refusal; forms are About it.
const (
	Roles   = "role"    // application permissions
	Scopes  = "scope"   // delegated permissions
	Nothing = "nothing" // no delegated permission
	NoRoles = "no role" // no application permission
)

// Holding says what the refused token holds, so that workloads can name it as {id}.
// A token that holds nothing is Nothing or NoRoles.
func (e *Error) Holding(kind string, held []string) *Error {
	e.Type, e.Owner = kind, strings.Join(held, ", ")
	switch {
	case len(held) > 0:
	case kind == Roles:
		e.Type = NoRoles
	default:
		e.Type = Nothing
	}
	return e
}

// Resync answers a delta token that cannot be gone on from (B-6.13). state names
// what the token stood for; query holds its options.
func Resync(state, why, query string) *Error {
	return &Error{Status: 410, Code: "syncStateNotFound", Case: CaseResync, Subject: state, Restart: "$deltatoken=", Query: query,
		Message: "The sync state is not found. Start over without a token.", Cause: why}
}

// DeltaToken is the Type of errors about a delta token.
const DeltaToken = "deltaToken"

// BadToken answers a delta token that is none (B-6.14). option is where it stood.
func BadToken(option, why string) *Error {
	e := bad("Badly formed token.")
	e.Case, e.Type, e.Subject, e.Target, e.Cause = CaseBadToken, DeltaToken, option, option, why
	return e
}
