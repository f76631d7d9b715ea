package conversation

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// NewRequest makes the request of an exchange, with what vars knows in the place of
// markers. A path is below base, an origin such as https://graph.microsoft.com; blanks
// in it are encoded. Whole URLs leave base out.
func (x *Exchange) NewRequest(ctx context.Context, base string, vars Vars) (*http.Request, error) {
	line, err := vars.Fill(x.Request)
	if err != nil {
		return nil, err
	}
	method, target, _ := strings.Cut(line, " ")
	var body io.Reader
	if x.Body.Form != None {
		content, err := x.Body.Bytes(vars)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(content)
	}
	if strings.HasPrefix(target, "/") {
		target = base + target
	} else if u, err := url.Parse(target); err != nil || u.Host == "" {
		return nil, errors.New("the request names neither a path nor a URL: " + line)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.ReplaceAll(target, " ", "%20"), body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	set := map[string]bool{}
	for _, h := range x.Headers {
		name := http.CanonicalHeaderKey(h.Name)
		if !set[name] {
			req.Header.Del(name)
		}
		set[name] = true
		if h.None {
			continue
		}
		v, err := vars.Fill(h.Value)
		if err != nil {
			return nil, err
		}
		req.Header.Add(name, v)
	}
	return req, nil
}

// Says reports whether the exchange says something of a header of the request, and be
// it that there is none.
func (x *Exchange) Says(header string) bool {
	for _, h := range x.Headers {
		if strings.EqualFold(h.Name, header) {
			return true
		}
	}
	return false
}
