// Package observed holds what recorded answers of the real service show and its
// documentation does not say: which members an object has, which of them are
// null or missing, the forms of ids and times, headers, page sizes and errors.
//
// The files are derived from recordings by graph-derive observe. They hold
// names, forms, codes and error texts, and no values. Each fact says in how many
// answers it was seen and in which years.
package observed
