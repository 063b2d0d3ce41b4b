package main

import "fmt"

func init() {
	register("ptp", adaptPTP)
}

func adaptPTP(m view, _ []byte) map[string]any {
	body := m.at("Body")
	f := map[string]any{
		"sdo_id_major": m.at("Kind", "SdoIDMajor").num(), "msg_type": m.at("Kind", "Type").num(),
		"version": m.at("Version", "Major").num(), "minor_version": m.at("Version", "Minor").num(),
		"length": m.at("Length").num(), "domain": m.at("Domain").num(), "flags": m.at("Flags").num(),
		"clock_identity": m.at("Source", "Clock").hex(), "port_id": m.at("Source", "Port").num(),
		"seq": m.at("Sequence").num(), "control": m.at("Control").num(), "log_interval": m.at("LogInterval").num(),
		"correction": fmt.Sprintf("%016x", uint64(m.at("Correction").v.Int())),
	}
	announce := body.at("Announce")
	for _, t := range []view{body.at("Origin"), body.at("PreciseOrigin"), body.at("Receipt"), body.at("ResponseOrigin"), announce.at("Origin")} {
		if t.ok() {
			f["ts_seconds"], f["ts_nanos"] = t.at("Seconds").num(), t.at("Nanoseconds").num()
		}
	}
	if announce.ok() {
		quality := announce.at("Quality")
		f["utc_offset"], f["priority1"], f["priority2"] = announce.at("UTCOffset").num(), announce.at("Priority1").num(), announce.at("Priority2").num()
		f["gm_class"], f["gm_accuracy"], f["gm_variance"] = quality.at("Class").num(), quality.at("Accuracy").num(), quality.at("Variance").num()
		f["gm_identity"], f["steps_removed"] = announce.at("Grandmaster").hex(), announce.at("StepsRemoved").num()
	}
	return fields(f)
}
