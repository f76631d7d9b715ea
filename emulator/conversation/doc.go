// Package conversation is the one format in which requests and their answers are
// written down: recordings, replays, golden tests, stubs and bug reports. It reads
// and writes the files, and compares an answer with what an exchange says of it.
//
// A file is a list of exchanges, or a stream of YAML documents with one or a list
// in each. Errors name file, line and reason, and a file is never half used.
//
//	request: POST /v1.0/users/{id}/messages      method and path with query, or a whole URL
//	rules: [B-4.1, C-10.8]                       tests only: what of docs/behavior the answer proves
//	as: app User.Read.All                        tests only: who calls
//	headers: {If-Match: "*"}                     null: the header is not sent; a list: it is there more than once
//	body: {subject: Tide table}                  JSON, its members in this order
//	text: "{"                                    or a text
//	base64: iVBORw0KGgo=                         or bytes
//	file: photo.png                              or the content of a file beside this one
//	status: 201
//	answerHeaders: {Location: "${any}"}
//	answer: {…}                                  JSON, the whole answer; or answerText, answerBase64, answerFile
//	expect: {id: "${id=guid}"}                   or members that the answer has; others do not matter
//	took: 12ms                                   how long the answer took
//	stub: true                                   answers in the emulator's stead; see below
//	skip: 1                                      of stubs: so many requests pass first
//	times: 2                                     so many are answered then
//	delay: 2s                                    on the emulator's clock
//	fault: {status: 429, retryAfter: 5}          what happens in the answer's stead, as a rule of package fault
//	through: true                                the emulator answers, with the answerHeaders of the stub
//
// A request with a body has the Content-Type application/json unless headers say
// otherwise. Without an answer in any form, any body will do.
//
// A text may hold markers. In an answer ${guid}, ${time} and ${any} stand for part of
// a text, and ${absent} alone for a member or header that is not there; ${name=guid},
// ${name=time} and ${name=any} keep what they match, and ${name} is that text in what
// follows. What would read as a marker and is none has a dollar more: $${name}.
//
// Of a stub, request, headers and body say what it answers: {name} in the path stands for
// a segment, * for part of one, ** for any; the method may be *; query, headers and the
// members of the body have to be there, with markers as in an answer, and may be among
// others. Its answer may hold what the request holds: ${request.path.name},
// ${request.query.$top}, ${request.header.Prefer}, ${request.body./displayName} (JSON
// pointers; alone in a text it is the value that it is), ${request.path}, ${request.body},
// ${request.method}; ${url}, the origin of the emulator; what the request's markers
// kept; a new ${guid}, and the ${time} of the emulator. Of several stubs that match, the
// first that still answers does.
//
// The first entries may be options, for the emulator that is asked, and recording:
// {format: 1, upstream: URL, made: TIME}, which says that every exchange was really
// made. The last member of an exchange of a recording is took: what lacks it has
// lost its end.
package conversation
