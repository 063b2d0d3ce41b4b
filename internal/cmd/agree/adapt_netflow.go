package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
)

func init() {
	registerAs("netflow5", "netflow", adaptNetflow5, func(e map[string]any) bool { return fmt.Sprint(e["version"]) == "5" })
	registerAs("netflow9", "netflow", adaptNetflow9, func(e map[string]any) bool { return fmt.Sprint(e["version"]) == "9" })
	registerAs("ipfix", "netflow", adaptIPFIX, func(e map[string]any) bool { return fmt.Sprint(e["version"]) == "10" })
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

func adaptNetflow9(m view, payload []byte) map[string]any {
	const header = 20
	return fields(map[string]any{
		"version": m.at("Version").num(), "count": m.at("Count").num(), "sys_uptime": m.at("Uptime").num(), "unix_secs": m.at("Time").num(),
		"sequence": m.at("Sequence").num(), "source_id": m.at("Source").num(),
		"sets": templateSets(m, payload, header, func(set view, data []byte) []any {
			// All records of a template are of one size.
			n := len(set.at("Records").list())
			var records []any
			for i := range n {
				size := (len(data) - len(set.at("Padding").bytes())) / n
				records = append(records, hex.EncodeToString(data[i*size:][:size]))
			}
			return records
		}),
	})
}

func adaptIPFIX(m view, payload []byte) map[string]any {
	const header = 16
	return fields(map[string]any{
		"version": m.at("Version").num(), "length": m.at("Length").num(), "export_time": m.at("ExportTime").num(),
		"sequence": m.at("Sequence").num(), "domain_id": m.at("Domain").num(),
		"sets": templateSets(m, payload, header, func(set view, data []byte) []any {
			var records []any
			for _, r := range set.at("Records").list() {
				size, variable := 0, 0
				for _, v := range r.at("Values").list() {
					content := len(v.at("ContentBytes").bytes())
					size += content
					if v.at("Short").ok() {
						size++
						variable += content + 1
					}
					if v.at("Long").ok() {
						size += 2
						variable += 2
					}
				}
				// The other decoder shows a record as long as it would be without its values of variable length.
				records = append(records, front{hex.EncodeToString(data[:size]), size - variable})
				data = data[size:]
			}
			return records
		}),
	})
}

// templateSets are the sets of NetFlow 9 and IPFIX; records cuts those of a data set out of its bytes.
func templateSets(m view, payload []byte, offset int, records func(set view, data []byte) []any) []any {
	sets := []any{}
	for _, set := range m.at("Sets").list() {
		length := int(set.at("Length").v.Uint())
		entry := fields(map[string]any{"id": set.at("ID").num(), "length": set.at("Length").num()})
		var templates []any
		for _, t := range set.at("Templates").list() {
			layout := t
			if l := t.at("Layout"); l.ok() {
				layout = l
			}
			templates = append(templates, map[string]any{"id": t.at("ID").num(), "field_count": t.at("Count").num(), "fields": specs(layout.at("Fields"))})
		}
		for _, t := range set.at("OptionsTemplates").list() {
			list := t.at("Options")
			if l := t.at("OptionsLayout"); l.ok() {
				list = l.at("Fields")
			}
			templates = append(templates, map[string]any{"id": t.at("ID").num(), "fields": specs(list)})
		}
		if templates != nil {
			entry["templates"] = templates
		}
		if list := records(set, payload[offset:][:length][4:]); list != nil {
			entry["records_hex"] = list
		}
		sets = append(sets, entry)
		offset += length
	}
	return sets
}

func specs(list view) []any {
	out := []any{}
	for _, f := range list.list() {
		code := f.at("Code").v.Uint()
		if f.at("Private").ok() { // IPFIX: the top bit is another field
			code &= 0x7FFF
		}
		spec := fields(map[string]any{
			"type": json.Number(fmt.Sprint(code)), "length": f.at("Length").num(), "pen": f.at("Enterprise").num(),
		})
		if f.at("Enterprise").ok() { // the other decoder lists those of some enterprises
			out = append(out, mayBeLeftOut(spec))
		} else {
			out = append(out, spec)
		}
	}
	return out
}
