package edm

import "strings"

// Placeholder reports whether a text stands for a value the way examples of the
// documentation print one, and clients copy them: "", "contentType-value", "a | b",
// the name of a primitive type.
func Placeholder(text string) bool {
	switch text {
	case "", "String", "Boolean", "Int32", "Int64", "Integer", "Double", "Date", "DateTimeOffset", "Guid":
		return true
	}
	return strings.HasSuffix(text, "-value") || strings.HasSuffix(text, " value") || strings.HasPrefix(text, "String (") ||
		strings.Contains(text, "@odata.type") || strings.ContainsAny(text, "|{}<>")
}
