// Package store holds one tenant in memory: entities, the navigations between
// them, a journal of every change, file content, what is due, and the dice.
//
// Entities form a tree: each is contained in a navigation of another, or of the
// service root (Ref 0), and dies with it. Beside that, a navigation may link to
// entities that live elsewhere. Members, Find and Count do not distinguish the
// two, because Graph does not.
//
// What holds everywhere:
//
//   - A Ref is given once and never again, also after Restore, and rises with
//     time. Every list is in Ref order, which is the order of creation.
//   - Keys compare without regard to case (B-3.1) and are kept as written. A
//     member added by AddExact is found by its exact key only.
//   - One transaction writes at a time. An error or a panic inside Update leaves
//     no trace: entities, Refs, sequence numbers, GUIDs and dice are as before.
//   - Changes of one entity's members within a transaction are one change.
//   - Trees are copied on write, so that Snapshot, Fork and Scan cost about a
//     microsecond however much is stored.
package store
