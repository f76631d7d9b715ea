// Package zone reads the points in time that Graph writes as a wall clock and a
// time zone (dateTimeTimeZone, B-1.42). Zones have IANA names or those of Windows.
package zone
