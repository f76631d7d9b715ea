package odatajson

import (
	"net/http"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/typeinfo"
	"github.com/graph-emulator/graph-emulator/emulator/internal/origin"
)

// Contents makes addresses of content that need no token.
type Contents interface {
	// ContentURL is one for what lies at a path behind the version.
	ContentURL(path string) string
}

// Encoder writes answers as OData JSON.
type Encoder struct {
	Types       *typeinfo.Cache
	Projections *Projections
	Origin      *origin.Origin

	HTTP        *http.Request
	VersionName string
	Path        string // escaped, behind the version
	Request     op.Request
	Level       Level // of metadata
	Formatting  Formatting
	Texts       int  // 1: 64-bit numbers are texts, in ContentType
	Immutable   bool // ids are immutable ones where the type has them

	Contents Contents // nil: no answer has addresses of content

	chosen map[chosen]*projection // by $select
	last   chosen                 // the one asked for last
	shown  *projection            // and what it got
	lookAt int                    // how long the answer is when left is asked next
	Gone   bool                   // the client has gone
}
