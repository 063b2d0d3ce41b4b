package main

func init() {
	register("dhcpv6", adaptDHCPv6)
}

func adaptDHCPv6(m view, _ []byte) map[string]any {
	options := []any{}
	for _, o := range m.at("Options").list() {
		options = append(options, map[string]any{
			"code": o.at("Code").num(), "len": o.at("Len").num(), "value": o.at("DataBytes").hex(),
		})
	}
	return fields(map[string]any{
		"msg_type": m.at("Type").num(), "xid": m.at("XID").num(), "hop_count": m.at("HopCount").num(),
		"link_addr": m.at("Link").text(), "peer_addr": m.at("Peer").text(), "options": options,
	})
}
