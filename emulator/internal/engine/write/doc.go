// Package write holds the generic verbs that change entities, and their counterpart for
// single values and streams: create, update, delete, link, unlink, value and content. Each
// runs behind the rule of the type, and System offers them to rules.
//
// Every change of an entity goes through this package, so that link rules, unique values
// and preconditions hold wherever a change comes from.
package write
