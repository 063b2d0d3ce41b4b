package datagram

import "github.com/flowscope/fsd/runtime/flow"

// Why says why a UDP datagram gave no message.
type Why uint8

// The reasons.
const (
	// NoProtocol: no protocol lists the ports, and none detects the datagram.
	NoProtocol Why = iota
	// Mismatch: there were candidates, and all of them took it for another protocol's.
	Mismatch
	// CutShort: the capture holds less of it than was on the wire.
	CutShort
	// NotWellFormed: it does not fit its protocol, and did not poison its flow.
	NotWellFormed
	// Poisonous: it does not fit its protocol, and poisoned its flow, or would have done so again.
	Poisonous
	// InQuarantine: its flow was poisoned before, so that it was not parsed.
	InQuarantine
	numWhys
)

// NumWhys is the number of reasons: the length of an array indexed by Why.
const NumWhys = int(numWhys)

var whyNames = [NumWhys]string{"no_protocol", "mismatch", "truncated", "malformed", "poisoned", "quarantined"}

// String returns the reason's slug.
func (w Why) String() string {
	if int(w) < len(whyNames) {
		return whyNames[w]
	}
	return "Why(?)"
}

// Stats are the counters of a driver since its construction. They balance: Frames, Inner and Reassembled together are
// Duplicates, Unmatched, NotUDP, Fragments and Datagrams; Datagrams are Messages and Undecoded; Started is Closed,
// Forgotten and the flows that are live and not in quarantine.
type Stats struct {
	// Frames were given to Track; Duplicates of them were filtered by the dedup.
	Frames, Duplicates uint64
	// Inner are packets inside of the datagrams of a tunnel over UDP, with a layered Options.Decoder.
	Inner uint64
	// Unmatched frames have no flow, by the verdict of flow.Decode. Those of VerdictOK were refused by the
	// extractor.
	Unmatched [flow.NumVerdicts]uint64
	// NotUDP frames belong to a flow and carry no UDP datagram, by class: TCP, and everything else.
	NotUDP [3]uint64
	// Fragments are frames that hold a part of an IP packet; Reassembled are packets that were put together of them.
	Fragments, Reassembled uint64
	// Datagrams are UDP datagrams of a flow, and Bytes what of their payload was captured.
	Datagrams, Bytes uint64
	// Messages were decoded whole.
	Messages uint64
	// Undecoded are datagrams that gave no message.
	Undecoded [NumWhys]uint64
	// Poisons are the poison verdicts on datagrams: the sum of Malformed, Poisoned and Observed.
	Poisons uint64
	// Malformed are those that Options.PoisonAfter allowed.
	Malformed uint64
	// Poisoned are flows that were poisoned, each once.
	Poisoned uint64
	// Observed are poison verdicts on flows that were poisoned before and go on, under ObservePoisoned.
	Observed uint64
	// Mismatches are rejections: one datagram may have several, and be decoded after all.
	Mismatches uint64
	// Expected are flows that another flow had announced.
	Expected uint64
	// Started are flows seen, and Closed those that ended, by reason, as events tell it: a quarantined flow is
	// closed when it is poisoned. Forgotten flows were dropped by Driver.Forget.
	Started, Forgotten uint64
	Closed             [flow.NumEndReasons]uint64
	// Anomalies counts by kind, whether they are told or not.
	Anomalies [NumAnomalyKinds]uint64
}

// ClosedTotal returns how many flows ended.
func (s *Stats) ClosedTotal() uint64 {
	var n uint64
	for _, c := range s.Closed {
		n += c
	}
	return n
}

// UnmatchedTotal returns how many frames have no flow.
func (s *Stats) UnmatchedTotal() uint64 {
	var n uint64
	for _, c := range s.Unmatched {
		n += c
	}
	return n
}

// UndecodedTotal returns how many datagrams gave no message.
func (s *Stats) UndecodedTotal() uint64 {
	var n uint64
	for _, c := range s.Undecoded {
		n += c
	}
	return n
}

// ProtocolStats are the counters of one protocol in a driver.
type ProtocolStats struct {
	Protocol *Protocol
	// Messages were decoded whole.
	Messages uint64
	// Bound are flows that were bound to the protocol.
	Bound uint64
	// Malformed, Poisoned, Observed, Mismatches and Truncated are the protocol's part of the driver's counters of
	// these names; Truncated that of CutShort.
	Malformed, Poisoned, Observed, Mismatches, Truncated uint64
	// Poisons are poison verdicts by reason: index it by Reason. A reason that the protocol does not have counts as
	// NoReason.
	Poisons []uint64
	// Notes are messages by note: index it by the note's bit.
	Notes []uint64
}

func newProtocolStats(protocols []*Protocol) []ProtocolStats {
	stats := make([]ProtocolStats, len(protocols))
	for i, p := range protocols {
		stats[i] = ProtocolStats{
			Protocol: p,
			Poisons:  make([]uint64, int(FirstReason)+len(p.Reasons)),
			Notes:    make([]uint64, len(p.Notes)),
		}
	}
	return stats
}

func (s *ProtocolStats) poison(r Reason) {
	if int(r) >= len(s.Poisons) {
		r = NoReason
	}
	s.Poisons[r]++
}

// Add adds the counters of o: those of a driver that saw other flows.
func (s *Stats) Add(o *Stats) {
	for _, c := range [...]struct{ to, from *uint64 }{
		{&s.Frames, &o.Frames}, {&s.Duplicates, &o.Duplicates},
		{&s.Fragments, &o.Fragments}, {&s.Reassembled, &o.Reassembled},
		{&s.Datagrams, &o.Datagrams}, {&s.Bytes, &o.Bytes}, {&s.Messages, &o.Messages},
		{&s.Inner, &o.Inner}, {&s.Poisons, &o.Poisons}, {&s.Malformed, &o.Malformed}, {&s.Poisoned, &o.Poisoned}, {&s.Observed, &o.Observed},
		{&s.Mismatches, &o.Mismatches}, {&s.Expected, &o.Expected}, {&s.Started, &o.Started}, {&s.Forgotten, &o.Forgotten},
	} {
		*c.to += *c.from
	}
	addAll(s.Unmatched[:], o.Unmatched[:])
	addAll(s.NotUDP[:], o.NotUDP[:])
	addAll(s.Undecoded[:], o.Undecoded[:])
	addAll(s.Closed[:], o.Closed[:])
	addAll(s.Anomalies[:], o.Anomalies[:])
}

// Add adds the counters of o, which must be of the same protocol.
func (s *ProtocolStats) Add(o *ProtocolStats) {
	s.Messages += o.Messages
	s.Bound += o.Bound
	s.Malformed += o.Malformed
	s.Poisoned += o.Poisoned
	s.Observed += o.Observed
	s.Mismatches += o.Mismatches
	s.Truncated += o.Truncated
	addAll(s.Poisons, o.Poisons)
	addAll(s.Notes, o.Notes)
}

func addAll(to, from []uint64) {
	for i := range to {
		to[i] += from[i]
	}
}
