package datagram

// RequestsKept returns how many requests a driver has storage for.
func RequestsKept(d *Driver) int { return int(d.states.requests.used) }
