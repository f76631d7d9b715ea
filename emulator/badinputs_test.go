package emulator_test

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
)

const payload = "Unable to read JSON request payload." // B-2.26

// badBodies are bodies that are not the JSON object they should be.
func badBodies() []badInput {
	post := func(name, body, says string) badInput {
		return badInput{name: name, method: "POST", path: presences, body: body, status: 400, code: "BadRequest", says: says}
	}
	patch := post("of a PATCH without key", `{"availability": }`, payload)
	patch.method = "PATCH"
	keyed := post("of a PATCH with key", `{"availability": "x"`, payload)
	keyed.method, keyed.path = "PATCH", presences+"/"+record
	over := strings.Repeat("x", 64<<10)
	return []badInput{
		patch, keyed,
		post("empty", "", "Empty Payload. JSON content expected."),
		post("blanks", " \n\t ", payload),
		post("array", `[{"availability":"Busy","activity":"Busy"}]`, payload+"|object"),
		post("string", `"Busy"`, payload+"|object"),
		post("number", `7`, payload+"|object"),
		post("true", `true`, payload+"|object"),
		post("null", `null`, payload+"|object"),
		post("not JSON", `availability=Busy`, payload+"|byte 0"),
		post("ends early", `{"availability":"Busy","activity":`, payload),
		post("trailing comma", `{"availability":"Busy","activity":"Busy",}`, payload+"|byte 41"),
		post("trailing text", `{"availability":"Busy","activity":"Busy"} x`, payload),
		post("two objects", `{"availability":"Busy","activity":"Busy"}{}`, payload),
		post("single quotes", `{'availability':'Busy','activity':'Busy'}`, payload),
		post("comment", `{"availability":"Busy", /* now */ "activity":"Busy"}`, payload),
		post("NaN", `{"availability":NaN,"activity":"Busy"}`, payload+"|/availability"),
		post("number with a leading zero", `{"availability":"Busy","activity":"Busy","sequenceNumber":01}`, payload+"|byte 59"),
		post("byte order mark", "\ufeff"+`{"availability":"Busy","activity":"Busy"}`, payload+"|byte 0"),
		post("control character in a string", "{\"availability\":\"Bu\nsy\",\"activity\":\"Busy\"}", payload+"|/availability"),
		post("invalid UTF-8", "{\"availability\":\"B\xffsy\",\"activity\":\"Busy\"}", payload+"|/availability|UTF-8"),
		post("lone surrogate", `{"availability":"\ud83d","activity":"Busy"}`, payload+"|/availability|surrogate"),
		post("member given twice", `{"availability":"Busy","activity":"Busy","availability":"Away"}`, payload+"|/availability"),
		post("nested member given twice", `{"availability":"Busy","activity":"Busy","outOfOfficeSettings":{"message":"a","message":"b"}}`, payload+"|/outOfOfficeSettings/message"),
		post("member given twice, one escaped", `{"availability":"Busy","activity":"Busy","\u0061vailability":"Away"}`, payload+"|/availability"),
		post("too deep", `{"availability":"Busy","activity":"Busy","outOfOfficeSettings":`+strings.Repeat(`[`, 200)+strings.Repeat(`]`, 200)+`}`, payload+"|/outOfOfficeSettings|deep"),
		{name: "too large", method: "POST", path: presences, body: `{"availability":"` + over + `","activity":"Busy"}`,
			status: 413, code: "RequestEntityTooLarge", says: "too large|65536 bytes"},
		{name: "too large when unpacked", method: "POST", path: presences, body: emulatortest.Gzip(`{"availability":"` + over + `","activity":"Busy"}`), header: "Content-Encoding: gzip",
			status: 413, code: "RequestEntityTooLarge", says: "65536 bytes"},
	}
}

