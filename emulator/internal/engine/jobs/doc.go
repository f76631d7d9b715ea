// Package jobs holds what a request only begins: a copy, a team. A job is stored, it is
// polled through a monitor or an operations collection, and it ends at a poll, by the
// clock or by hand.
package jobs
