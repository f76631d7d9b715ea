// Package learn makes tenant fixtures of recorded answers. It walks the path of each
// request through the model to the place that the answer is about, merges what several
// answers say of one entity, and writes the tree down: what is contained below its
// owner, references as links, directory objects in the set of their type. What is told
// is the state at the end: what the recording created is there, what it deleted is not.
package learn
