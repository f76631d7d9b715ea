package odata

import (
	"strconv"
	"strings"
	"time"
)

// scanMoment measures a date, a date with time, or a time of day at i. The
// blank of "10:00:00 01:00" is the plus of an offset that a client sent raw
// (C-3.6). ok is false when nothing of that form stands there; a value out of
// range has the form and no kind.
func scanMoment(s string, i int) (lit Literal, end int, ok bool) {
	if shaped(s, i, "00:00") {
		end = scanClock(s, i)
		d, valid := clockOf(s[i:end])
		if !valid {
			return Literal{}, end, true
		}
		return Literal{Kind: Time, Text: s[i:end], Dur: d}, end, true
	}
	if !shaped(s, i, "0000-00-00") {
		return Literal{}, 0, false
	}
	end = i + len("0000-00-00")
	if end < len(s) && s[end]|0x20 == 't' && shaped(s, end+1, "00:00") {
		return scanDateTime(s, i)
	}
	t, err := time.Parse(time.DateOnly, s[i:end])
	if err != nil {
		return Literal{}, end, true
	}
	return Literal{Kind: Date, Text: s[i:end], Time: t}, end, true
}

func scanDateTime(s string, i int) (Literal, int, bool) {
	end := scanClock(s, i+len("0000-00-00T"))
	local := s[i:10+i] + "T" + s[i+11:end]
	zone := "" // the service wants one; without it we read UTC
	switch {
	case end < len(s) && s[end]|0x20 == 'z':
		zone, end = "Z", end+1
	case shaped(s, end, "+00:00"), shaped(s, end, "-00:00"):
		zone, end = s[end:end+6], end+6
	case shaped(s, end, " 00:00") && (end+6 == len(s) || strings.IndexByte(" ),]", s[end+6]) >= 0):
		zone, end = "+"+s[end+1:end+6], end+6
	}
	t, ok := ParseInstant(local + zone)
	if !ok {
		return Literal{}, end, true
	}
	if zone == "" {
		zone = "Z"
	}
	return Literal{Kind: DateTime, Text: local + zone, Time: t}, end, true
}

// scanClock measures 08:30[:15[.25]].
func scanClock(s string, i int) int {
	i += len("00:00")
	if shaped(s, i, ":00") {
		i += len(":00")
		if i+1 < len(s) && s[i] == '.' && isDigit(s[i+1]) {
			i = digits(s, i+1)
		}
	}
	return i
}

// ParseInstant reads an Edm.DateTimeOffset; seconds and zone may be missing,
// a date alone is midnight UTC (B-3.36).
func ParseInstant(s string) (time.Time, bool) {
	if len(s) == len("0000-00-00") {
		t, err := time.Parse(time.DateOnly, s)
		return t, err == nil
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t.UTC(), true
	}
	for _, layout := range [...]string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04Z07:00", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// clockOf reads an Edm.TimeOfDay as the time since midnight.
func clockOf(s string) (time.Duration, bool) {
	layout := "15:04"
	if len(s) > len(layout) {
		layout = "15:04:05.999999999"
	}
	t, err := time.Parse(layout, s)
	if err != nil {
		return 0, false
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute +
		time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond()), true
}

// ParseClock reads an Edm.TimeOfDay as the time since midnight.
func ParseClock(s string) (time.Duration, bool) {
	if !shaped(s, 0, "00:00") || scanClock(s, 0) != len(s) {
		return 0, false
	}
	return clockOf(s)
}

// ParseDuration reads an Edm.Duration, [-]P[nD][T[nH][nM][n.nS]]. Weeks, months
// and years have no fixed length or no place in OData and are refused.
func ParseDuration(s string) (time.Duration, bool) {
	neg := strings.HasPrefix(s, "-")
	if neg {
		s = s[1:]
	}
	if len(s) < 3 || s[0]|0x20 != 'p' {
		return 0, false
	}
	units, total, inTime := "d", 0.0, false
	for s = s[1:]; s != ""; {
		if s[0]|0x20 == 't' && !inTime {
			if units, inTime, s = "hms", true, s[1:]; s == "" {
				return 0, false
			}
			continue
		}
		n := digits(s, 0)
		if n > 0 && n+1 < len(s) && s[n] == '.' {
			n = digits(s, n+1)
		}
		if n == 0 || n == len(s) {
			return 0, false
		}
		at := strings.IndexByte(units, s[n]|0x20)
		v, err := strconv.ParseFloat(s[:n], 64)
		if at < 0 || err != nil || strings.IndexByte(s[:n], '.') >= 0 && s[n]|0x20 != 's' {
			return 0, false
		}
		total += v * map[byte]float64{'d': 86400, 'h': 3600, 'm': 60, 's': 1}[s[n]|0x20]
		units, s = units[at+1:], s[n+1:]
	}
	if total > 9e9 {
		return 0, false
	}
	if neg {
		total = -total
	}
	return time.Duration(total * float64(time.Second)), true
}
