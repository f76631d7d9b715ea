// Package rclone names the client whose own tests run here: they were written for
// the service, and find an emulator in its place. See run.
package rclone

import _ "github.com/rclone/rclone/backend/onedrive"
