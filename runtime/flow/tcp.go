package flow

import "strconv"

// State is the state of a flow. All but TCP flows are Active until they end.
type State uint8

// The states. A TCP flow that was joined in the middle stays Active.
const (
	Active State = iota
	SynSent
	SynReceived
	Established
	FinWait    // one side has closed
	ClosingTCP // both sides have closed
	Closed     // and that was acknowledged
	Reset
	numStates
)

var stateSlugs = [numStates]string{
	"active", "syn_sent", "syn_received", "established", "fin_wait", "closing_tcp", "closed", "reset",
}

// String returns the state's slug.
func (s State) String() string {
	if s < numStates {
		return stateSlugs[s]
	}
	return "State(" + strconv.Itoa(int(s)) + ")"
}

// Terminal reports whether a flow in this state has ended.
func (s State) Terminal() bool { return s == Closed || s == Reset }

// tcpNext returns the state after a packet with these flags from side. closer is the side whose FIN led to FinWait: a
// repeated FIN of the same side changes nothing.
func tcpNext(s State, closer, side Side, flags uint8) State {
	if flags&TCPRst != 0 {
		return Reset
	}
	switch s {
	case Active:
		if flags&(TCPSyn|TCPAck) == TCPSyn && side == Initiator {
			return SynSent
		}
	case SynSent:
		if flags&(TCPSyn|TCPAck) == TCPSyn|TCPAck && side == Responder {
			return SynReceived
		}
	case SynReceived:
		if flags&TCPAck != 0 && side == Initiator {
			return Established
		}
	case Established:
		if flags&TCPFin != 0 {
			return FinWait
		}
	case FinWait:
		if flags&TCPFin != 0 && side != closer {
			return ClosingTCP
		}
	case ClosingTCP:
		if flags&(TCPAck|TCPFin) == TCPAck {
			return Closed
		}
	}
	return s
}

// MaxHistory is the number of letters that a History holds; what comes after is dropped.
const MaxHistory = 16

// History is what happened in a TCP flow: a letter for each SYN, FIN, RST and packet with data, upper case for the
// initiator and lower case for the responder, in order of arrival; as in "SsDdFf". Empty for other flows.
type History uint64

// A history is a number in base 9, its first letter the most significant digit. 9^16 < 2^51.
const (
	historyLetters = "SsFfRrDd"
	historyBits    = 51
	historyFull    = 205891132094649 // 9^15: 16 letters
)

func (h *History) add(letter byte, side Side) {
	if *h < historyFull {
		*h = *h*9 + History(letter) + 1 + History(side)
	}
}

// packet appends the letters of one packet: S, F, R, D in that order.
func (h *History) packet(flags uint8, data bool, side Side) {
	if flags&TCPSyn != 0 {
		h.add(0, side)
	}
	if flags&TCPFin != 0 {
		h.add(2, side)
	}
	if flags&TCPRst != 0 {
		h.add(4, side)
	}
	if data {
		h.add(6, side)
	}
}

// String returns the letters.
func (h History) String() string {
	var buf [MaxHistory]byte
	i := len(buf)
	for ; h > 0 && i > 0; h /= 9 {
		i--
		buf[i] = historyLetters[(h%9-1)&7]
	}
	return string(buf[i:])
}

// flip exchanges the sides.
func (h History) flip() History {
	var out, scale History = 0, 1
	for ; h > 0; h /= 9 {
		out += ((h%9 - 1) ^ 1 + 1) * scale
		scale *= 9
	}
	return out
}
