// Package op holds what an operation carries from its beginning to its answer: the
// request, the world, the call that rules see, the checked body and the limits of its
// work. Core is what all operations share.
//
// Only data lives here. What is done with it lives in the packages above.
package op
