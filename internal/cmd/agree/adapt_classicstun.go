package main

func init() {
	register("classicstun", adaptClassicSTUN)
	register("ldp", adaptLDP)
}

func adaptClassicSTUN(m view, _ []byte) map[string]any {
	attributes := []any{}
	for _, a := range m.at("Attributes").list() {
		attributes = append(attributes, map[string]any{"type": a.at("Type").num(), "len": a.at("Len").num()})
	}
	return fields(map[string]any{
		"type": m.at("Type").num(), "length": m.at("Length").num(), "id": m.at("ID").hex(), "attributes": attributes,
	})
}

func adaptLDP(m view, _ []byte) map[string]any {
	packets := []any{}
	for _, p := range m.at("PDUs").list() {
		f := map[string]any{
			"version": p.at("Version").num(), "pdu_len": p.at("Length").num(), "lsr_id": p.at("Contents", "LSR").text(),
			"label_space": p.at("Contents", "LabelSpace").num(),
		}
		// The expected values have the first message of a PDU only.
		if messages := p.at("Contents", "Messages").list(); len(messages) > 0 {
			first := messages[0]
			f["msg_type"], f["msg_len"], f["msg_id"] = first.at("Head", "Type").num(), first.at("Length").num(), first.at("Body", "ID").num()
		}
		packets = append(packets, fields(f))
	}
	return map[string]any{"packets": packets}
}
