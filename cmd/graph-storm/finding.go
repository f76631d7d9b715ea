package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// finding is one cause of wrong answers.
type finding struct {
	cause    string
	status   int
	count    int
	requests []request // that repeat it from a fresh emulator; the last shows it
	alone    bool      // they do
}

func (f *finding) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nFOUND %d times: %s\n", f.count, f.cause)
	if !f.alone {
		b.WriteString("  the last request shows it; the ones before it are not known\n")
	}
	for i := range f.requests {
		b.WriteString(f.requests[i].String())
	}
	return b.String()
}

// shrinking bounds the time that the search for the fewest requests takes.
const shrinking = time.Minute

// shrink looks for the fewest requests, and of the last the smallest form, that show the
// cause on a fresh emulator. since are those since the last reset.
func (f *finding) shrink(since []request) {
	until := time.Now().Add(shrinking)
	last := since[len(since)-1]
	if f.shown([]request{last}) {
		f.requests = []request{last}
	} else if !f.shown(since) {
		return
	} else {
		f.requests = slices.Clone(since)
	}
	f.alone = true
	for size := len(f.requests) / 2; size > 0; size /= 2 {
		for at := 0; at+size < len(f.requests) && time.Now().Before(until); {
			if fewer := slices.Concat(f.requests[:at], f.requests[at+size:]); f.shown(fewer) {
				f.requests = fewer
			} else {
				at += size
			}
		}
	}
	for again := true; again; {
		again = false
		for _, smaller := range f.requests[len(f.requests)-1].smaller() {
			if time.Now().After(until) {
				return
			}
			try := append(slices.Clone(f.requests[:len(f.requests)-1]), smaller)
			if f.shown(try) {
				f.requests, again = try, true
				break
			}
		}
	}
}

// shown reports whether the last of some requests shows the cause on a fresh emulator.
func (f *finding) shown(requests []request) bool {
	log := &causes{}
	emu, err := fresh(log)
	if err != nil {
		return false
	}
	defer emu.Close()
	got := ""
	for i := range requests {
		got = send(emu, &requests[i]).wrong(&requests[i], log)
	}
	return got == f.cause
}

// smaller are the forms of a request with one thing less.
func (r *request) smaller() (out []request) {
	for i := range r.Headers {
		less := *r
		less.Headers = slices.Concat(r.Headers[:i], r.Headers[i+1:])
		out = append(out, less)
	}
	if line, query, ok := strings.Cut(r.URL, "?"); ok {
		parts := strings.Split(query, "&")
		for i := range parts {
			less := *r
			less.URL = line
			if rest := slices.Concat(parts[:i], parts[i+1:]); len(rest) > 0 {
				less.URL += "?" + strings.Join(rest, "&")
			}
			out = append(out, less)
		}
	}
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(r.Body), &members) == nil {
		for _, name := range sortedKeys(members) {
			value := members[name]
			delete(members, name)
			text, err := json.Marshal(members)
			members[name] = value
			if err == nil {
				less := *r
				less.Body = string(text)
				out = append(out, less)
			}
		}
	}
	return out
}
