package main

func init() {
	register("gtpv2", adaptGTPv2)
}

func adaptGTPv2(m view, _ []byte) map[string]any {
	packets := []any{}
	for _, p := range m.at("Packets").list() {
		head, body := p.at("Flags"), p.at("Body")
		ies := []any{}
		for _, e := range body.at("IEs").list() {
			ies = append(ies, map[string]any{
				"type": e.at("Type").num(), "len": e.at("Length").num(), "instance": e.at("Spare", "Instance").num(),
				"value": e.at("ValueBytes").hex(),
			})
		}
		packets = append(packets, fields(map[string]any{
			"version": head.at("Version").num(), "p": head.at("Piggybacked").bool(), "t": head.at("TEID").bool(),
			"msg_type": p.at("Type").num(), "length": p.at("Length").num(), "teid": body.at("TEID").num(),
			"seq": body.at("Sequence").num(), "ies": ies,
		}))
	}
	return fields(map[string]any{"packets": packets})
}
