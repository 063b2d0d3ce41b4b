package flow

import (
	"math"
	"time"
)

// Timestamp is a time of the capture: nanoseconds since the Unix epoch, UTC. Its range is the years 1677 to 2262;
// whatever lies outside becomes MinTimestamp or MaxTimestamp.
type Timestamp int64

// The ends of time.
const (
	MinTimestamp Timestamp = math.MinInt64
	MaxTimestamp Timestamp = math.MaxInt64
)

// FromTime returns t as a Timestamp, saturating.
func FromTime(t time.Time) Timestamp { return FromUnix(t.Unix(), int64(t.Nanosecond())) }

// FromUnix returns the time that is sec seconds and nsec nanoseconds after the Unix epoch, saturating. nsec may be
// outside [0, 1e9): it is carried.
func FromUnix(sec, nsec int64) Timestamp {
	sec, nsec = carry(sec, nsec)
	const limit = math.MaxInt64 / int64(time.Second)
	switch {
	case sec > limit:
		return MaxTimestamp
	case sec < -limit-1:
		return MinTimestamp
	case sec == -limit-1:
		// The product alone would not fit; the sum may.
		return Timestamp(-limit * int64(time.Second)).Add(time.Duration(nsec - int64(time.Second)))
	}
	return Timestamp(sec * int64(time.Second)).Add(time.Duration(nsec))
}

// carry brings nsec into [0, 1e9), saturating sec.
func carry(sec, nsec int64) (int64, int64) {
	extra := nsec / int64(time.Second)
	nsec %= int64(time.Second)
	if nsec < 0 {
		nsec += int64(time.Second)
		extra--
	}
	return saturatingAdd(sec, extra), nsec
}

func saturatingAdd(a, b int64) int64 {
	s := a + b
	if (s > a) == (b > 0) || b == 0 {
		return s
	}
	if b > 0 {
		return math.MaxInt64
	}
	return math.MinInt64
}

// Add returns t+d, saturating.
func (t Timestamp) Add(d time.Duration) Timestamp {
	return Timestamp(saturatingAdd(int64(t), int64(d)))
}

// Sub returns t-u, saturating: positive when t is later.
func (t Timestamp) Sub(u Timestamp) time.Duration {
	d := int64(t) - int64(u)
	if (d < int64(t)) == (u > 0) || u == 0 {
		return time.Duration(d)
	}
	if u > 0 {
		return math.MinInt64
	}
	return math.MaxInt64
}

// Time returns t as a time.Time in UTC.
func (t Timestamp) Time() time.Time { return time.Unix(0, int64(t)).UTC() }

// String returns t in RFC 3339 with as many digits of the second as it needs, UTC.
func (t Timestamp) String() string { return t.Time().Format(time.RFC3339Nano) }

// AppendRFC3339 appends what String returns.
func (t Timestamp) AppendRFC3339(dst []byte) []byte {
	return t.Time().AppendFormat(dst, time.RFC3339Nano)
}