// badValues are objects with something in them that does not belong there.
func badValues() []badInput {
	post := func(name, body, says string) badInput {
		return badInput{name: name, method: "POST", path: presences, body: body, status: 400, code: "BadRequest", says: says}
	}
	with := func(name, member, says string) badInput {
		return post(name, `{"availability":"Busy","activity":"Busy",`+member+`}`, says)
	}
	on := func(in badInput, method, path string) badInput { in.method, in.path = method, path; return in }
	coded := func(in badInput, code string) badInput { in.code = code; return in }
	user := func(name, body, says string) badInput {
		return coded(on(post(name, body, says), "PATCH", "/v1.0/users/ida@northgale.test"), "BadRequest")
	}
	return []badInput{
		post("availability missing", `{"activity":"Busy"}`, "'availability'|required"),
		post("activity missing", `{"availability":"Busy"}`, "'activity'|required"),
		post("activity null", `{"availability":"Busy","activity":null}`, "'activity'|required"),
		on(post("missing in v1.0", `{"activity":"Busy"}`, "'availability'|required"), "POST", "/v1.0/communications/presences"),
		post("nothing in it", `{}`, "required"),
		post("number for a string", `{"availability":7,"activity":"Busy"}`, "availability|string|number"),
		post("boolean for a string", `{"availability":"Busy","activity":true}`, "activity|string|boolean"),
		post("object for a string", `{"availability":{"a":1},"activity":"Busy"}`, "availability|string|object"),
		post("array for a string", `{"availability":["Busy"],"activity":"Busy"}`, "availability|string|array"),
		with("string for an object", `"outOfOfficeSettings":"away"`, "outOfOfficeSettings|object|string"),
		with("array for an object", `"outOfOfficeSettings":[]`, "outOfOfficeSettings|object|array"),
		with("nested string for a boolean", `"outOfOfficeSettings":{"isOutOfOffice":"yes"}`, "outOfOfficeSettings/isOutOfOffice|true, false|string"),
		with("nested number for a string", `"outOfOfficeSettings":{"message":5}`, "message|string|number"),
		with("deeply nested", `"statusMessage":{"message":{"content":[]}}`, "content|string|array"),
		with("no member of an enumeration", `"workLocation":{"workLocationType":"harbour"}`, "workLocationType|office"),
		with("id of the wrong kind", `"id":7`, "id|string|number"),
		with("unknown property", `"shoeSize":43`, "'shoeSize'|microsoft.graph.presence"),
		with("unknown nested property", `"outOfOfficeSettings":{"shoeSize":43}`, "shoeSize|microsoft.graph.outOfOfficeSettings"),
		with("link of an unknown navigation", `"boss@odata.bind":"https://graph.microsoft.com/v1.0/users/x"`, "boss"),
		coded(with("unknown @odata.type", `"@odata.type":"#microsoft.graph.nonesuch"`, "'microsoft.graph.nonesuch'"), "ModelValidationFailure"),
		coded(with("@odata.type of something else", `"@odata.type":"#microsoft.graph.user"`, "'microsoft.graph.user'|microsoft.graph.presence"), "ModelValidationFailure"),
		coded(with("unknown nested @odata.type", `"outOfOfficeSettings":{"@odata.type":"microsoft.graph.nonesuch"}`, "'microsoft.graph.nonesuch'"), "ModelValidationFailure"),
		with("@odata.type of the wrong kind", `"@odata.type":7`, "@odata.type|string"),
		on(post("PATCH: wrong kind", `{"availability":7}`, "availability|string|number"), "PATCH", presences),
		on(post("PATCH with key: wrong kind", `{"outOfOfficeSettings":{"isOutOfOffice":1}}`, "outOfOfficeSettings/isOutOfOffice|true, false|number"), "PATCH", presences+"/"+record),
		on(post("PATCH: unknown property", `{"shoeSize":43}`, "'shoeSize'"), "PATCH", presences),
		on(post("PATCH: id of the wrong kind", `{"id":7,"availability":"Busy"}`, "id|string|number"), "PATCH", presences),
		{name: "duplicate id", method: "POST", path: presences, body: `{"id":"` + record + `","availability":"Away","activity":"Away"}`,
			status: 409, code: "Conflict", says: "'" + record + "'|already exists"},
		{name: "duplicate id in capitals", method: "POST", path: "/v1.0/communications/presences", body: `{"id":"` + strings.ToUpper(record) + `","availability":"Away","activity":"Away"}`,
			status: 409, code: "Conflict", says: "already exists"},
		coded(user("unknown property of a user", `{"shoeSize":43}`, "Invalid property 'shoeSize'."), "Request_BadRequest"),
		user("wrong kind in a user", `{"accountEnabled":"yes"}`, "accountEnabled|true, false|string"),
		user("wrong kind in a collection", `{"businessPhones":["1",2]}`, "businessPhones|string|number"),
		user("no collection", `{"businessPhones":"1"}`, "businessPhones|array|string"),
		user("wrong kind in a complex value", `{"employeeOrgData":{"division":5}}`, "division|string|number"),
		coded(on(post("user without a password", `{"accountEnabled":true,"displayName":"R","mailNickname":"r","userPrincipalName":"r@northgale.test"}`, "'passwordProfile'|required"), "POST", "/v1.0/users"), "Request_BadRequest"),
		on(post("one bad member of a nested list", `{"displayName":"R","mailEnabled":false,"mailNickname":"r","securityEnabled":true,"assignedLabels":[{"labelId":5}]}`, "labelId|string|number"), "POST", "/v1.0/groups"),
		on(post("wrong parameter of an action", `{"availability":5,"activity":"Busy"}`, "availability|string|number"), "POST", "/v1.0/me/presence/setPresence"),
	}
}

