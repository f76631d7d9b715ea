// Package typeinfo merges what is known of a type beside the model: its traits through the
// base types, its views, its read rule, and which of its collections hold built-in
// entities. An Info is made when a type is first touched, and is immutable then.
//
// Nothing here looks at stored entities.
package typeinfo
