package main

import "fmt"

func init() {
	registerAs("netflow5", "netflow", adaptNetflow5, func(e map[string]any) bool { return fmt.Sprint(e["version"]) == "5" })
}

func adaptNetflow5(m view, _ []byte) map[string]any {
	records := []any{}
	for _, r := range m.at("Records").list() {
		records = append(records, fields(map[string]any{
			"srcaddr": r.at("Source").text(), "dstaddr": r.at("Destination").text(), "nexthop": r.at("NextHop").text(),
			"input": r.at("Input").num(), "output": r.at("Output").num(), "packets": r.at("Packets").num(), "octets": r.at("Octets").num(),
			"first": r.at("First").num(), "last": r.at("Last").num(), "srcport": r.at("SourcePort").num(),
			"dstport": r.at("DestinationPort").num(), "tcp_flags": r.at("TCPFlags").num(), "protocol": r.at("Protocol").num(),
			"tos": r.at("TypeOfService").num(), "src_as": r.at("SourceAS").num(), "dst_as": r.at("DestinationAS").num(),
			"src_mask": r.at("SourceMask").num(), "dst_mask": r.at("DestinationMask").num(),
		}))
	}
	return fields(map[string]any{
		"version": m.at("Version").num(), "count": m.at("Count").num(), "sys_uptime": m.at("SysUptime").num(),
		"unix_secs": m.at("Time").num(), "unix_nsecs": m.at("Nanos").num(), "sequence": m.at("Sequence").num(),
		"engine_type": m.at("EngineType").num(), "engine_id": m.at("EngineID").num(),
		"sampling_mode": m.at("Sampling", "Mode").num(), "sampling_rate": m.at("Sampling", "Interval").num(), "records": records,
	})
}