// badHeaders are requests whose headers are the mistake.
func badHeaders() []badInput {
	const good = `{"availability":"Busy","activity":"Busy"}`
	post := func(name, header string, status int, code, says string) badInput {
		return badInput{name: name, method: "POST", path: presences, body: good, header: header, status: status, code: code, says: says}
	}
	stale := post("stale If-Match", `If-Match: W/"MQ=="`, 412, "PreconditionFailed", "precondition")
	stale.method, stale.path = "PATCH", presences+"/"+record
	gone := stale
	gone.name, gone.method, gone.body = "stale If-Match on DELETE", "DELETE", ""
	patch := post("no Content-Type on PATCH", "Content-Type:", 400, "BadRequest", "must contain the Content-Type header")
	patch.method = "PATCH"
	empty := post("neither body nor Content-Type", "Content-Type:", 400, "BadRequest", "Content-Type")
	empty.body = ""
	plain := post("not gzip at all", "Content-Encoding: gzip", 400, "BadRequest", payload+"|gzip")
	cut := post("truncated gzip", "Content-Encoding: gzip", 400, "BadRequest", payload+"|ends before")
	cut.body = emulatortest.Gzip(good)[:30]
	form := post("form", "Content-Type: application/x-www-form-urlencoded", 400, "BadRequest", payload) // JSON under this name is taken
	form.body = "availability=Busy&activity=Busy"
	return []badInput{
		post("no Content-Type", "Content-Type:", 400, "BadRequest", "must contain the Content-Type header"),
		post("text", "Content-Type: text/plain", 400, "BadRequest", payload+"|text/plain"),
		post("XML", "Content-Type: application/xml", 400, "BadRequest", payload+"|application/xml"),
		form,
		post("no media type", "Content-Type: json", 400, "BadRequest", payload),
		post("unknown Content-Encoding", "Content-Encoding: br", 415, "UnsupportedMediaType", "br"),
		post("two encodings", "Content-Encoding: gzip, br", 415, "UnsupportedMediaType", "br"),
		patch, empty, plain, cut, stale, gone,
	}
}

