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

// levelTypes are the content types of answers by their level, and by whether 64-bit
// numbers are texts (B-1.14, B-1.38).
var levelTypes = [...][2][]string{minimal: typesOf("minimal"), none: typesOf("none"), full: typesOf("full")}

func typesOf(level string) (out [2][]string) {
	for i, texts := range [...]string{"false", "true"} {
		out[i] = []string{"application/json;odata.metadata=" + level + ";odata.streaming=true;IEEE754Compatible=" + texts + ";charset=utf-8"}
	}
	return out
}

// wantsTexts reports whether Accept headers, $format or a Content-Type say that 64-bit
// integers and decimals are texts (B-1.38).
func wantsTexts(headers []string) bool {
	for _, h := range headers {
		if v, ok := behind(h, "ieee754compatible="); ok {
			return hasFold(v, "true")
		}
	}
	return false
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
			var ok bool
			if text, ok = behind(text, "odata.metadata="); !ok {
				break
			}
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

// behind is what follows a name in a text, whatever the letter case. An offset in the
// lower-case text would not do: it may have another length.
func behind(text, name string) (rest string, ok bool) {
	for i := 0; i+len(name) <= len(text); i++ {
		if hasFold(text[i:], name) {
			return text[i+len(name):], true
		}
	}
	return "", false
}

func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
