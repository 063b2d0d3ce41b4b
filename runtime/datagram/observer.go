package datagram

import "github.com/flowscope/fsd/runtime/flow"

// Observer is told what a driver does, for metrics and logs. It gets classes and counters, never a key, an address or
// a payload, so that its labels stay few. Its methods are called on the driver's goroutine, and must not call the
// driver; embed NopObserver to implement only some.
type Observer interface {
	// FlowStarted: a flow was seen for the first time.
	FlowStarted(l4 flow.L4)
	// FlowEnded: a flow ended. stats is good until the call returns.
	FlowEnded(l4 flow.L4, reason flow.EndReason, stats *flow.Stats)
	// Message: a datagram was decoded whole; side is its sender's role.
	Message(p *Protocol, side flow.Side)
	// Anomaly: one was counted, whether it is told as an event or not.
	Anomaly(kind AnomalyKind)
	// Unmatched: a frame that has no flow; VerdictOK when the extractor found no identity.
	Unmatched(v flow.Verdict)
	// Duplicate: a frame was filtered by the dedup.
	Duplicate()
}

// NopObserver does nothing.
type NopObserver struct{}

// FlowStarted implements Observer.
func (NopObserver) FlowStarted(flow.L4) {}

// FlowEnded implements Observer.
func (NopObserver) FlowEnded(flow.L4, flow.EndReason, *flow.Stats) {}

// Message implements Observer.
func (NopObserver) Message(*Protocol, flow.Side) {}

// Anomaly implements Observer.
func (NopObserver) Anomaly(AnomalyKind) {}

// Unmatched implements Observer.
func (NopObserver) Unmatched(flow.Verdict) {}

// Duplicate implements Observer.
func (NopObserver) Duplicate() {}
