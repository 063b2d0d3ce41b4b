package main

import (
	"cmp"
	"encoding/json"
)

func init() {
	register("iax2", adaptIAX2)
}

func adaptIAX2(m view, _ []byte) map[string]any {
	full := "0"
	if m.at("Head", "Full").bool() == true {
		full = "1"
	}
	return fields(map[string]any{
		"packet_type": json.Number(full), "src_call": m.at("Head", "Source").num(), "dst_call": m.at("Destination", "Call").num(),
		"timestamp": cmp.Or(m.at("Timestamp").num(), m.at("MiniTimestamp").num()), "oseq": m.at("OutSequence").num(),
		"iseq": m.at("InSequence").num(), "type": m.at("Type").num(),
	})
}
