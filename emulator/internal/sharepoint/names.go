package sharepoint

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxFileName is how many characters the name of a drive item may have (B-14.47).
const maxFileName = 255

// BadName says why a drive does not take a name; empty: it does (B-14.44 to B-14.47).
func BadName(name string) string {
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	switch {
	case utf8.RuneCountInString(name) > maxFileName:
		return fmt.Sprintf("A name has at most %d characters.", maxFileName)
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || strings.ContainsRune(`"*:<>?/\|`, r) }):
		return `A name has no control characters and none of " * : < > ? / \ |`
	case strings.TrimSpace(name) != name, strings.HasSuffix(name, "."):
		return "A name neither begins nor ends with a space, and does not end with a dot."
	case slices.Contains(reservedNames, stem), len(stem) == 4 && (stem[:3] == "COM" || stem[:3] == "LPT") && stem[3] >= '0' && stem[3] <= '9',
		strings.EqualFold(name, ".lock"), strings.EqualFold(name, "desktop.ini"), strings.HasPrefix(name, "~$"), strings.Contains(strings.ToLower(name), "_vti_"):
		return "The name is reserved."
	}
	return ""
}

// reservedNames are those of devices, which stay reserved before an extension (B-14.46).
var reservedNames = []string{"CON", "PRN", "AUX", "NUL"}
