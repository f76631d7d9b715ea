//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package flock

import (
	"os"
	"syscall"
)

// Lock takes a file for this process until the file is closed. It does not wait: the error
// says that another process, or another open file of this one, has it.
func Lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }
