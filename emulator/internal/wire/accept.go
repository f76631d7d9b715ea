package wire

import (
	"strings"
)

// level is how much control information an answer carries (B-1.36).
type level uint8

const (
	minimal level = iota
	none
	full
)

var levelTypes = [...][]string{
	minimal: odataType,
	none:    {"application/json;odata.metadata=none;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"},
	full:    {"application/json;odata.metadata=full;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"},
}

// readLevel finds the level in Accept headers or, which wins, in $format. What
// else they ask for is answered with JSON anyway (B-1.37, C-1.16).
func readLevel(accept []string, format string) level {
	texts := accept
	if format != "" {
		texts = []string{format}
	}
	for _, text := range texts {
		for len(text) > 0 {
			i := strings.Index(strings.ToLower(text), "odata.metadata=")
			if i < 0 {
				break
			}
			text = text[i+len("odata.metadata="):]
			switch {
			case hasFold(text, "none"):
				return none
			case hasFold(text, "full"):
				return full
			case hasFold(text, "minimal"):
				return minimal
			}
		}
	}
	return minimal
}

func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
