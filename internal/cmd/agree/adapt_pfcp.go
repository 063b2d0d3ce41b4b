package main

func init() {
	register("pfcp", adaptPFCP)
}

func adaptPFCP(m view, _ []byte) map[string]any {
	packets := []any{}
	for _, p := range m.at("Packets").list() {
		head, body := p.at("Flags"), p.at("Body")
		ies := []any{}
		for _, e := range body.at("IEs").list() {
			if v := e.at("Value", "Enterprise"); v.ok() {
				continue // the other decoder gives elements of vendors another name, which the values do not have
			}
			ies = append(ies, map[string]any{
				"type": e.at("Type").num(), "len": e.at("Length").num(), "value": e.at("ValueBytes").hex(),
			})
		}
		packets = append(packets, fields(map[string]any{
			"version": head.at("Version").num(), "mp": head.at("Priority").bool(), "s": head.at("SEID").bool(),
			"msg_type": p.at("Type").num(), "length": p.at("Length").num(), "seid": body.at("SEID").num(),
			"seq": body.at("Sequence").num(), "ies": ies,
		}))
	}
	return fields(map[string]any{"packets": packets})
}
