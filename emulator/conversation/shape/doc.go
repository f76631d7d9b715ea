// Package shape compares the shape of answers that a real service gave with the shape of
// those that an emulator gives. The tenants are not the same, so no value is compared: only
// which members an object has, in which order, how it shows that a value is not set, and the
// forms of ids, times, tags, links and headers.
//
// # Method
//
// Recorded exchanges of one operation (method, version, path with {} for keys, query options)
// and one kind of status are merged. One request of that operation is made of an emulator
// whose tenant has a comparable entity at each place: tenant/*.yaml is loaded before, the
// conversation setup.yaml is held first, keys.txt says which of its entities stands for which
// key, and requests.yaml has the bodies of requests that the recordings do not hold. Reads
// come before writes. An item of a $batch answer is compared with an item of a $batch answer.
//
// Three figures are counted for each area. A check is a question that the recordings answer.
//
//   - Members. One check for each member that all recorded objects of a place have: the
//     emulator shows it. One for each member that both show without a value: they show it in
//     the same way (null, "", [], 0001-01-01, absent). One for each member whose place in
//     the order is known: no recording contradicts it. Primitive members and nulls stand
//     before objects and lists in the service, so two members are compared with objects in
//     which both were of the same sort. A null of ours where no recorded object has that
//     member is a failed check.
//   - Forms. One check for each member with a value on both sides, for the form of that
//     value; one for the status of a success and for each of the headers Content-Type,
//     Cache-Control, OData-Version, Location, ETag, x-ms-resource-unit and Retry-After that
//     either side has. Free texts have no form.
//   - Errors. For each distinct recorded error, one check for its status, code, message with
//     ids blanked, and members of innerError. A success in the recording that the
//     emulator answers with an error is one failed check here, and all its members fail too.
//
// Where recordings contradict each other, the newest counts: a member has to be there if it is
// in all objects of the newest month, and a header that a service sends with all answers may be
// that of newer answers of the area. Not counted are members that only some objects have and
// ours lacks; values that ours has and no recorded object (Extra: the schema grew since, or
// the entity differs); free texts that ours does not set; objects below a member that has no
// value in ours; links to further pages; and operations for which no comparable entity could
// be made (Untried), which are listed.
package shape
