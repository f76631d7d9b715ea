// Package hamilton names the client whose own tests run here: they were written for
// the service, and find an emulator in its place. See run.
package hamilton

import _ "github.com/manicminer/hamilton/msgraph"
