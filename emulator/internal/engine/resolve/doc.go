// Package resolve follows the path of a request through the stored entities to a Place: an
// entity, a collection or a property. On the way it provisions built-in entities and,
// where that is asked for, makes up what is missing.
package resolve
