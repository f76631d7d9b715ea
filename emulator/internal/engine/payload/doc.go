// Package payload checks and corrects request bodies: names and values against the type,
// then the type's JSON Schema, then the limits that traits declare. The result is a Body:
// what is to be stored, what is to be created below it, and what is to be linked.
//
// A check needs no transaction. What can be judged only against stored entities (unique
// values) belongs to package write.
package payload
