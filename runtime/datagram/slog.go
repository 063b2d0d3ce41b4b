package datagram

import (
	"context"
	"log/slog"

	"github.com/flowscope/fsd/runtime/flow"
)

// LevelTrace is the level of what happens with every message, below slog.LevelDebug.
const LevelTrace = slog.LevelDebug - 4

// LogObserver logs what a driver does: flows at slog.LevelInfo, anomalies at slog.LevelWarn or slog.LevelError by
// their severity, messages and frames without flow at LevelTrace. What the logger does not enable costs one call.
type LogObserver struct {
	// Logger must be set.
	Logger *slog.Logger
}

func (o LogObserver) enabled(level slog.Level) bool {
	return o.Logger.Enabled(context.Background(), level)
}

func (o LogObserver) log(level slog.Level, message string, attrs ...slog.Attr) {
	o.Logger.LogAttrs(context.Background(), level, message, attrs...)
}

// FlowStarted implements Observer.
func (o LogObserver) FlowStarted(l4 flow.L4) {
	if o.enabled(slog.LevelInfo) {
		o.log(slog.LevelInfo, "flow started", slog.String("l4", l4.String()))
	}
}

// FlowEnded implements Observer.
func (o LogObserver) FlowEnded(l4 flow.L4, reason flow.EndReason, stats *flow.Stats) {
	if o.enabled(slog.LevelInfo) {
		o.log(slog.LevelInfo, "flow ended",
			slog.String("l4", l4.String()),
			slog.String("reason", reason.String()),
			slog.Uint64("packets", stats.Packets[0]+stats.Packets[1]),
			slog.Uint64("bytes", stats.Bytes[0]+stats.Bytes[1]),
			slog.Duration("duration", stats.Duration()))
	}
}

// Message implements Observer.
func (o LogObserver) Message(p *Protocol, side flow.Side) {
	if o.enabled(LevelTrace) {
		o.log(LevelTrace, "message", slog.String("proto", p.Name), slog.String("side", side.String()))
	}
}

// Anomaly implements Observer.
func (o LogObserver) Anomaly(kind AnomalyKind) {
	level := slog.LevelWarn
	if kind.Severity() == SeverityError {
		level = slog.LevelError
	}
	if o.enabled(level) {
		o.log(level, "anomaly", slog.String("kind", kind.String()), slog.String("severity", kind.Severity().String()))
	}
}

// Unmatched implements Observer.
func (o LogObserver) Unmatched(v flow.Verdict) {
	if o.enabled(LevelTrace) {
		o.log(LevelTrace, "frame without flow", slog.String("verdict", v.String()))
	}
}

// Duplicate implements Observer.
func (o LogObserver) Duplicate() {
	if o.enabled(LevelTrace) {
		o.log(LevelTrace, "duplicate frame")
	}
}
