package store

import "errors"

// What the store refuses. Callers compare with errors.Is.
var (
	ErrExists   = errors.New("store: the collection has a member with this key")
	ErrLinked   = errors.New("store: the navigation has this member")
	ErrNotFound = errors.New("store: no such entity")
	ErrNoLink   = errors.New("store: no such link")
	ErrDetached = errors.New("store: the entity is detached")
	ErrAttached = errors.New("store: the entity is not detached")
	ErrCycle    = errors.New("store: an entity cannot be contained in itself")
	ErrReadOnly = errors.New("store: the transaction only reads")
	ErrNested   = errors.New("store: a transaction is open in this goroutine: use its Tx")
	ErrBlobs    = errors.New("store: the limit for file content is reached")
	ErrFull     = errors.New("store: the limit for file content on the disk is reached")
	ErrDisk     = errors.New("store: file content cannot be kept on the disk")
)
