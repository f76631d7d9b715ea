package heap

import "strings"

// StreamName is the name under which a stream lies beside its entity: of a stream
// property its path, of the entity itself $value.
func StreamName(path []string) string {
	if len(path) == 0 {
		return "$value"
	}
	return strings.Join(path, "/")
}
