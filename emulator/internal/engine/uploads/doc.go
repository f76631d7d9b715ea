// Package uploads keeps upload sessions in the store, with the content that has arrived. A
// session is a record that no path leads to; it goes when its time is over, when it is
// deleted, or when its content is used.
package uploads
