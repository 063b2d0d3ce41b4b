package hand

import "bytes"

// SIP is a SIP message: its first line, its headers, folded lines included, and what is behind them.
type SIP struct {
	Method, URI []byte
	Status      uint16
	Reason      []byte
	Headers     []SIPHeader
	Body        []byte
}

// SIPHeader is a header.
type SIPHeader struct{ Name, Value []byte }

// Parse parses a datagram.
func (m *SIP) Parse(b []byte) bool {
	end := bytes.IndexByte(b, '\n')
	if end < 12 {
		return false
	}
	line := b[:end]
	if line[len(line)-1] == '\r' {
		line = line[:len(line)-1]
	}
	if string(line[:8]) == "SIP/2.0 " {
		if len(line) < 12 || line[11] != ' ' {
			return false
		}
		m.Status = 0
		for _, c := range line[8:11] {
			if c-'0' > 9 {
				return false
			}
			m.Status = 10*m.Status + uint16(c-'0')
		}
		m.Method, m.URI, m.Reason = nil, nil, line[12:]
	} else {
		first := bytes.IndexByte(line, ' ')
		if first < 1 || !tokens(line[:first]) || len(line) < first+9 || string(line[len(line)-8:]) != " SIP/2.0" {
			return false
		}
		m.Method, m.URI, m.Status, m.Reason = line[:first], line[first+1:len(line)-8], 0, nil
	}
	m.Headers = m.Headers[:0]
	for b = b[end+1:]; ; {
		if len(b) >= 2 && b[0] == '\r' && b[1] == '\n' {
			m.Body = b[2:]
			return true
		}
		if end = bytes.IndexByte(b, '\n'); end < 0 {
			return false
		}
		for end+1 < len(b) && (b[end+1] == ' ' || b[end+1] == '\t') {
			more := bytes.IndexByte(b[end+1:], '\n')
			if more < 0 {
				return false
			}
			end += 1 + more
		}
		line = b[:end]
		if end > 0 && line[end-1] == '\r' {
			line = line[:end-1]
		}
		n := 0
		for n < len(line) && token[line[n]] {
			n++
		}
		name := line[:n]
		for n < len(line) && (line[n] == ' ' || line[n] == '\t') {
			n++
		}
		if n == len(line) || line[n] != ':' {
			return false
		}
		for n++; n < len(line) && (line[n] == ' ' || line[n] == '\t'); n++ {
		}
		m.Headers = append(m.Headers, SIPHeader{name, line[n:]})
		b = b[end+1:]
	}
}

// token are the bytes of a token, RFC 3261, section 25.1.
var token = func() (set [256]bool) {
	for c := range set {
		set[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c != 0 && bytes.IndexByte([]byte("-.!%*_+`'~"), byte(c)) >= 0
	}
	return set
}()

func tokens(b []byte) bool {
	for _, c := range b {
		if !token[c] {
			return false
		}
	}
	return true
}

// Syslog is a message of syslog: its priority, and the rest.
type Syslog struct {
	Priority           uint16
	Facility, Severity uint8
	Text               []byte
}

// Parse parses a datagram.
func (m *Syslog) Parse(b []byte) bool {
	if len(b) < 4 || b[0] != '<' {
		return false
	}
	m.Priority = 0
	for i := 1; i < len(b) && i < 5; i++ {
		switch c := b[i]; {
		case c == '>':
			m.Facility, m.Severity, m.Text = uint8(m.Priority>>3), uint8(m.Priority&7), b[i+1:]
			return i > 1 && m.Priority < 192
		case c-'0' <= 9:
			m.Priority = 10*m.Priority + uint16(c-'0')
		default:
			return false
		}
	}
	return false
}