// badAddresses are requests to what is not there, or not for this method.
func badAddresses() []badInput {
	const body = `{"availability":"Busy","activity":"Busy"}`
	at := func(name, method, path string, status int, code, says string) badInput {
		in := badInput{name: name, method: method, path: path, status: status, code: code, says: says}
		if method != "GET" && method != "DELETE" {
			in.body = body
		}
		return in
	}
	not := func(name, method, path, code, allow string) badInput {
		in := at(name, method, path, 405, code, "not allowed")
		in.allow = allow
		return in
	}
	return []badInput{
		at("GET of an unknown id", "GET", presences+"/"+unknown, 404, "NotFound", unknown),
		at("PATCH of an unknown id", "PATCH", presences+"/"+unknown, 404, "NotFound", unknown),
		at("DELETE of an unknown id", "DELETE", presences+"/"+unknown, 404, "NotFound", unknown),
		{name: "PATCH of an unknown id in the body", method: "PATCH", path: presences, body: `{"id":"` + unknown + `","availability":"Busy"}`, status: 404, code: "NotFound", says: unknown},
		at("presence of an unknown user", "GET", "/v1.0/users/nobody/presence", 404, "NotFound", "nobody"),
		at("unknown segment", "GET", "/beta/comms/presences", 400, "BadRequest", "'comms'"),
		at("unknown segment on POST", "POST", "/beta/communications/presencez", 400, "BadRequest", "'presencez'"),
		at("unknown property", "GET", presences+"/"+record+"/shoeSize", 400, "BadRequest", "'shoeSize'"),
		at("unknown version", "POST", "/v2.0/communications/presences", 404, "ResourceNotFound", "Invalid version: v2.0"),
		at("no version", "POST", "/communications/presences", 404, "ResourceNotFound", "Invalid version: communications"),
		at("root", "GET", "/", 404, "ResourceNotFound", "Invalid version"),
		not("DELETE of the collection", "DELETE", presences, "MethodNotAllowed", "GET, POST, PATCH"),
		not("PUT of the collection", "PUT", presences, "MethodNotAllowed", "GET, POST, PATCH"),
		not("POST to a record", "POST", presences+"/"+record, "MethodNotAllowed", "GET, PATCH, DELETE"),
		not("PUT of a record", "PUT", presences+"/"+record, "MethodNotAllowed", "GET, PATCH, DELETE"),
		not("PUT of a user", "PUT", "/v1.0/users/ida@northgale.test", "Request_BadRequest", "GET, PATCH, DELETE"),
		not("unknown method", "BREW", presences, "MethodNotAllowed", "GET, POST, PATCH"),
		at("URL too long", "GET", presences+"?$filter="+strings.Repeat("a", 9000), 414, "RequestUriTooLong", "8192 bytes"),
		at("filter that is no filter", "GET", presences+"?$filter=id%20eqq%20'x'", 400, "BadRequest", "eqq"),
		at("filter on an unknown property", "GET", presences+"?$filter=shoeSize%20eq%20'x'", 400, "BadRequest", "shoeSize"),
		at("unknown selected property", "GET", presences+"?$select=shoeSize", 400, "BadRequest", "shoeSize"),
		at("negative top", "GET", presences+"?$top=-1", 400, "BadRequest", "-1"),
	}
}

// strictly are refusals of strict mode only.
func strictly() []badInput {
	on := func(name, method, path, body, code, says string) badInput {
		return badInput{name: name, method: method, path: path, body: body, status: 400, code: code, says: says}
	}
	return []badInput{
		on("letter case of a name", "PATCH", presences, `{"Availability":"Busy"}`, "BadRequest", "'Availability'"),
		on("letter case of a nested name", "PATCH", presences, `{"outOfOfficeSettings":{"Message":"x"}}`, "BadRequest", "Message|microsoft.graph.outOfOfficeSettings"),
		on("read-only property", "PATCH", presences, `{"sequenceNumber":"5"}`, "BadRequest", "'sequenceNumber'|read-only"),
		on("in the table and the example of the page", "POST", presences, `{"availability":"Busy","activity":"Busy"}`, "BadRequest", "'outOfOfficeSettings'|required"),
		on("null for a collection", "PATCH", "/v1.0/users/ida@northgale.test", `{"businessPhones":null}`, "BadRequest", "businessPhones|null"),
		on("number for a nested enumeration", "PATCH", presences, `{"workLocation":{"workLocationType":5}}`, "BadRequest", "workLocationType|string|number"),
	}
}
