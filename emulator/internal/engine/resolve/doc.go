// Package resolve follows the path of a request through the stored entities to a Place: an
// entity, a collection or a property. On the way a write provisions built-in entities, and
// what is missing is made up where the mode of the call says so.
package resolve
