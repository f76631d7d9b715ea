package odatajson

import (
	"strings"
)

// Level is how much control information an answer carries (B-1.36).
type Level uint8

const (
	MinimalMetadata Level = iota
	NoMetadata
	FullMetadata
)

// ContentType is the content type of answers by their level, by whether 64-bit numbers are
// texts and by whether the back end writes blanks (B-1.14, B-1.38). The slice is shared.
func ContentType(level Level, texts int, spaced bool) []string {
	if spaced {
		return spacedTypes[level][texts]
	}
	return contentTypes[level][texts]
}

var (
	contentTypes = typesOf(";")
	spacedTypes  = typesOf("; ")
)

func typesOf(sep string) (out [3][2][]string) {
	for level, name := range [...]string{MinimalMetadata: "minimal", NoMetadata: "none", FullMetadata: "full"} {
		for i, texts := range [...]string{"false", "true"} {
			out[level][i] = []string{strings.Join([]string{"application/json", "odata.metadata=" + name, "odata.streaming=true", "IEEE754Compatible=" + texts, "charset=utf-8"}, sep)}
		}
	}
	return out
}

// WantsTexts reports whether Accept headers, $format or a Content-Type say that 64-bit
// integers and decimals are texts (B-1.38).
func WantsTexts(headers []string) bool {
	for _, h := range headers {
		if v, ok := behind(h, "ieee754compatible="); ok {
			return HasPrefixFold(v, "true")
		}
	}
	return false
}

// ReadLevel finds the level in Accept headers or, which wins, in $format. What
// else they ask for is answered with JSON anyway (B-1.37, C-1.16).
func ReadLevel(accept []string, format string) Level {
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
			case HasPrefixFold(text, "none"):
				return NoMetadata
			case HasPrefixFold(text, "full"):
				return FullMetadata
			case HasPrefixFold(text, "minimal"):
				return MinimalMetadata
			}
		}
	}
	return MinimalMetadata
}

// behind is what follows a name in a text, whatever the letter case. An offset in the
// lower-case text would not do: it may have another length.
func behind(text, name string) (rest string, ok bool) {
	for i := 0; i+len(name) <= len(text); i++ {
		if HasPrefixFold(text[i:], name) {
			return text[i+len(name):], true
		}
	}
	return "", false
}

func HasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
