package wire

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// zipFrom is the size from which an answer is compressed: below, the frame costs
// more than it saves.
const zipFrom = 1 << 10

var zippers = sync.Pool{New: func() any {
	z, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil { // unreachable: the level is valid
		panic(err)
	}
	return z
}}

// acceptsGzip reads Accept-Encoding (B-1.16). "gzip;q=0" is a refusal.
func acceptsGzip(values []string) bool {
	for _, v := range values {
		for part := range strings.SplitSeq(v, ",") {
			name, params, _ := strings.Cut(part, ";")
			if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
				continue
			}
			q, given := strings.CutPrefix(strings.TrimSpace(params), "q=")
			weight, err := strconv.ParseFloat(q, 64)
			return !given || err == nil && weight > 0
		}
	}
	return false
}

// zip compresses a body when the client takes it. The answer says so; the body is
// the client's own when it does not.
func zip(h http.Header, r *http.Request, body []byte) []byte {
	if len(body) < zipFrom || !acceptsGzip(r.Header["Accept-Encoding"]) {
		return body
	}
	var out bytes.Buffer
	z := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(&out)
	if _, err := z.Write(body); err != nil {
		return body
	}
	if err := z.Close(); err != nil || out.Len() >= len(body) {
		return body
	}
	h["Content-Encoding"] = gzipped
	return out.Bytes()
}

var gzipped = []string{"gzip"}
