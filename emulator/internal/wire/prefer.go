package wire

import (
	"net/http"
	"strconv"
	"strings"
)

// prefer is what the Prefer headers ask for (B-3.90). Unknown preferences are
// ignored, as the standard wants.
type prefer struct {
	minimal, representation bool
	createIfMissing         bool
	maxPageSize             int
}

func (p *prefer) read(headers []string) {
	for _, h := range headers {
		for _, one := range strings.Split(h, ",") {
			name, v, _ := strings.Cut(strings.TrimSpace(one), "=")
			v = strings.Trim(v, `"`)
			switch strings.ToLower(name) {
			case "return":
				p.minimal = strings.EqualFold(v, "minimal")
				p.representation = strings.EqualFold(v, "representation")
			case "create-if-missing":
				p.createIfMissing = true
			case "odata.maxpagesize", "maxpagesize":
				if n, err := strconv.Atoi(v); err == nil && n > 0 {
					p.maxPageSize = n
				}
			}
		}
	}
}

// applied names the preferences that the answer honours (B-1.21).
func (p *prefer) applied(h http.Header, status int) {
	switch {
	case p.minimal && status == 204:
		h["Preference-Applied"] = []string{"return=minimal"}
	case p.representation && (status == 200 || status == 201):
		h["Preference-Applied"] = []string{"return=representation"}
	}
}
